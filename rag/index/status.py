"""Looking at the store: what is there, without opening the index."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.articles.raw import Skipped
from rag.errors import SourceNotFound
from rag.index import database
from rag.index.fingerprint import Fingerprint
from rag.index.tables import articles, chunks, files, roots, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

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


_NOTHING = IndexStatus(0, 0, {}, None, None, 0, 0, None, None, 0, (), ())


def load_status(settings: Settings) -> IndexStatus:
    """Return what the home of `settings` holds; all empty before the first ingest."""
    with _reading(settings) as connection:
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
        fingerprint = Fingerprint.loads(facts.fingerprint) if facts.fingerprint else None
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
            roots=tuple(Path(folder) for folder in connection.scalars(sa.select(roots.c.folder))),
            skipped=tuple(
                Skipped(*row)
                for row in connection.execute(
                    sa.select(skipped.c.source, skipped.c.reason, skipped.c.detail).order_by(skipped.c.skip_id)
                )
            ),
        )


def load_sources(settings: Settings) -> list[SourceRow]:
    """Return every article, by source."""
    with _reading(settings) as connection:
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


def load_text(source: str, settings: Settings) -> str:
    """Return the text that the spans of `source` count in.

    Raises:
        SourceNotFound: no article has this source.
    """
    with _reading(settings) as connection:
        text: str | None = (
            connection.scalar(sa.select(articles.c.text).where(articles.c.source == source)) if connection else None
        )
    if text is None:
        raise SourceNotFound(f"No article has the source {source!r}; `isnad sources` lists them.", source=source)
    return text


@contextmanager
def _reading(settings: Settings) -> Iterator[sa.Connection | None]:
    """Yield a connection; None where nothing has been made yet."""
    engine = database.open_engine(settings)
    try:
        if database.exists(engine):
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
