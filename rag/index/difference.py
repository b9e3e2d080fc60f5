"""What the store holds and the index does not, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.index.tables import articles, chunks, indexed_articles, indexed_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAGE = 400
"""Articles read from the store at a time."""
_PAGE_TEXT = 1 << 22
"""Characters of their texts held at a time: a single file may have twice as many."""
MAX_PARAMETERS = 5000
"""Values in one SQL statement; SQLite allows 32,766."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The ids that the next generation has to add and to delete."""

    new_chunks: frozenset[str]
    gone_chunks: frozenset[str]
    new_articles: frozenset[str]
    gone_articles: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether the index holds exactly what the store does."""
        return not (self.new_chunks or self.gone_chunks or self.new_articles or self.gone_articles)


@dataclass(frozen=True, slots=True)
class Indexable:
    """One article as the indexes take it; equal chunks within it are given once."""

    key: str
    title: str
    texts: dict[str, str]


def read_difference(connection: sa.Connection) -> Difference:
    """Compare the store's content with what is noted as indexed."""

    def only(left: sa.Column[str], right: sa.Column[str]) -> frozenset[str]:
        missing = ~sa.exists().where(right == left)
        return frozenset(connection.scalars(sa.select(left).where(missing).distinct()))

    return Difference(
        new_chunks=only(chunks.c.chunk_id, indexed_chunks.c.chunk_id),
        gone_chunks=only(indexed_chunks.c.chunk_id, chunks.c.chunk_id),
        new_articles=only(articles.c.article_key, indexed_articles.c.article_key),
        gone_articles=only(indexed_articles.c.article_key, articles.c.article_key),
    )


def read_indexed(connection: sa.Connection) -> Difference:
    """Everything that is noted as indexed, as if all of it were new."""
    return Difference(
        new_chunks=frozenset(connection.scalars(sa.select(indexed_chunks.c.chunk_id))),
        gone_chunks=frozenset(),
        new_articles=frozenset(connection.scalars(sa.select(indexed_articles.c.article_key))),
        gone_articles=frozenset(),
    )


def note_indexed(connection: sa.Connection, difference: Difference) -> None:
    """Note that the difference has been made up."""
    for column, new, gone in (
        (indexed_chunks.c.chunk_id, difference.new_chunks, difference.gone_chunks),
        (indexed_articles.c.article_key, difference.new_articles, difference.gone_articles),
    ):
        if new:
            connection.execute(sa.insert(column.table), [{column.name: value} for value in sorted(new)])
        values = sorted(gone)
        for start in range(0, len(values), MAX_PARAMETERS):
            some = values[start : start + MAX_PARAMETERS]
            connection.execute(sa.delete(column.table).where(column.in_(some)))


def forget_indexed(connection: sa.Connection) -> None:
    """Note that nothing is indexed: the next generation starts from nothing."""
    connection.execute(sa.delete(indexed_chunks))
    connection.execute(sa.delete(indexed_articles))


def read_affected(connection: sa.Connection, difference: Difference) -> Iterator[Indexable]:
    """The articles that hold anything new, by source, so that every rebuild goes the same way."""
    holders = _holders(connection, chunks.c.chunk_id, difference.new_chunks)
    holders |= _holders(connection, articles.c.article_key, difference.new_articles)
    by_source = sorted(
        (source, article_id)
        for source, article_id in connection.execute(sa.select(articles.c.source, articles.c.article_id))
        if article_id in holders
    )
    for page in cut_into_pages(connection, [article_id for _, article_id in by_source]):
        yield from _read_page(connection, page)


def cut_into_pages(connection: sa.Connection, article_ids: Sequence[int]) -> Iterator[list[int]]:
    """Cut stored articles into pages that are few enough, and have little enough text, to be held at once."""
    query = sa.select(articles.c.article_id, sa.func.coalesce(sa.func.length(articles.c.text), 0).label("size"))
    for start in range(0, len(article_ids), _PAGE):
        some = article_ids[start : start + _PAGE]
        sizes = {row.article_id: row.size for row in connection.execute(query.where(articles.c.article_id.in_(some)))}
        page: list[int] = []
        held = 0
        for article_id in some:
            if page and held + sizes[article_id] > _PAGE_TEXT:
                yield page
                page, held = [], 0
            page.append(article_id)
            held += sizes[article_id]
        yield page


def _read_page(connection: sa.Connection, article_ids: list[int]) -> Iterator[Indexable]:
    slices: dict[int, list[tuple[str, int, int]]] = {}
    for row in connection.execute(
        sa.select(chunks).where(chunks.c.article_id.in_(article_ids)).order_by(chunks.c.article_id, chunks.c.position)
    ):
        slices.setdefault(row.article_id, []).append((row.chunk_id, row.start, row.end))
    for row in connection.execute(
        sa.select(articles.c.article_id, articles.c.article_key, articles.c.title, articles.c.text)
        .where(articles.c.article_id.in_(article_ids))
        .order_by(articles.c.source)
    ).all():
        texts = {chunk_id: row.text[first:end] for chunk_id, first, end in slices.get(row.article_id, [])}
        yield Indexable(row.article_key, row.title, texts)


def _holders(connection: sa.Connection, column: sa.Column[str], wanted: frozenset[str]) -> set[int]:
    """The ids of the articles whose `column` has one of the wanted values."""
    article_id = column.table.c.article_id
    if len(wanted) > MAX_PARAMETERS:
        pairs = connection.execute(sa.select(article_id, column))
        return {holder for holder, value in pairs if value in wanted}
    return set(connection.scalars(sa.select(article_id).where(column.in_(wanted)))) if wanted else set()
