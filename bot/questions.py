"""What is asked: files of questions, histories and dates, checked at the door."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.texts import Lang
from bot.texts.errors import explain
from bot.texts.skips import skip_detail
from rag.errors import QuestionsError
from rag.text.dates import find_date_line

STANDARD_INPUT = Path("-")
_MOST_DIGITS = 8
"""What holds more than a date has is no single date."""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line of a file of questions; `error` says why it cannot be asked."""

    question: str
    history: tuple[str, ...] = ()
    question_id: str | None = None
    error: str | None = None


def read_questions(path: Path, lang: Lang) -> list[AskedLine]:
    """The lines of a file of questions, in order; blank ones do not count, broken ones say so.

    Raises:
        QuestionsError: the file itself cannot be read.
    """
    lines = [line for line in enumerate(_read(path, lang).split(b"\n"), start=1) if line[1].strip()]
    return [_parse_line(raw, number, lang) for number, raw in lines]


def read_history(path: Path | None, lang: Lang) -> tuple[str, ...]:
    """Earlier questions, oldest first, from a JSON list.

    Raises:
        QuestionsError: no such file, or it holds something else.
    """
    if path is None:
        return ()
    try:
        history = _history(json.loads(_read(path, lang).decode("utf-8")))
    except (ValueError, RecursionError):
        history = None
    if history is None:
        raise _unusable(path, explain("history.not_a_list", lang))
    return history


def parse_date(value: str | None, lang: Lang) -> str | None:
    """`value` as `YYYY-MM-DD`: a date as articles write it, and nothing else; a Hijri one is none.

    Raises:
        ValueError: it is no such date; the message says so in `lang`.
    """
    if value is None:
        return None
    if not value.strip():
        raise ValueError(explain("usage.no_date", lang))
    found = find_date_line(value) if sum(map(str.isdigit, value)) <= _MOST_DIGITS else None
    if found is None:
        raise ValueError(explain("usage.bad_date", lang, value=value))
    return found


def _read(path: Path, lang: Lang) -> bytes:
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except FileNotFoundError as error:
        raise _unusable(path, explain("questions.missing", lang)) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _unusable(path, explain("questions.unreadable", lang, kind=type(error).__name__)) from error
    return content.removeprefix(b"\xef\xbb\xbf")


def _unusable(path: Path, detail: str) -> QuestionsError:
    return QuestionsError(f"{path}: {detail}", path=path, detail=detail)


def _parse_line(raw: bytes, number: int, lang: Lang) -> AskedLine:
    try:
        record = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return AskedLine("", error=explain("line.not_utf8", lang, number=number))
    except (ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, ValueError) else "nested too deeply"
        return AskedLine("", error=explain("line.not_json", lang, number=number, detail=skip_detail(detail, lang)))
    fields = record if isinstance(record, dict) else {}
    question, given, history = fields.get("question"), fields.get("id"), _history(fields.get("history") or [])
    asked = question if isinstance(question, str) else ""
    if isinstance(given, bool) or not isinstance(given, str | int | float | None):
        return AskedLine(asked, error=explain("line.bad_id", lang, number=number))
    question_id = None if given is None else str(given)
    if not isinstance(question, str):
        return AskedLine(asked, question_id=question_id, error=explain("line.no_question", lang, number=number))
    if history is None:
        return AskedLine(asked, question_id=question_id, error=explain("line.bad_history", lang, number=number))
    return AskedLine(asked, history, question_id)


def _history(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(turn, str) for turn in value):
        return None
    return tuple(value)
