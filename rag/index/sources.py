"""A source as a person types it: as a file is called, with what does not print, or composed otherwise."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.articles.files import printable
from rag.index.tables import articles, files

if TYPE_CHECKING:
    from sqlalchemy import Connection


def stored_source(connection: Connection, source: str) -> str:
    """The one stored source that is canonically equivalent to `source`; itself, as it prints, if stored or none is."""
    source = printable(source)
    columns = (articles.c.source, files.c.source)
    if any(connection.scalar(sa.select(column).where(column == source)) is not None for column in columns):
        return source
    wanted = unicodedata.normalize("NFC", source)
    stored = connection.scalars(sa.union(*(sa.select(column) for column in columns)))
    alike = [name for name in stored if unicodedata.normalize("NFC", name) == wanted]
    return alike[0] if len(alike) == 1 else source
