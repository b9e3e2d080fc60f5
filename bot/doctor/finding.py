"""One thing that the doctor looked at, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.texts import Lang, fill
from bot.texts.doctor import DOCTOR
from bot.texts.errors import explain_error

State = Literal["ok", "off", "warning", "problem"]
"""`off` is optional and not used; a `warning` works and may surprise; a `problem` keeps something from working."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one look."""

    check: str
    state: State
    text: str
    """In the reader's language; what is between backticks is one unit."""


def found(check: str, state: State, key: str, lang: Lang, **values: object) -> Finding:
    """A finding in words; `key` is one of `bot.texts.doctor`."""
    return Finding(check, state, fill(DOCTOR[key], lang, **values))


def because(check: str, key: str, error: BaseException, lang: Lang) -> Finding:
    """A problem, and what was raised after it."""
    return Finding(check, "problem", f"{fill(DOCTOR[key], lang)} {explain_error(error, lang)}")
