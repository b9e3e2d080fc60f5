"""What the log may say: no token, no body of an update, no person by number, no traceback of a network fault."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import sys
from collections.abc import Callable

TOKEN_LIKE = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
MASK = "<token>"

QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "tornado", "asyncio", "urllib3", "chromadb", "sqlalchemy")
"""Other people's loggers. Below INFO they write URLs with the token, bodies of updates and statements with questions."""

_KEY = secrets.token_bytes(16)


def pseudonym(number: int | None) -> str:
    """A short name for a person or a chat in the log: the same within one run of the process, another in the next."""
    digest = hashlib.blake2b(str(number).encode(), key=_KEY, digest_size=4)
    return digest.hexdigest()


def mask(text: str, *tokens: str) -> str:
    """`text` without `tokens` and without anything of a token's form."""
    for token in tokens:
        text = text.replace(token, MASK)
    return TOKEN_LIKE.sub(MASK, text)


class Masking(logging.Formatter):
    """Masks the finished line: what was said, its arguments and every exception text with it."""

    def __init__(self, tokens: tuple[str, ...] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._tokens = tokens

    def format(self, record: logging.LogRecord) -> str:
        """One record, ready to be written."""
        return mask(super().format(record), *self._tokens)


class NoNetworkTraceback(logging.Filter):
    """Leaves of an expected network fault only its line."""
