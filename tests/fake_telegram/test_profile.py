"""What a bot says of itself, and what it asks about chats."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_telegram.conftest import Call
from tests.fake_telegram.fake import FakeTelegram

HELP = [{"command": "help", "description": "Help"}]
ARABIC = [{"command": "help", "description": "مساعدة"}]


def test_the_menu_follows_scope_and_language(server: FakeTelegram, call: Call) -> None:
    arab, other = server.user(7, language_code="ar").private(), server.user(8, language_code="fr").private()
    group = server.group(-1001, person=server.user(7))
    assert call("setMyCommands", commands=HELP) == (200, True)
    assert call("setMyCommands", commands=ARABIC, language_code="ar") == (200, True)
    assert (arab.menu(), other.menu(), group.menu()) == (ARABIC, HELP, ARABIC)
    chief = [*HELP, {"command": "stats", "description": "Numbers"}]
    assert call("setMyCommands", commands=chief, scope={"type": "chat", "chat_id": 7}) == (200, True)
    assert (arab.menu(), other.menu(), group.menu()) == (chief, HELP, ARABIC)
    groups = {"type": "all_group_chats"}
    assert call("setMyCommands", commands=chief, scope=groups) == (200, True)
    assert group.menu() == chief
    assert call("getMyCommands", language_code="ar") == (200, ARABIC)
    assert call("getMyCommands", scope=groups, language_code="ar") == (200, [])
    assert call("deleteMyCommands", scope=groups) == (200, True)
    assert group.menu() == ARABIC


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "مساعدة", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "help", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "help", "description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": f"c{n}", "description": "x"} for n in range(101)]}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": HELP, "language_code": "arabic"}, "language code is invalid"),
        ({"commands": HELP, "scope": {"type": "chat", "chat_id": 99}}, "chat not found"),
        ({"commands": HELP, "scope": {"type": "moon"}}, "can't parse BotCommandScope: unsupported type specified"),
        ({}, "expected an Array of BotCommand"),
    ],
)
def test_commands_that_are_refused(call: Call, body: dict[str, Any], said: str) -> None:
    assert call("setMyCommands", **body) == (400, f"Bad Request: {said}")


def test_commands_at_the_limits(call: Call) -> None:
    commands = [{"command": f"{n:_<32}", "description": "ب" * 256} for n in range(100)]
    assert call("setMyCommands", commands=commands) == (200, True)


@pytest.mark.parametrize(
    ("method", "field", "most"),
    [("MyDescription", "description", 512), ("MyShortDescription", "short_description", 120), ("MyName", "name", 64)],
)
def test_descriptions(call: Call, method: str, field: str, most: int) -> None:
    assert call(f"set{method}", **{field: "x" * most}) == (200, True)
    assert call(f"set{method}", **{field: "ب", "language_code": "ar"}) == (200, True)
    assert call(f"get{method}", language_code="ar") == (200, {field: "ب"})
    assert call(f"get{method}", language_code="fr") == (200, {field: "x" * most})
    assert call(f"set{method}", **{field: "x" * (most + 1)})[0] == 400


def test_chats_and_members(server: FakeTelegram, call: Call) -> None:
    group = server.group(-1001, title="T", person=server.user(7))
    group.chat.statuses[7] = "administrator"
    assert call("getChat", chat_id=-1001)[1]["title"] == "T"
    assert call("getChatMember", chat_id=-1001, user_id=7)[1]["status"] == "administrator"
    assert call("getChatMember", chat_id=-1001, user_id=99) == (400, "Bad Request: invalid user_id specified")
    assert call("leaveChat", chat_id=-1001) == (200, True)
    assert call("getChat", chat_id=-1001)[0] == 403
