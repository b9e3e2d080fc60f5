"""Building a generation: what the store holds and the index does not is added, the rest deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import numpy as np
import sqlalchemy as sa

from rag.errors import IndexDamaged
from rag.index.database import Serving, read_facts
from rag.index.difference import forget_indexed, note_indexed, read_affected, read_difference, read_indexed
from rag.index.tables import indexed_articles, indexed_chunks
from rag.index.vectors import SYNC_AT_ONCE, SYNC_SELDOM
from rag.text.terms import term_groups

if TYPE_CHECKING:
    from rag.index.difference import Difference
    from rag.index.encoders import Encoder, Vectors
    from rag.index.generations import Generation, Generations
    from rag.index.vectors import VectorIndex

_ENCODE_BATCH = 1000
_SAMPLE = 20
_FEW = 2_000
"""Chunks whose words are written anew in about a second."""
_WORN = 0.02
"""The share of deleted chunks, or articles, up to which the words are left as they are (decision 0021)."""
_BLOAT = 2
"""How many times the vectors that live a graph may have been given before it is made anew (decision 0028)."""


Progress = Callable[[str, int, int | None], None]
"""Is told how far a stage of a long work has come: stage, done, total (None where it is not known)."""


def silent(_stage: str, _done: int, _total: int | None) -> None:
    """The Progress that nobody watches."""


Start = Literal["serving", "rows", "nothing"]
"""From a copy of what serves; from the rows, with the vectors that a server has; or encoding everything anew."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    serving: Serving
    num_embedded: int


def build_next(
    connection: sa.Connection, generations: Generations, encoder: Encoder, *, start: Start, progress: Progress
) -> Built:
    """Build the generation that holds exactly the store's chunks; encode only what is new.

    Where nothing differs from what serves, that stays. Nothing is visible to readers until the caller
    commits what is returned.

    Raises:
        IndexDamaged: what serves, or what was built, does not hold what it should.
    """
    serving = read_facts(connection).serving
    if start != "serving":
        forget_indexed(connection)
    difference = read_difference(connection)
    if start == "serving" and difference.is_empty:
        return Built(serving, 0)
    is_anew = start != "serving" or _leaves_nothing(connection, difference)
    words_anew = is_anew or _words_are_worn(connection, generations, difference)
    vectors_anew = is_anew or _vectors_are_worn(connection, generations, difference)
    build = uuid4().hex
    with generations.derive(serving, words_anew=words_anew, vectors_anew=vectors_anew) as generation:
        if not words_anew:
            _delete_gone_words(generation, difference)
        if not vectors_anew:
            _delete_gone_vectors(generation, difference)
        elif not is_anew:
            _take_over_vectors(connection, generation, generations, difference, progress)
        held = _held(generation) if start == "rows" else frozenset()
        if words_anew and not is_anew:
            held = read_indexed(connection).new_chunks - difference.gone_chunks
        note_indexed(connection, difference)
        to_add = read_indexed(connection) if words_anew else difference
        num_embedded = _add_new(connection, generation, encoder, to_add, held=held, progress=progress)
        check_generation(connection, generation)
        generation.stamp(build)
    return Built(Serving(generation.number, build), num_embedded)


def build_again(connection: sa.Connection, generations: Generations, encoder: Encoder, progress: Progress) -> Built:
    """Build the generation that serves once more, from the rows as they stand.

    Raises:
        IndexDamaged: what was built does not hold what it should.
    """
    serving = read_facts(connection).serving
    with generations.renew(serving) as generation:
        everything = read_indexed(connection)
        held = _held(generation)
        num_embedded = _add_new(connection, generation, encoder, everything, held=held, progress=progress)
        check_generation(connection, generation)
        generation.stamp(serving.build)
    return Built(serving, num_embedded)


def _leaves_nothing(connection: sa.Connection, difference: Difference) -> bool:
    """Whether every chunk goes: a graph emptied by deleting is cut when Chroma opens it, and would look damaged."""
    num_chunks, _ = _num_indexed(connection)
    return num_chunks + len(difference.new_chunks) == len(difference.gone_chunks)


def _words_are_worn(connection: sa.Connection, generations: Generations, difference: Difference) -> bool:
    """Whether so much was deleted that the words are better written anew.

    BM25 goes on counting what was deleted. In a small index that moves the scores, and in any it must not
    add up. Articles wear sooner than chunks: an edit deletes one, and of its chunks those that differ.
    """
    if not (difference.gone_chunks or difference.gone_articles):
        return False
    num_chunks, num_articles = _num_indexed(connection)
    dead_chunks, dead_articles = generations.num_dead(read_facts(connection).serving)
    return (
        num_chunks - len(difference.gone_chunks) <= _FEW
        or dead_chunks + len(difference.gone_chunks) > _WORN * num_chunks
        or dead_articles + len(difference.gone_articles) > _WORN * num_articles
    )


def _vectors_are_worn(connection: sa.Connection, generations: Generations, difference: Difference) -> bool:
    """Whether the graph, which keeps what was deleted, is better made anew. On a server it is the server's affair."""
    if not difference.gone_chunks:
        return False
    with generations.vectors_of(read_facts(connection).serving) as vectors:
        if vectors.is_shared:
            return False
        num_added = vectors.num_added + len(difference.new_chunks)
    num_chunks, _ = _num_indexed(connection)
    num_living = num_chunks - len(difference.gone_chunks) + len(difference.new_chunks)
    return num_added > _BLOAT * num_living


