"""Methods that answer a button press or an inline query, each of them once and in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from tests.fake_telegram.chats import Query
from tests.fake_telegram.errors import QUERY_TOO_OLD, bad
from tests.fake_telegram.keyboards import read_markup
from tests.fake_telegram.params import Params
from tests.fake_telegram.sending import message_text
from tests.fake_telegram.world import World

MAX_TOAST, MAX_RESULTS, MAX_ID = 200, 50, 64
RESULTS = frozenset(
    [
        "audio",
        "document",
        "gif",
        "mpeg4_gif",
        "photo",
        "sticker",
        "video",
        "voice",
        "article",
        "contact",
        "game",
        "location",
        "venue",
    ]
)
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def take(world: World, queries: dict[str, Query], query_id: str) -> Query:
    """The query that waits for its answer."""
    query = queries.get(query_id)
    if query is None or query.answer is not None or world.now() - query.created > world.options.query_seconds:
        raise bad(QUERY_TOO_OLD)
    return query


def answer_callback(world: World, params: Params) -> bool:
    """answerCallbackQuery."""
    text = params.text("text")
    if len(text) > MAX_TOAST:
        raise bad("MESSAGE_TOO_LONG")
    query = take(world, world.callbacks, params.text("callback_query_id"))
    query.answer = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    query.answered_at = monotonic()
    return True


def answer_inline(world: World, params: Params) -> bool:
    """answerInlineQuery."""
    results = params.structure("results", "inline query results")
    if not isinstance(results, list):
        raise bad("expected an Array of inline query results")
    if len(results) > MAX_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    ids = [_checked(result) for result in results]
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    if len(params.text("next_offset").encode()) > MAX_ID:
        raise bad("NEXT_OFFSET_INVALID")
    button = params.structure("button") or {}
    if button and not button.get("text"):
        raise bad("SWITCH_PM_TEXT_EMPTY")
    if "start_parameter" in button and not START_PARAMETER.fullmatch(str(button["start_parameter"])):
        raise bad("START_PARAM_INVALID")
    query = take(world, world.inline, params.text("inline_query_id"))
    settings = {"cache_time": params.integer("cache_time", 300), "is_personal": params.flag("is_personal")}
    query.answer = {"results": results, "button": button, "next_offset": params.text("next_offset"), **settings}
    query.answered_at = monotonic()
    return True


def _checked(result: Any) -> str:
    """The id of an inline result, once it is found right."""
    where = "can't parse inline query result: "
    if not isinstance(result, dict):
        raise bad(f"{where}expected an Object")
    result_id = str(result.get("id", ""))
    if not 1 <= len(result_id.encode()) <= MAX_ID:
        raise bad("RESULT_ID_INVALID")
    if result.get("type") not in RESULTS:
        raise bad(f"{where}type must be one of the documented ones")
    content = result.get("input_message_content")
    if result["type"] == "article":
        if not result.get("title"):
            raise bad(f'{where}Can\'t find field "title"')
        if not isinstance(content, dict):
            raise bad(f'{where}Can\'t find field "input_message_content"')
    if isinstance(content, dict) and "message_text" in content:
        fields = {**content, "text": content["message_text"]}
        result["visible"], result["visible_entities"] = message_text(Params(fields))
    if result.get("reply_markup"):
        read_markup(Params({"reply_markup": result["reply_markup"]}))
    return result_id


QUERIES: dict[str, Callable[[World, Params], Any]] = {
    "answerCallbackQuery": answer_callback,
    "answerInlineQuery": answer_inline,
}
