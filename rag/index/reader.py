"""Reading: one consistent view of the store's rows and of the generation they name."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

import sqlalchemy as sa

from rag.errors import IndexDamaged, SourceNotFound
from rag.index import database
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.generations import open_generation
from rag.index.tables import articles, chunks
from rag.schema import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rag.index.encoders import Encoder
    from rag.index.generations import Generation
    from rag.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk stands. Equal content in several articles has one id and several places."""

    chunk_id: str
    article_id: int
    article_key: str
    source: str
    date: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A Place with what is shown of it."""

    place: Place
    title: str
    outlet: str | None
    text: str


class Reader:
    """What one question sees: made by `Index.reading`, valid inside it."""

    def __init__(self, connection: sa.Connection | None, generation: Generation | None, encoder: Encoder) -> None:
        self._connection = connection
        self._generation = generation
        self._encoder = encoder

    @property
    def num_chunks(self) -> int:
        """Distinct chunks in the index; 0 before the first ingest."""
        return self._generation.chunks.num_docs if self._generation else 0

    @property
    def num_articles(self) -> int:
        """Distinct articles in the index."""
        return self._generation.articles.num_docs if self._generation else 0

    @property
    def encoder_weight(self) -> float:
        """Share of the dense score in the ranking, 0 to 1."""
        return self._encoder.weight

    def search_chunks(self, weights: Mapping[str, float], top_k: int) -> list[tuple[str, float]]:
        """The `top_k` chunks (chunk_id, BM25), best first; each term counts with its weight."""
        return self._generation.chunks.search(weights, top_k) if self._generation else []

    def search_articles(self, weights: Mapping[str, float], top_k: int) -> list[tuple[str, float]]:
        """The `top_k` whole articles (article_key, BM25), best first."""
        return self._generation.articles.search(weights, top_k) if self._generation else []

    def search_vectors(self, question: str, top_k: int) -> list[tuple[str, float]]:
        """The `top_k` chunks (chunk_id, cosine similarity -1 to 1) nearest to the question."""
        if self._generation is None:
            return []
        return self._generation.vectors.query(self._encoder.encode_question(question), top_k)

    def doc_freqs(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many chunks each term stands."""
        return self._generation.chunks.doc_freqs(terms) if self._generation else dict.fromkeys(terms, 0)

    def place(self, chunk_ids: Sequence[str]) -> list[Place]:
        """Where these chunks stand; ids that the store does not know are dropped."""
        return [Place(*tuple(row)) for row in self._rows(_PLACE, ids=list(chunk_ids))]

    def load_texts(self, places: Sequence[Place]) -> list[PlacedText]:
        """These places with their texts, in the order given."""
        wanted = list({place.article_id for place in places})
        rows = {row.article_id: row for row in self._rows(_TEXTS, ids=wanted)}
        return [
            PlacedText(place, row.title, row.outlet, row.text[place.start : place.end])
            for place in places
            if (row := rows.get(place.article_id)) is not None
        ]

    def load_article(self, source: str) -> Article:
        """One article.

        Raises:
            SourceNotFound: no article has this source.
        """
        found = self.load_articles([source])
        if source not in found:
            raise SourceNotFound(f"No article has the source {source!r}; `isnad sources` lists them.", source=source)
        return found[source]

    def load_articles(self, sources: Iterable[str]) -> dict[str, Article]:
        """The articles of these sources, by source; unknown ones are missing."""
        return {
            row.source: Article(
                source=row.source,
                title=row.title,
                text=row.text,
                body=tuple((start, end) for start, end in row.body),
                outlet=row.outlet,
                date=row.date,
                url=row.url,
                author=row.author,
            )
            for row in self._rows(_ARTICLES, sources=list(sources))
        }

    def _rows(self, query: sa.Select[Any], **values: list[Any]) -> Iterable[sa.Row[Any]]:
        return self._connection.execute(query, values) if self._connection is not None else ()


class Index:
    """The index of one home, followed from generation to generation. Safe to share between threads."""

    def __init__(self, settings: Settings, *, on_message: Callable[[str], None] | None = None) -> None:
        self._settings = settings
        self._on_message = on_message
        self._engine = database.open_engine(settings)
        self._encoder = load_encoder(settings)
        self._fingerprint = Fingerprint.of(self._encoder)
        self._made = False
        self._lock = threading.Lock()
        self._open: dict[int, Generation] = {}
        self._readers: Counter[int] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release every file and connection."""
        for generation in self._open.values():
            generation.close()
        self._open.clear()
        self._engine.dispose()

    def read(self, work: Callable[[Reader], T]) -> T:
        """Run `work` on one consistent view; a missing or damaged index is rebuilt, and it runs again.

        Raises:
            IndexMismatch: the index was made by another encoder, analyzer or chunker.
        """
        try:
            with self.reading() as reader:
                return work(reader)
        except IndexDamaged as damage:
            if self._on_message is not None:
                self._on_message(str(damage))
            self._rebuild()
            with self.reading() as reader:
                return work(reader)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Yield a view of the rows and of the generation they name, from one read transaction.

        Raises:
            IndexMismatch: the index was made by another encoder, analyzer or chunker.
            IndexDamaged: it is missing or broken: see `read`.
        """
        if not self._made and not database.exists(self._engine):
            yield Reader(None, None, self._encoder)
            return
        self._made = True
        with self._engine.connect() as connection:
            number = database.read_generation(connection)
            if number == 0:
                yield Reader(connection, None, self._encoder)
                return
            check_fingerprint(connection, self._fingerprint)
            with self._borrow(number) as generation:
                yield Reader(connection, generation, self._encoder)

    @contextmanager
    def _borrow(self, number: int) -> Iterator[Generation]:
        """Lend an open generation; the last borrower of one that no longer serves closes it."""
        with self._lock:
            if number not in self._open:
                self._open[number] = open_generation(self._settings, number, self._fingerprint)
            self._readers[number] += 1
        try:
            yield self._open[number]
        finally:
            with self._lock:
                self._readers[number] -= 1
                newest = max(self._open, default=number)
                for old in [n for n in self._open if n != newest and not self._readers[n]]:
                    self._open.pop(old).close()

    def _rebuild(self) -> None:
        """Make the index anew from the store's rows, as a new generation."""
        from rag.index.writer import rebuild_index

        with self._engine.connect() as connection:
            damaged = database.read_generation(connection)
        rebuild_index(self._settings, self._engine, self._encoder, damaged=damaged)


def open_index(settings: Settings, *, on_message: Callable[[str], None] | None = None) -> Index:
    """Open the index of `settings.home`; nothing is read, or made, before the first question.

    `on_message` is told when a damaged index is being rebuilt.
    """
    return Index(settings, on_message=on_message)


_PLACE = (
    sa.select(
        chunks.c.chunk_id,
        chunks.c.article_id,
        articles.c.article_key,
        articles.c.source,
        articles.c.date,
        chunks.c.start,
        chunks.c.end,
    )
    .join(articles, articles.c.article_id == chunks.c.article_id)
    .where(chunks.c.chunk_id.in_(sa.bindparam("ids", expanding=True)))
)
_TEXTS = sa.select(articles.c.article_id, articles.c.title, articles.c.outlet, articles.c.text).where(
    articles.c.article_id.in_(sa.bindparam("ids", expanding=True))
)
_ARTICLES = sa.select(articles).where(articles.c.source.in_(sa.bindparam("sources", expanding=True)))
