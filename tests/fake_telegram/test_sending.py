"""Messages: what is taken, what is refused and in which words, and what a person then sees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_telegram.conftest import Call
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.seen import Button

KEYBOARD = {
    "inline_keyboard": [[{"text": "👍", "callback_data": "v:1"}], [{"text": "x", "url": "https://example.org"}]]
}


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def test_a_message_is_seen(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    asked = chat.say("سؤال")
    status, sent = call(
        "sendMessage",
        chat_id=7,
        text="<b>جواب</b>",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        reply_parameters={"message_id": asked.message_id},
        link_preview_options={"is_disabled": True},
    )
    assert status == 200
    assert sent["reply_to_message"]["text"] == "سؤال"
    [seen] = server.messages(chat, by_bot=True)
    assert (seen.text, seen.entities) == ("جواب", ({"type": "bold", "offset": 0, "length": 4},))
    assert seen.rows == ((Button("👍", "v:1"),), (Button("x", "", "https://example.org"),))
    assert (seen.reply_to, seen.preview, seen.edited) == (asked.message_id, False, False)


def test_a_method_s_name_in_any_case_and_json_in_strings(server: FakeTelegram, call: Call) -> None:
    server.user(7).private()
    status, sent = call("SENDMESSAGE", chat_id="7", text="x", reply_markup='{"inline_keyboard": []}')
    assert (status, sent.get("reply_markup")) == (200, None)


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ({"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ({"chat_id": 8, "text": "x"}, 400, "Bad Request: chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, 400, "Bad Request: chat not found"),
        ({"chat_id": 7}, 400, "Bad Request: message text is empty"),
        ({"chat_id": 7, "text": " \n\u200b"}, 400, "Bad Request: message text is empty"),
        ({"chat_id": 7, "text": "<b> </b>", "parse_mode": "HTML"}, 400, "Bad Request: message text is empty"),
        ({"chat_id": 7, "text": "x" * 4097}, 400, "Bad Request: message is too long"),
        ({"chat_id": 7, "text": "😀" * 2049}, 400, "Bad Request: message is too long"),
        (
            {"chat_id": 7, "text": "<b>x", "parse_mode": "HTML"},
            400,
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"chat_id": 7, "text": "x", "parse_mode": "LaTeX"},
            400,
            "Bad Request: unsupported parse_mode (this server knows HTML alone, not 'LaTeX')",
        ),
        ({"chat_id": 7, "text": "x", "entities": "["}, 400, "Bad Request: can't parse entities JSON object"),
        (
            {"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 99}},
            400,
            "Bad Request: message to be replied not found",
        ),
        ({"chat_id": 7, "text": "x", "message_thread_id": 3}, 400, "Bad Request: message thread not found"),
        (
            {"chat_id": 7, "text": "x", "reply_markup": "nonsense"},
            400,
            "Bad Request: can't parse reply keyboard markup JSON object",
        ),
        (
            {"chat_id": 7, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            400,
            "Bad Request: ENTITY_BOUNDS_INVALID",
        ),
        ({"chat_id": 7, "text": "x", "reply_parameters": [1]}, 400, "Bad Request: reply parameters must be an Object"),
        ({"chat_id": 7, "text": "x", "reply_markup": {}}, 400, "Bad Request: object expected as reply markup"),
    ],
)
def test_messages_that_are_refused(
    server: FakeTelegram, call: Call, body: dict[str, Any], code: int, said: str
) -> None:
    chat = server.user(7).private()
    assert call("sendMessage", **body) == (code, said)
    assert server.messages(chat) == []


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x" * 4096},
        {"text": "😀" * 2048},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}},
        {"text": "x", "reply_markup": keyboard({"text": "b", "callback_data": "ب" * 32})},
    ],
)
def test_messages_at_the_limits(server: FakeTelegram, call: Call, body: dict[str, Any]) -> None:
    server.user(7).private()
    assert call("sendMessage", chat_id=7, **body)[0] == 200


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (keyboard({"text": "b", "callback_data": "ب" * 33}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": "b", "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": " \u200f", "callback_data": "x"}), "BUTTON_TEXT_EMPTY"),
        (keyboard({"callback_data": "x"}), "can't parse inline keyboard button: Can't find field \"text\""),
        (
            keyboard({"text": "b"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (keyboard({"text": "b", "callback_data": "x", "url": "https://example.org"}), "BUTTON_TYPE_INVALID"),
        (keyboard({"text": "b", "url": "nowhere"}), "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        (keyboard(*[{"text": "b", "callback_data": "x"}] * 9), "REPLY_MARKUP_TOO_LONG"),
        ({"inline_keyboard": [[{"text": "b", "callback_data": "x"}]] * 101}, "REPLY_MARKUP_TOO_LONG"),
        ({"inline_keyboard": [{"text": "b"}]}, 'field "inline_keyboard" must be an Array of Arrays'),
    ],
)
def test_keyboards_that_are_refused(server: FakeTelegram, call: Call, markup: Any, said: str) -> None:
    server.user(7).private()
    assert call("sendMessage", chat_id=7, text="x", reply_markup=markup) == (400, f"Bad Request: {said}")


def test_edits(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    asked = chat.say("سؤال")
    sent = call("sendMessage", chat_id=7, text="one", reply_markup=KEYBOARD)[1]["message_id"]
    same = call("editMessageText", chat_id=7, message_id=sent, text="one", reply_markup=KEYBOARD)
    assert same[0] == 400
    assert same[1].startswith("Bad Request: message is not modified: specified new message content")
    assert call("editMessageText", chat_id=7, message_id=sent, text="two")[0] == 200
    [seen] = server.messages(chat, by_bot=True)
    assert (seen.text, seen.rows, seen.edited, seen.versions) == ("two", (), True, ("one",))
    assert call("editMessageReplyMarkup", chat_id=7, message_id=sent, reply_markup=KEYBOARD)[0] == 200
    again = call("editMessageReplyMarkup", chat_id=7, message_id=sent, reply_markup=KEYBOARD)
    assert "message is not modified" in again[1]
    edit = {"chat_id": 7, "text": "x"}
    assert call("editMessageText", **edit) == (400, "Bad Request: message identifier is not specified")
    assert call("editMessageText", **edit, message_id=99) == (400, "Bad Request: message to edit not found")
    assert call("editMessageText", **edit, message_id=asked.message_id) == (400, "Bad Request: message can't be edited")
    assert call("editMessageText", chat_id=7, message_id=sent, text="") == (400, "Bad Request: message text is empty")


def test_deleting(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    group = server.group(-100, person=server.user(7))
    said, in_group = chat.say("x"), group.say("x")
    assert call("deleteMessage", chat_id=7, message_id=said.message_id) == (200, True)
    gone = call("deleteMessage", chat_id=7, message_id=said.message_id)
    assert gone == (400, "Bad Request: message to delete not found")
    others = call("deleteMessage", chat_id=-100, message_id=in_group.message_id)
    assert others == (400, "Bad Request: message can't be deleted")
    sent = call("sendMessage", chat_id=7, text="x")[1]["message_id"]
    server.advance(48 * 3600 + 5)
    old = call("deleteMessage", chat_id=7, message_id=sent)
    assert old == (400, "Bad Request: message can't be deleted for everyone")
    assert call("editMessageText", chat_id=7, message_id=sent, text="y")[0] == 200


def test_drafts(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    server.group(-100)
    assert call("sendMessageDraft", chat_id=7, draft_id=1, text="<i>…</i>", parse_mode="HTML") == (200, True)
    draft = server.draft(chat)
    assert draft is not None
    assert (draft.text, server.messages(chat)) == ("…", [])
    assert call("sendMessageDraft", chat_id=7, draft_id=1, text="") == (200, True)
    assert call("sendMessageDraft", chat_id=7, draft_id=0, text="x") == (400, "Bad Request: TEXTDRAFT_ID_INVALID")
    assert call("sendMessageDraft", chat_id=-100, draft_id=1, text="x") == (400, "Bad Request: TEXTDRAFT_PEER_INVALID")
    call("sendMessage", chat_id=7, text="x")
    assert server.draft(chat) is None


def test_actions(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    assert call("sendChatAction", chat_id=7, action="typing") == (200, True)
    wrong = call("sendChatAction", chat_id=7, action="thinking")
    assert wrong == (400, "Bad Request: wrong parameter action in request")
    assert [one.action for one in server.actions(chat)] == ["typing"]


def test_reactions(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    said = chat.say("x")
    emoji = {"chat_id": 7, "message_id": said.message_id, "reaction": [{"type": "emoji", "emoji": "👀"}]}
    assert call("setMessageReaction", **emoji) == (200, True)
    assert server.messages(chat)[0].reactions == ("👀",)
    assert call("setMessageReaction", **{**emoji, "message_id": 99}) == (400, "Bad Request: message to react not found")
    odd = {**emoji, "reaction": [{"type": "emoji", "emoji": "🦖"}]}
    assert call("setMessageReaction", **odd) == (400, "Bad Request: REACTION_INVALID")


def test_flood_limits_are_off_until_asked_for(server: FakeTelegram, call: Call) -> None:
    server.user(7).private()
    server.user(8).private()
    for number in range(40):
        assert call("sendMessage", chat_id=7, text=f"{number}")[0] == 200
    server.options.per_chat = (2, 60.0)
    assert [call("sendMessage", chat_id=7, text="x")[0] for _ in range(3)] == [200, 200, 429]
    refused = call("sendMessage", chat_id=7, text="x")
    assert refused[0] == 429
    assert refused[1].startswith("Too Many Requests: retry after 6")
    assert call("sendMessage", chat_id=8, text="x")[0] == 200
    server.options.overall = (1, 60.0)
    assert [call("sendMessage", chat_id=8, text="x")[0] for _ in range(2)] == [200, 429]
