"""Reading: one consistent view of the store's rows and of the generation they name."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from rag.errors import IndexDamaged, IndexUnreadable, StoreUnusable
from rag.index import database
from rag.index.content import articles_of, chunk_text_of
from rag.index.disk import naming_a_full_disk
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.generations import Generations
from rag.index.mend import damaged_again, mended, renew_index
from rag.index.queries import ARTICLES, PLACES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from rag.index.database import Facts, Serving
    from rag.index.encoders import Encoder
    from rag.index.generations import Generation
    from rag.schema import Article
    from rag.settings import Settings

T = TypeVar("T")
_MAX_MENDS = 2


class Place(NamedTuple):
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
        if self._connection is None:
            return []
        return [Place._make(row) for row in self._connection.execute(PLACES, {"ids": list(chunk_ids)}).all()]

    def load_texts(self, places: Sequence[Place]) -> list[PlacedText]:
        """These places with their texts, in the order given."""
        wanted = list({place.article_id for place in places})
        rows = {row.article_id: row for row in self._rows(TEXTS, ids=wanted)}
        return [
            PlacedText(place, row.title, row.outlet, _text_of(row, place))
            for place in places
            if (row := rows.get(place.article_id)) is not None
        ]

    def load_articles(self, sources: Iterable[str]) -> dict[str, Article]:
        """The articles of these sources, by source; unknown ones are missing."""
        return {article.source: article for article in articles_of(self._rows(ARTICLES, sources=list(sources)))}

    def _rows(self, query: sa.Select[Any], **values: list[Any]) -> Iterable[sa.Row[Any]]:
        return self._connection.execute(query, values) if self._connection is not None else ()


class Index:
    """The index of one home, followed from generation to generation. Safe to share between threads."""

    def __init__(self, settings: Settings, *, on_message: Callable[[str], None] | None = None) -> None:
        self._settings = settings
        self._on_message = on_message or (lambda _message: None)
        self._engine = database.open_engine(settings)
        self._encoder = load_encoder(settings)
        self._fingerprint = Fingerprint.of(self._encoder)
        self._made = False
        self._identity = database.file_identity(self._engine)
        self._serving: tuple[Serving, Path] | None = None
        self._lock = threading.Lock()
        self._open: dict[Path, Generation] = {}
        self._is_closed = False
        self._readers: Counter[Path] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def fingerprint(self) -> str:
        """What an index has to be made with, to be read here."""
        return self._fingerprint.dumps()

    def close(self) -> None:
        """Release every file and connection; what is asked afterwards raises ValueError.

        What another thread is reading is left to that thread: closed under its hands, it would look damaged.
        """
        with self._lock:
            self._is_closed = True
            self._let_go()
        self._engine.dispose()

    def read(self, work: Callable[[Reader], T]) -> T:
        """Run `work` on one consistent view; a missing or damaged index is built again, and it runs once more.

        Raises:
            IndexMismatch: the index was made by another encoder, analyzer or chunker.
            StoreUnusable: the database, or a file of the index that is not damaged, cannot be read.
            ServerUnavailable: the server that holds the vectors does not answer.
            DiskFull: there is no room for what has to be built again.
        """
        with naming_a_full_disk(self._settings.home):
            for _ in range(_MAX_MENDS):
                try:
                    with self.reading() as reader:
                        return work(reader)
                except IndexDamaged as damage:
                    if self._is_closed:
                        raise
                    self._mend(damage)
            with self.reading() as reader:
                return work(reader)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Yield a view of the rows and of the generation they name, from one read transaction.

        Raises:
            IndexMismatch: the index was made by another encoder, analyzer or chunker.
            IndexDamaged: it is missing or broken: see `read`.
            IndexUnreadable: it cannot be used, and is not.
        """
        self._follow_file()
        if not self._made and not database.exists(self._engine, self._settings.index_folder):
            yield Reader(None, None, self._encoder)
            return
        self._made = True
        with self._engine.connect() as connection:
            facts = database.read_facts(connection)
            if facts.serving.number == 0:
                yield Reader(connection, None, self._encoder)
                return
            check_fingerprint(facts.fingerprint, self._fingerprint)
            folder = self._folder_of(facts)
            try:
                with self._borrow(facts, folder) as generation:
                    yield Reader(connection, generation, self._encoder)
            except IndexDamaged as damage:
                self._serving = None
                damage.details["folder"] = folder
                raise
            except (StoreUnusable, OSError) as error:
                if not self._is_superseded(facts):
                    raise
                swept = f"Generation {facts.serving.number} of the index was removed while it was opened."
                raise IndexDamaged(swept, where="index", folder=folder) from error

    def _is_superseded(self, facts: Facts) -> bool:
        """Whether another generation serves by now, so that an ingest may have removed this one."""
        with self._engine.connect() as connection:
            return database.read_facts(connection).serving != facts.serving

    def _folder_of(self, facts: Facts) -> Path | None:
        """Where what serves lies: looked for when it changes, and after damage."""
        if self._serving is None or self._serving[0] != facts.serving:
            folder = self._generations(facts).folder_of(facts.serving)
            self._serving = (facts.serving, folder) if folder is not None else None
            return folder
        return self._serving[1]

    def _follow_file(self) -> None:
        """Let go of a store whose file has been replaced by another one."""
        identity = database.file_identity(self._engine)
        with self._lock:
            if identity != self._identity:
                self._engine.dispose()
                self._made, self._identity, self._serving = False, identity, None
                self._let_go()

    @contextmanager
    def _borrow(self, facts: Facts, folder: Path | None) -> Iterator[Generation]:
        """Lend an open generation; the last borrower of one that no longer serves closes it."""
        if folder is None:
            raise IndexDamaged(f"Generation {facts.serving.number} of the index is missing.", where="index")
        with self._lock:
            if self._is_closed:
                raise ValueError("this index has been closed")
            if folder not in self._open:
                self._open[folder] = self._generations(facts).open(folder)
            generation = self._open[folder]
            self._readers[folder] += 1
        is_usable = True
        try:
            with generation.watching():
                yield generation
        except IndexUnreadable:
            is_usable = False  # a library that ran short of something may not recover: opened anew next time
            raise
        finally:
            with self._lock:
                self._readers[folder] -= 1
                serving = self._serving[1] if self._serving is not None else None
                self._let_go(keep=serving if is_usable else None)

    def _let_go(self, *, keep: Path | None = None) -> None:
        """Close every generation that nobody reads, but for `keep` where there will be more questions."""
        keep = None if self._is_closed else keep
        for folder in [path for path in self._open if path != keep and not self._readers[path]]:
            self._open.pop(folder).close()

    def _mend(self, damage: IndexDamaged) -> None:
        """Build the generation again that `damage` speaks of, unless another one serves by now.

        Raises:
            IndexDamaged: this process built it itself, so that building is no remedy.
        """
        broken = damage.details.get("folder")
        with self._engine.connect() as connection:
            facts = database.read_facts(connection)
        newest = self._generations(facts).folder_of(facts.serving)
        if newest is None or newest == broken:
            if newest in mended and damage.details["where"] != self._settings.chroma_url:
                raise damaged_again(damage) from damage
            self._on_message(str(damage))
            renew_index(self._settings, self._engine, self._encoder, broken=newest, on_wait=self._say_waiting)

    def _say_waiting(self, holder: str) -> None:
        self._on_message(f"{holder} is writing the index; waiting until it is done")

    def _generations(self, facts: Facts) -> Generations:
        return Generations(self._settings, self._fingerprint, facts.store_id)


def open_index(settings: Settings, *, on_message: Callable[[str], None] | None = None) -> Index:
    """Open the index of `settings.home`; nothing is read, or made, before the first question.

    `on_message` is told when a damaged index is being rebuilt, and who is waited for before.
    """
    return Index(settings, on_message=on_message)


def _text_of(row: sa.Row[Any], place: Place) -> str:
    return chunk_text_of(row, chunk_id=place.chunk_id, start=place.start, end=place.end, source=place.source)
