"""A source as a person types it: a name from another system may be composed otherwise and look the same."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.index.tables import articles, files

if TYPE_CHECKING:
    from sqlalchemy import Connection


def stored_source(connection: Connection, source: str) -> str:
    """The one stored source that is canonically equivalent to `source`; itself where it is stored, or none is."""
    stored = set(connection.scalars(sa.union(sa.select(articles.c.source), sa.select(files.c.source))))
    if source in stored:
        return source
    wanted = unicodedata.normalize("NFC", source)
    alike = [name for name in stored if unicodedata.normalize("NFC", name) == wanted]
    return alike[0] if len(alike) == 1 else source
