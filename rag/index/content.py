"""Rows to articles and texts, each held to the hash of what was stored: noise in the store is never quoted.

SQLite holds no column to its type, so noise may come as anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.articles.chunk import article_key_of, chunk_id_of
from rag.index.store_errors import damaged, damaged_article
from rag.schema import Article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import sqlalchemy as sa


def stored_rows(rows: Iterable[sa.Row[Any]]) -> Iterator[sa.Row[Any]]:
    """These rows, one after the other.

    Raises:
        StoreUnusable: a column of JSON holds none.
    """
    try:
        yield from rows
    except (TypeError, ValueError) as error:
        raise damaged("an article is not what was stored") from error


def article_of(row: sa.Row[Any]) -> Article:
    """The article in a row of its table.

    Raises:
        StoreUnusable: its title or its body is not what was stored.
    """
    known = (row.source, row.title, row.text)
    if not (
        all(isinstance(value, str) for value in known)
        and all(isinstance(value, str | None) for value in (row.outlet, row.date, row.url, row.author))
        and isinstance(row.body, list)
        and all(_is_span(span) for span in row.body)
    ):
        raise damaged_article(str(row.source))
    article = Article(
        source=row.source,
        title=row.title,
        text=row.text,
        body=tuple((start, end) for start, end in row.body),
        outlet=row.outlet,
        date=row.date,
        url=row.url,
        author=row.author,
    )
    if article_key_of(article) != row.article_key:
        raise damaged_article(article.source)
    return article


def articles_of(rows: Iterable[sa.Row[Any]]) -> Iterator[Article]:
    """The articles in rows of their table.

    Raises:
        StoreUnusable: one is not what was stored.
    """
    return map(article_of, stored_rows(rows))


def given_of(row: sa.Row[Any]) -> dict[str, str | None]:
    """What the file of the article in `row` said of it.

    Raises:
        StoreUnusable: it is not what was stored.
    """
    given = row.given
    if not (isinstance(given, dict) and all(isinstance(value, str | None) for value in given.values())):
        raise damaged_article(str(row.source))
    return given


def chunk_text_of(row: sa.Row[Any], *, chunk_id: str, start: int, end: int, source: str) -> str:
    """The text of a chunk of the article in `row`.

    Raises:
        StoreUnusable: it is not what was stored.
    """
    if not (isinstance(row.title, str) and isinstance(row.text, str) and _is_span([start, end])):
        raise damaged_article(source)
    text = row.text[start:end]
    if chunk_id_of(row.title, text) != chunk_id:
        raise damaged_article(source)
    return text


def _is_span(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(place, int) for place in value)  # noqa: PLR2004
