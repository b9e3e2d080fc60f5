"""Rows to articles and texts, each held to the hash of what was stored: noise in the store is never quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.articles.chunk import article_key_of, chunk_id_of
from rag.errors import StoreUnusable
from rag.schema import Article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import sqlalchemy as sa


def article_of(row: sa.Row[Any]) -> Article:
    """The article in a row of its table, as it stands there."""
    return Article(
        source=row.source,
        title=row.title,
        text=row.text,
        body=tuple((start, end) for start, end in row.body),
        outlet=row.outlet,
        date=row.date,
        url=row.url,
        author=row.author,
    )


def articles_of(rows: Iterable[sa.Row[Any]]) -> Iterator[Article]:
    """The articles in rows of their table.

    Raises:
        StoreUnusable: one is not what was stored.
    """
    try:
        for row in rows:
            article = article_of(row)
            if article_key_of(article) != row.article_key:
                raise _damaged(article.source)
            yield article
    except (TypeError, ValueError) as error:  # what noise makes of a column of JSON
        raise _damaged("an article") from error


def chunk_text_of(row: sa.Row[Any], *, chunk_id: str, start: int, end: int, source: str) -> str:
    """The text of a chunk of the article in `row`.

    Raises:
        StoreUnusable: it is not what was stored.
    """
    text: str = row.text[start:end]
    if chunk_id_of(row.title, text) != chunk_id:
        raise _damaged(source)
    return text


def _damaged(source: str) -> StoreUnusable:
    why = f"the text of {source} is not what was stored"
    return StoreUnusable(
        f"The database is damaged: {why}. Put a backup in its place, or move it away and read the articles again: "
        "isnad ingest FOLDER",
        what="damaged",
        place="sqlite",
        file="isnad.db",
        why=why,
    )
