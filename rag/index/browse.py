"""Browsing the store: one look at what every article is, and single articles to show. The index stays closed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from rag.index import database
from rag.index.content import article_of, articles_of, stored_rows
from rag.index.queries import ARTICLES
from rag.index.tables import articles, files
from rag.schema import Article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one state of the articles from another; equal ones list the same."""

    store_id: str
    generation: int
    build: str
    last_article_id: int
    """Copies of what is indexed already, and changed dates, make no new generation: these two show them."""
    num_articles: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in the list of all."""

    article_id: int
    source: str
    article_key: str
    """Equal for articles that say the same, word for word."""
    outlet: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An article to show, and in how many files it stands word for word."""

    article: Article
    num_copies: int


class View:
    """One state of the store's articles, from `Browser.viewing`; valid inside it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def version(self) -> Version:
        """Which state this is; a look that costs next to nothing."""
        facts = database.read_facts(self._connection)
        last = self._connection.scalar(sa.select(sa.func.max(articles.c.article_id))) or 0
        count = self._connection.scalar(sa.select(sa.func.count()).select_from(articles)) or 0
        return Version(facts.store_id, facts.serving.number, facts.serving.build, last, count)

    def listed(self) -> Iterator[Listed]:
        """Every article, without its text, in the order of reading."""
        for row in self._connection.execute(_LIST):
            yield Listed(*tuple(row))

    def by_ids(self, article_ids: Sequence[int]) -> list[Shown]:
        """These articles in the order given; unknown ones are missing."""
        found = {row.article_id: row for row in self._stored(_BY_ID, ids=list(article_ids))}
        return self._shown(found[one] for one in article_ids if one in found)

    def by_sources(self, sources: Sequence[str]) -> list[Shown]:
        """The articles of these sources in the order given; unknown ones are missing."""
        found = {row.source: row for row in self._stored(ARTICLES, sources=list(sources))}
        return self._shown(found[one] for one in sources if one in found)

    def titles_in(self, path: Path, most: int) -> list[str]:
        """The titles of the first `most` articles that came from the file at `path`."""
        query = sa.select(articles.c.title).join(files, files.c.file_id == articles.c.file_id)
        return list(
            self._connection.scalars(query.where(files.c.path == str(path)).order_by(articles.c.article_id).limit(most))
        )

    def text(self, source: str) -> str | None:
        """The text that the spans of `source` count in; None where there is no such article."""
        article = next(articles_of(self._connection.execute(ARTICLES, {"sources": [source]})), None)
        return article.text if article is not None else None

    def _stored(self, query: sa.Select[Any], **values: list[Any]) -> Iterator[sa.Row[Any]]:
        return stored_rows(self._connection.execute(query, values))

    def _shown(self, rows: Iterable[sa.Row[tuple[object, ...]]]) -> list[Shown]:
        rows = list(rows)
        keys = {row.article_key for row in rows}
        copies = {row.article_key: row.num for row in self._connection.execute(_COPIES, {"keys": list(keys)})}
        return [Shown(article_of(row), copies.get(row.article_key, 1)) for row in rows]


class Browser:
    """The articles of one home. Safe to share between threads; close it when done."""

    def __init__(self, settings: Settings) -> None:
        self._engine, self._index_folder = database.open_engine(settings), settings.index_folder
        self._identity = database.file_identity(self._engine)

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    @contextmanager
    def viewing(self) -> Iterator[View | None]:
        """Yield one state of the store, from one read transaction; None where nothing has been made yet.

        Raises:
            IndexMismatch: another version of Isnad made the store.
            StoreUnusable: it cannot be read.
        """
        identity = database.file_identity(self._engine)
        if identity != self._identity:  # another file under the same name
            self._engine.dispose()
            self._identity = identity
        if not database.exists(self._engine, self._index_folder):
            yield None
            return
        with self._engine.connect() as connection:
            yield View(connection)


_LIST = sa.select(
    articles.c.article_id, articles.c.source, articles.c.article_key, articles.c.outlet, articles.c.date
).order_by(articles.c.article_id)
_BY_ID = sa.select(articles).where(articles.c.article_id.in_(sa.bindparam("ids", expanding=True)))
_COPIES = (
    sa.select(articles.c.article_key, sa.func.count().label("num"))
    .where(articles.c.article_key.in_(sa.bindparam("keys", expanding=True)))
    .group_by(articles.c.article_key)
)
