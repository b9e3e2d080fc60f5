"""Which keyboards Telegram takes."""

from __future__ import annotations

from typing import Any

from tests.fake_telegram.entities import is_blank, link
from tests.fake_telegram.errors import Json, bad
from tests.fake_telegram.params import Params

MAX_BUTTONS, MAX_IN_ROW, MAX_DATA = 100, 8, 64
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
ACTIONS = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
]


def read_markup(params: Params) -> Json:
    """The keyboard of a call, checked; {} for none."""
    markup = params.structure("reply_markup", "reply keyboard markup")
    if markup is None:
        return {}
    if not isinstance(markup, dict) or not any(kind in markup for kind in KINDS):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MAX_BUTTONS or any(len(row) > MAX_IN_ROW for row in checked):
        raise bad("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": checked} if checked else {}


def _button(button: Any) -> Json:
    """One button, with a text and exactly one thing to do."""
    where = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(f"{where}InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad(f'{where}Can\'t find field "text"')
    if is_blank(text):
        raise bad("BUTTON_TEXT_EMPTY")
    actions = [name for name in ACTIONS if name in button]
    if not actions:
        raise bad(f"{where}Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("BUTTON_TYPE_INVALID")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_DATA:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not link(str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button
