"""Where the bot may speak: groups that become supergroups, chats that are lost and found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.state.records import Place
from bot.telegram import membership
from bot.telegram.membership import GroupMoved
from bot.texts import say
from tests.bot.telegram.live import ADMIN, live_bot
from tests.bot.telegram.small_bot import SmallBot, small_bot

OLD, NEW = -500, -1_000_000_500
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069`"))


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[SmallBot]:
    with small_bot(tmp_path, allowed_groups={OLD}, admins={11, 12}) as made:
        yield made


def service(chat_id: int, **told: int) -> Update:
    chat = {"id": chat_id, "type": "supergroup" if chat_id == NEW else "group", "title": "x"}
    sender = {"id": 7, "is_bot": False, "first_name": "x"}
    message = {"message_id": 5, "date": 1_700_000_000, "chat": chat, "from": sender, **told}
    return Update.de_json({"update_id": 1, "message": message}, bot=None)


def move(bot: SmallBot, old: int = OLD, new: int = NEW) -> list[Any]:
    """Telegram tells of it in both chats, and once more where something was to be sent; what is queued then."""

    async def work() -> list[Any]:
        await membership.migrated(bot.app, service(old, migrate_to_chat_id=new))
        await membership.migrated(bot.app, service(new, migrate_from_chat_id=old))
        await membership.follow(bot.app, old, new)
        return [bot.app.inbox.get_nowait() for _ in range(bot.app.inbox.qsize())]

    return asyncio.run(work())


def test_an_allowed_group_may_ask_after_it_moved_and_after_a_restart(bot: SmallBot, tmp_path: Path) -> None:
    there = Place(NEW, 7)
    assert not bot.app.limits.admits(there)
    move(bot)
    assert bot.app.limits.admits(there)
    assert not bot.app.limits.admits(Place(NEW - 1, 7))
    with small_bot(tmp_path, allowed_groups={OLD}) as again:
        assert again.app.limits.admits(there)
    with small_bot(tmp_path, allowed_groups={OLD - 1}) as other:
        assert not other.app.limits.admits(there)


def test_the_administrators_hear_of_it_once_each_in_private(bot: SmallBot) -> None:
    (moved,) = move(bot)
    assert moved == GroupMoved(OLD, NEW)
    asyncio.run(membership.tell_of_move(bot.app, moved))
    assert [sent.place for sent in bot.outbox.sent] == [Place(11, 11), Place(12, 12)]
    expected = say("bot.group_moved", bot.app.settings.lang, old_id=str(OLD), new_id=str(NEW)).translate(MARKS)
    assert {sent.text.translate(MARKS) for sent in bot.outbox.sent} == {expected}


def test_of_a_group_that_is_on_no_list_nobody_hears(bot: SmallBot) -> None:
    assert move(bot, OLD - 9, NEW - 9) == []


def test_the_number_is_in_no_log(bot: SmallBot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    (moved,) = move(bot)
    asyncio.run(membership.tell_of_move(bot.app, moved))
    assert str(NEW)[1:] not in caplog.text


def test_through_telegram_the_group_goes_on_and_the_administrator_is_told(tmp_path: Path) -> None:
    with live_bot(tmp_path / "home", allowed_groups=frozenset({OLD}), lang="en") as live:
        admin = live.telegram.user(ADMIN).private()
        before = live.telegram.group(OLD, person=live.telegram.user(7, language_code="en"))
        assert live.say(before, "/ask bridge?")
        after = live.telegram.migrate(before, NEW)
        live.handle()
        assert [str(NEW) in one.text for one in admin.messages(by_bot=True)] == [True]
        assert live.say(after, "/ask bridge?")[0].text != say("bot.limit.not_allowed", "en")