def _num_indexed(connection: sa.Connection) -> tuple[int, int]:
    """How many chunks and articles are noted as indexed."""
    tables = (indexed_chunks, indexed_articles)
    num_chunks, num_articles = (
        connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables
    )
    return num_chunks, num_articles


def _held(generation: Generation) -> frozenset[str]:
    """The vectors that a shared collection has already; one of our own begins empty."""
    return frozenset(generation.vectors.ids()) if generation.vectors.is_shared else frozenset()


def _add_new(
    connection: sa.Connection,
    generation: Generation,
    encoder: Encoder,
    difference: Difference,
    *,
    held: frozenset[str],
    progress: Progress,
) -> int:
    """Add what is new, but for vectors that are `held`; return how many were encoded."""
    new_chunks, new_articles = set(difference.new_chunks), set(difference.new_articles)
    total = len(new_chunks)
    feed = _VectorFeed(generation.vectors, encoder, num_embedded := len(new_chunks - held))
    with generation.chunks.writing() as chunk_writer, generation.articles.writing() as article_writer:
        for article in read_affected(connection, difference):
            bag: list[str] = []
            for chunk_id, text in article.texts.items():
                with_headline = f"{article.title}\n{text}"
                chunk_terms = term_groups(with_headline)
                bag += chunk_terms
                if chunk_id in new_chunks:
                    new_chunks.discard(chunk_id)
                    chunk_writer.add(chunk_id, chunk_terms)
                    if chunk_id not in held:
                        feed.add(chunk_id, with_headline)
            if article.key in new_articles:
                new_articles.discard(article.key)
                article_writer.add(article.key, bag)
            progress("index", total - len(new_chunks), total)
    return num_embedded


def _delete_gone_words(generation: Generation, difference: Difference) -> None:
    for index, gone in (
        (generation.chunks, difference.gone_chunks),
        (generation.articles, difference.gone_articles),
    ):
        if gone:
            with index.writing() as writer:
                for doc_id in sorted(gone):
                    writer.delete(doc_id)


def _delete_gone_vectors(generation: Generation, difference: Difference) -> None:
    # On a shared server the old state still needs them: the writer sweeps them after its commit.
    if difference.gone_chunks and not generation.vectors.is_shared:
        generation.vectors.sync_every(SYNC_AT_ONCE)
        generation.vectors.delete(sorted(difference.gone_chunks))


def _take_over_vectors(
    connection: sa.Connection,
    generation: Generation,
    generations: Generations,
    difference: Difference,
    progress: Progress,
) -> None:
    """Write into an empty graph what lives of the one that serves, without encoding it again."""
    serving = read_facts(connection).serving
    num_chunks, _ = _num_indexed(connection)
    # What a disk did to it is not to pass for whole: of a copy `derive` makes sure of that.
    generations.prove(serving)
    with generations.vectors_of(serving) as before:
        for num_written in generation.vectors.take_over(before, but=difference.gone_chunks):
            progress("renew", num_written, num_chunks - len(difference.gone_chunks))


def check_generation(connection: sa.Connection, generation: Generation) -> None:
    """Compare what was built with what the store says it holds: every count, and a sample of ids.

    Raises:
        IndexDamaged: they differ.
    """
    num_chunks, num_articles = _num_indexed(connection)
    found = {
        "chunks": (generation.chunks.num_docs, num_chunks),
        "articles": (generation.articles.num_docs, num_articles),
        "vectors": (num_chunks if generation.vectors.is_shared else generation.vectors.count(), num_chunks),
    }
    wrong = [f"{part}: {holds} for {wanted}" for part, (holds, wanted) in found.items() if holds != wanted]
    column = indexed_chunks.c.chunk_id
    sample = [
        *connection.scalars(sa.select(column).order_by(column).limit(_SAMPLE)),
        *connection.scalars(sa.select(column).order_by(column.desc()).limit(_SAMPLE)),
    ]
    if sample and not generation.vectors.holds(sample):
        wrong.append("vectors: some ids have none")
    if wrong:
        raise IndexDamaged(f"The new index does not hold what it should ({'; '.join(wrong)}).", where="build")


class _VectorFeed:
    """Encodes and writes vectors batch by batch; the last batch leaves Chroma no log behind.

    In the same thread: Chroma's core keeps Python's lock for the whole of a write (0.2 to 0.5 s for
    1,000 vectors, measured), so a thread of its own would only slow the other work down.
    """

    def __init__(self, vectors: VectorIndex, encoder: Encoder, total: int) -> None:
        self._vectors, self._encoder, self._left = vectors, encoder, total
        # Chroma reads its log again for every write: few large ones take a tenth off. A server refuses too large ones.
        self._write_batch = _ENCODE_BATCH if vectors.is_shared else SYNC_SELDOM
        self._ids: list[str] = []
        self._texts: list[str] = []
        self._encoded: list[Vectors] = []
        if total > self._write_batch:
            vectors.sync_every(SYNC_SELDOM)

    def add(self, chunk_id: str, text: str) -> None:
        """Take one text of the `total` that were announced."""
        self._ids.append(chunk_id)
        self._texts.append(text)
        self._left -= 1
        if self._left == 0 or len(self._texts) == _ENCODE_BATCH:
            self._encoded.append(self._encoder.encode_passages(self._texts))
            self._texts = []
        if self._left == 0:
            self._vectors.sync_every(SYNC_AT_ONCE)
        if self._left == 0 or len(self._ids) == self._write_batch:
            self._vectors.upsert(self._ids, np.concatenate(self._encoded))
            self._ids, self._encoded = [], []
