"""What the log may say: no token, no update's body, no question, nobody's number, no traceback.

Of other people's libraries only the fixed part of a message and the type of an error are written: PTB
puts whole updates into its critical messages, and httpx the token into every URL.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import Any

TOKEN_LIKE = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
MASK = "<token>"
OUR_OWN = ("rag", "bot", "evals")
_FOREIGN_LEVELS = {"telegram": logging.CRITICAL}
"""Faults that PTB reports as errors, with a traceback, are said in one line by those who make the calls."""

_KEY = secrets.token_bytes(16)
_log = logging.getLogger(__name__)


def start_logging(level: str, token: str) -> None:
    """Send the log to standard error, from `level` on, with everything masked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(token))
    handler.addFilter(is_wanted)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OUR_OWN:
        logging.getLogger(name).setLevel(level.upper())
    threading.excepthook = _say_thread_failed


def pseudonym(number: int | None) -> str:
    """A short name for a person or a chat: the same within one run of the process, another in the next."""
    return hashlib.blake2b(str(number).encode(), key=_KEY, digest_size=4).hexdigest()


def describe(error: BaseException) -> str:
    """The type of an error, of what caused it, and the place in our code; never its text."""
    kinds = [type(error).__name__]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        kinds.append(type(cause).__name__)
    return f"{' from '.join(kinds)}{_place(error)}"


def is_wanted(record: logging.LogRecord) -> bool:
    """Whether a record is worth a line: of other people's libraries what is serious, whatever their level is set to."""
    owner = record.name.partition(".")[0]
    return owner in OUR_OWN or record.levelno >= _FOREIGN_LEVELS.get(owner, logging.WARNING)


def mask(text: str, *tokens: str) -> str:
    """`text` without `tokens` and without anything of a token's form."""
    for token in filter(None, tokens):
        text = text.replace(token, MASK)
    return TOKEN_LIKE.sub(MASK, text)


class OneLine(logging.Formatter):
    """One record, one line."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """The time, the level, who says it and what, masked."""
        is_ours = record.name.partition(".")[0] in OUR_OWN
        said = record.getMessage() if is_ours else str(record.msg) if record.args else _first_line(record.msg)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said = f"{said} ({describe(error)})"
        when = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        return mask(f"{when} {record.levelname} {record.name}: {' '.join(said.split())}", self._token)


def note_lost_failure(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own writes the failed task out, its arguments with it."""
    error = context.get("exception")
    _log.error("something failed unseen: %s", describe(error) if error else context.get("message", "no reason given"))


def _first_line(message: object) -> str:
    """What is finished text may hold anything: the words before the first sign of a value."""
    return re.split(r"[:<{\[('\"\n]", str(message), maxsplit=1)[0]


def _place(error: BaseException) -> str:
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in OUR_OWN:
            return f" at {module}:{line} in {frame.f_code.co_name}"
    return ""


def _say_thread_failed(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _log.error("a thread failed: %s", describe(arguments.exc_value))
