"""A source as a person types it: as a file is called, with what does not print, or composed otherwise; or wrongly."""

from __future__ import annotations

import shlex
import unicodedata
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.articles.files import printable
from rag.errors import SourceNotFound
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


def no_article(connection: Connection, source: str) -> SourceNotFound:
    """The error for a source that is no article's: it may be a file's of several, or how just one begins."""
    by_file = sa.select(articles.c.source).join(files, files.c.file_id == articles.c.file_id)
    inside = list(connection.scalars(by_file.where(files.c.source == source).order_by(articles.c.article_id).limit(2)))
    if len(inside) > 1:
        first, second = (f"isnad sources --text {shlex.quote(name)}" for name in inside)
        message = f"{source} is a file of several articles. Name one of them, such as: {first} or: {second}"
        return SourceNotFound(message, what="file", source=source, command=first, other=second)
    begins = articles.c.source.startswith(source, autoescape=True)
    near = list(connection.scalars(sa.select(articles.c.source).where(begins).limit(2)))
    if len(near) == 1:
        command = f"isnad sources --text {shlex.quote(near[0])}"
        message = f"No article has the source {source!r}; perhaps this one is meant: {command}"
        return SourceNotFound(message, what="near", source=source, command=command)
    return unknown_source(source)


def unknown_source(source: str) -> SourceNotFound:
    """The error for a source that nothing has."""
    return SourceNotFound(f"No article has the source {source!r}; `isnad sources` lists them.", source=source)
