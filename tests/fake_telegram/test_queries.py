"""Button presses and inline queries: answered once, in time, and shaped as documented."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_telegram.conftest import Call
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.people import Room

TOO_OLD = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
VOTES = {"inline_keyboard": [[{"text": "👍", "callback_data": "v:+"}, {"text": "site", "url": "https://example.org"}]]}


@pytest.fixture
def voted(server: FakeTelegram, call: Call) -> tuple[Room, int]:
    """A chat and a message with a button in it."""
    chat = server.user(7).private()
    return chat, call("sendMessage", chat_id=7, text="x", reply_markup=VOTES)[1]["message_id"]


def test_a_press_reaches_the_bot(server: FakeTelegram, call: Call, voted: tuple[Room, int]) -> None:
    chat, message = voted
    query = chat.press(message, "👍")
    [update] = call("getUpdates")[1]
    pressed = update["callback_query"]
    assert (pressed["id"], pressed["data"], pressed["from"]["id"]) == (query, "v:+", 7)
    assert (pressed["message"]["message_id"], pressed["message"]["text"]) == (message, "x")
    assert pressed["message"]["reply_markup"] == VOTES
    assert call("answerCallbackQuery", callback_query_id=query, text="شكرا") == (200, True)
    assert server.toast(query) == {"text": "شكرا", "show_alert": False, "url": ""}
    assert call("answerCallbackQuery", callback_query_id=query) == TOO_OLD


def test_presses_of_others_and_of_what_is_not_there(server: FakeTelegram, call: Call, voted: tuple[Room, int]) -> None:
    chat, message = voted
    chat.press(message, "v:+", by=server.user(8))
    chat.press(message, forged="anything")
    assert [one["callback_query"]["data"] for one in call("getUpdates")[1]] == ["v:+", "anything"]
    for button in ("👎", "site"):
        with pytest.raises(LookupError, match="no button"):
            chat.press(message, button)
    with pytest.raises(LookupError):
        chat.press(99, "👍")


def test_answers_that_come_too_late_or_to_nothing(server: FakeTelegram, call: Call, voted: tuple[Room, int]) -> None:
    query = voted[0].press(voted[1], "👍")
    assert call("answerCallbackQuery", callback_query_id="1") == TOO_OLD
    assert call("answerCallbackQuery") == TOO_OLD
    assert call("answerCallbackQuery", callback_query_id=query, text="x" * 201) == (
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    server.advance(16)
    assert call("answerCallbackQuery", callback_query_id=query, text="x" * 200) == TOO_OLD
    assert server.toast(query) is None


@pytest.mark.parametrize("gone", ["old", "deleted"])
def test_a_message_that_is_old_or_gone_comes_without_content(
    server: FakeTelegram, call: Call, voted: tuple[Room, int], gone: str
) -> None:
    chat, message = voted
    if gone == "old":
        server.advance(365 * 24 * 3600)
    else:
        chat.delete(message)
    chat.press(message, forged="v:+")
    [update] = call("getUpdates")[1]
    shape = update["callback_query"]["message"]
    assert shape == {"chat": shape["chat"], "message_id": message, "date": 0}


def article(**more: Any) -> dict[str, Any]:
    return {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "x"}, **more}


def test_inline_queries(server: FakeTelegram, call: Call) -> None:
    query = server.user(7, language_code="ar").inline("سؤال")
    [update] = call("getUpdates")[1]
    assert update["inline_query"]["query"] == "سؤال"
    results = [article(input_message_content={"message_text": "<b>x</b>", "parse_mode": "HTML"})]
    assert call("answerInlineQuery", inline_query_id=query, results=results, cache_time=30) == (200, True)
    answer = server.wait_for_inline(query)
    assert (answer["results"][0]["visible"], answer["cache_time"]) == ("x", 30)
    assert call("answerInlineQuery", inline_query_id=query, results=[]) == TOO_OLD
    late = server.user(7).inline("سؤال")
    server.advance(16)
    assert call("answerInlineQuery", inline_query_id=late, results=[]) == TOO_OLD


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([article(id=str(number)) for number in range(51)], "RESULTS_TOO_MUCH"),
        ([article(id="ب" * 33)], "RESULT_ID_INVALID"),
        ([article(id="")], "RESULT_ID_INVALID"),
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article(title="")], "can't parse inline query result: Can't find field \"title\""),
        ([article(type="poem")], "can't parse inline query result: type must be one of the documented ones"),
        ([article(input_message_content={"message_text": " "})], "message text is empty"),
        (
            [article(input_message_content={"message_text": "<b>", "parse_mode": "HTML"})],
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ("nonsense", "can't parse inline query results JSON object"),
    ],
)
def test_inline_results_that_are_refused(server: FakeTelegram, call: Call, results: Any, said: str) -> None:
    query = server.user(7).inline("x")
    assert call("answerInlineQuery", inline_query_id=query, results=results) == (400, f"Bad Request: {said}")
    fifty = [article(id="ب" * 30 + str(number)) for number in range(50)]
    assert call("answerInlineQuery", inline_query_id=query, results=fifty) == (200, True)
