"""Addresses of servers as they may be shown or kept: without user, password and query."""

from __future__ import annotations

import re

HIDDEN = "…"
_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*://)([^/?#@\[\]\s]*@)?(?P<place>(\[[0-9A-Fa-f:.]+\]|[\w.-]*)(:\d{1,5})?)"
    r"(?P<path>/[^?#@\[\]]*)?(?P<rest>[?#][^@]*)?"
)
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d{1,5}")


def shown_address(text: str) -> str:
    """An address without user, password and query; where a password may stand elsewhere, no more than its scheme.

    SQLAlchemy lets a password hold `/`, `#`, `?` and `[`, urllib does not: what the two read differently is hidden.
    """
    if found := _ADDRESS.fullmatch(text):
        rest = found["rest"]
        return f"{found['scheme']}{found['place']}{found['path'] or ''}{rest[0] + HIDDEN if rest else ''}"
    if _HOST_AND_PORT.fullmatch(text):
        return text
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text)
    return (scheme[0] if scheme else "") + HIDDEN


def shown_place(text: str) -> str:
    """HOST:PORT of an address; `…` where it cannot be told from a password."""
    found = _ADDRESS.fullmatch(text)
    return found["place"] if found else HIDDEN
