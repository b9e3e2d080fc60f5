"""Looking at the store: what is there, without opening the index."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.articles.raw import Skipped
from rag.index import database
from rag.index.content import article_of, articles_of, stored_rows
from rag.index.fingerprint import Fingerprint
from rag.index.queries import ARTICLES
from rag.index.sources import no_article, stored_source, unknown_source
from rag.index.tables import articles, chunks, files, roots, skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What a home holds."""

    num_articles: int
    num_chunks: int
    outlets: dict[str, int]
    """Articles by outlet, most first; an unknown outlet is not counted."""
    first_date: str | None
    last_date: str | None
    undated: int
    generation: int
    """0 before the first ingest."""
    encoder: str | None
    analyzer: str | None
    bytes_on_disk: int
    """Of everything under the home folder."""
    roots: tuple[Path, ...]
    """The folders that articles came from."""
    skipped: tuple[Skipped, ...]
    """What the last reading of each file passed over."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One article in a list."""

    source: str
    title: str
    outlet: str | None
    date: str | None
    num_chunks: int
    encoding: str
    path: Path


_BATCH = 500
_ROOTS = sa.select(roots.c.folder).where(sa.exists().where(files.c.root_id == roots.c.root_id))
_NOTHING = IndexStatus(0, 0, {}, None, None, 0, 0, None, None, 0, (), ())


def load_status(settings: Settings) -> IndexStatus:
    """Return what the home of `settings` holds; all empty before the first ingest."""
    with reading(settings) as connection:
        if connection is None:
            return _NOTHING
        num_articles, first, last, dated = connection.execute(
            sa.select(
                sa.func.count(),
                sa.func.min(articles.c.date),
                sa.func.max(articles.c.date),
                sa.func.count(articles.c.date),
            ).select_from(articles)
        ).one()
        counts = connection.execute(
            sa.select(articles.c.outlet, sa.func.count().label("num"))
            .where(articles.c.outlet.is_not(None))
            .group_by(articles.c.outlet)
            .order_by(sa.desc("num"), articles.c.outlet)
        )
        facts = database.read_facts(connection)
        fingerprint = Fingerprint.loads(facts.fingerprint) if facts.fingerprint is not None else None
        return IndexStatus(
            num_articles=num_articles,
            num_chunks=connection.scalar(sa.select(sa.func.count()).select_from(chunks)) or 0,
            outlets={row.outlet: row.num for row in counts},
            first_date=first,
            last_date=last,
            undated=num_articles - dated,
            generation=facts.serving.number,
            encoder=fingerprint.encoder if fingerprint else None,
            analyzer=fingerprint.analyzer if fingerprint else None,
            bytes_on_disk=_bytes_under(settings.home),
            roots=tuple(Path(folder) for folder in connection.scalars(_ROOTS)),
            skipped=tuple(
                Skipped(*row)
                for row in connection.execute(
                    sa.select(skipped.c.source, skipped.c.reason, skipped.c.detail).order_by(skipped.c.skip_id)
                )
            ),
        )


def load_sources(settings: Settings) -> list[SourceRow]:
    """Return every article, by source."""
    with reading(settings) as connection:
        if connection is None:
            return []
        num_chunks = (
            sa.select(sa.func.count())
            .where(chunks.c.article_id == articles.c.article_id)
            .correlate(articles)
            .scalar_subquery()
        )
        rows = connection.execute(
            sa.select(
                articles.c.source,
                articles.c.title,
                articles.c.outlet,
                articles.c.date,
                num_chunks,
                articles.c.encoding,
                files.c.path,
            )
            .join(files, files.c.file_id == articles.c.file_id)
            .order_by(articles.c.source)
        )
        return [SourceRow(*row[:-1], Path(row.path)) for row in rows]


def count_dated(since: str | None, until: str | None, settings: Settings) -> int:
    """How many articles state a date from `since` to `until`, both included; None is no end."""
    query = sa.select(sa.func.count(articles.c.date))
    if since is not None:
        query = query.where(articles.c.date >= since)
    if until is not None:
        query = query.where(articles.c.date <= until)
    with reading(settings) as connection:
        return (connection.scalar(query) or 0) if connection is not None else 0


def is_stored(place: Path, settings: Settings) -> bool:
    """Whether something is stored that was read at `place`, or under it."""
    with reading(settings) as connection:
        paths = connection.scalars(sa.select(files.c.path)) if connection is not None else ()
        return any(Path(path).is_relative_to(place) for path in paths)


def load_text(source: str, settings: Settings) -> str:
    """Return the text that the spans of `source` count in.

    Raises:
        SourceNotFound: no article has this source.
        StoreUnusable: it is not what was stored.
    """
    with reading(settings) as connection:
        if connection is not None:
            name = stored_source(connection, source)
            for article in articles_of(connection.execute(ARTICLES, {"sources": [name]})):
                return article.text
            raise no_article(connection, name)
    raise unknown_source(source)


@dataclass(frozen=True, slots=True)
class StoredText:
    """The text of one article, and the file that it was read from."""

    source: str
    text: str
    path: Path
    encoding: str


def load_texts(sources: Iterable[str], settings: Settings) -> list[StoredText]:
    """Return the texts of these sources; unknown ones are missing.

    Raises:
        StoreUnusable: one is not what was stored.
    """
    wanted = list(dict.fromkeys(sources))
    query = sa.select(articles, files.c.path).join(files, files.c.file_id == articles.c.file_id)
    with reading(settings) as connection:
        if connection is None:
            return []
        return [
            StoredText(row.source, article_of(row).text, Path(row.path), row.encoding)
            for at in range(0, len(wanted), _BATCH)
            for row in stored_rows(connection.execute(query.where(articles.c.source.in_(wanted[at : at + _BATCH]))))
        ]


def check_texts(settings: Settings) -> None:
    """Hold every article to its hash: about a second for 20,000.

    Raises:
        StoreUnusable: one is not what was stored.
    """
    with reading(settings) as connection:
        if connection is not None:
            streaming = connection.execution_options(yield_per=_BATCH)
            for _ in articles_of(streaming.execute(sa.select(articles))):
                pass


@dataclass(frozen=True, slots=True)
class IndexIdentity:
    """What tells one index from another: equal ones answer alike."""

    fingerprint: str
    """What made it, see `fingerprint`; empty before the first ingest."""
    articles: str
    """A hash of every source and of what its file says."""


def load_identity(settings: Settings) -> IndexIdentity:
    """Return what the index of `settings` was made with and of."""
    digest = blake2b(digest_size=16)
    with reading(settings) as connection:
        if connection is None:
            return IndexIdentity("", digest.hexdigest())
        for row in connection.execute(sa.select(articles.c.source, articles.c.digest).order_by(articles.c.source)):
            digest.update(f"{row.source}\0{row.digest}\n".encode())
        return IndexIdentity(database.read_facts(connection).fingerprint or "", digest.hexdigest())


@contextmanager
def reading(settings: Settings) -> Iterator[sa.Connection | None]:
    """Yield a connection; None where nothing has been made yet."""
    engine = database.open_engine(settings)
    try:
        if database.exists(engine, settings.index_folder):
            with engine.connect() as connection:
                yield connection
        else:
            yield None
    finally:
        engine.dispose()


def _bytes_under(folder: Path) -> int:
    """Bytes on disk; a segment that two generations share counts once."""
    sizes = {}
    for path in folder.rglob("*"):
        try:
            found = path.stat()
        except OSError:  # gone while we looked: an ingest is running
            continue
        if path.is_file():
            sizes[found.st_ino] = found.st_size
    return sum(sizes.values())
