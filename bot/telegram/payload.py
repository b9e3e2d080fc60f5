"""An Outgoing in the words of Telegram's methods, and in other words where it was not taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

if TYPE_CHECKING:
    from telegram.error import BadRequest

    from bot.telegram.render import Keyboard, Outgoing, Part

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SHORTEST_TO_HALVE = 100
_SHUT = (
    "chat not found", "peer id invalid", "chat was deactivated", "user is deactivated", "not enough rights",
    "have no rights", "need administrator rights", "admin required", "write forbidden", "plain forbidden",
    "media forbidden", "have no write access", "chat restricted", "topic closed",
)  # fmt: skip
"""What Telegram says with a 400 where the bot may not write; no other words help."""


def keyboard_of(outgoing: Outgoing, number: int) -> Keyboard:
    """The keyboard of one part: it is under the last."""
    return outgoing.keyboard if number == len(outgoing.parts) - 1 else ()


def content_of(part: Part, keyboard: Keyboard) -> dict[str, Any]:
    """What sending and editing a text have in common."""
    return {
        "text": part.html or part.plain,
        "parse_mode": ParseMode.HTML if part.html else None,
        "reply_markup": markup_of(keyboard),
        "link_preview_options": _NO_PREVIEW,
    }


def markup_of(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """The keyboard as Telegram takes it."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(button.text, url=button.url)
                if button.url
                else InlineKeyboardButton(button.text, callback_data=button.data)
                for button in row
            ]
            for row in keyboard
        ]
    )


def is_shut(error: BadRequest) -> bool:
    """Whether the chat takes nothing from the bot, whatever it is."""
    reason = _reason(error)
    return any(words in reason for words in _SHUT)


def in_other_words(error: BadRequest, part: Part, keyboard: Keyboard) -> tuple[list[Part], Keyboard] | None:
    """What to try where Telegram does not take `part` as it is; None where nothing is left."""
    reason = _reason(error)
    if part.html and "parse entities" in reason:
        return [replace(part, html="")], keyboard
    if "too long" in reason and len(part.plain) > _SHORTEST_TO_HALVE:
        middle = len(part.plain) // 2
        cut = max(part.plain.rfind("\n", 1, middle), part.plain.rfind(" ", 1, middle))
        cut = cut if cut > 0 else middle
        return [replace(part, html="", plain=half) for half in (part.plain[:cut], part.plain[cut:])], keyboard
    if keyboard and ("button" in reason or "keyboard" in reason or "reply markup" in reason):
        return [part], ()
    if part.html or keyboard:  # whatever it is: bare words are better than silence
        return [replace(part, html="")], ()
    return None


def _reason(error: BadRequest) -> str:
    """What Telegram says; some reasons come as WORDS_LIKE_THESE."""
    return error.message.lower().replace("_", " ")
