"""Words: a tantivy BM25 index over bags of terms. The only module that knows tantivy.

tantivy's BM25 has k1 = 1.2 and b = 0.75 fixed and idf = ln(1 + (N - df + 0.5) / (df + 0.5)).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from rag.errors import IsnadError
from rag.index.trouble import naming_trouble
from rag.index.vector_files import stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRITER_HEAP_BYTES = 64 << 20
"""Larger heaps write fewer segments; twice 64 MB keep an ingest of 31,000 articles well under 1 GB."""


class LexicalIndex:
    """An open index of (id, bag of terms); ids are 32 hexadecimal digits.

    Every method raises IndexUnreadable where the files cannot be used, and DiskFull where there is no room.
    """

    def __init__(self, index: Any, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._searcher = index.searcher()

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        """Make an empty index in a new folder."""
        import tantivy

        folder.mkdir(parents=True)
        schema = (
            tantivy.SchemaBuilder()
            .add_text_field("id", tokenizer_name="raw", index_option="basic")
            # The same id as two numbers in columns: 200 ids cost microseconds, stored fields milliseconds.
            .add_unsigned_field("high", fast=True)
            .add_unsigned_field("low", fast=True)
            .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
            .build()
        )
        with naming_trouble(folder):
            return cls(tantivy.Index(schema, path=str(folder)), folder)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open the index in `folder`."""
        import tantivy

        place, held = folder, ExitStack()
        if not os.access(folder, os.W_OK):  # tantivy makes a lock to open an index, and none to read it
            place, held = stand_in(folder)
        with held, naming_trouble(folder):
            return cls(tantivy.Index.open(str(place)), folder)

    @property
    def num_docs(self) -> int:
        """How many ids the index holds."""
        return int(self._searcher.num_docs)

    def search(self, weights: Mapping[str, float], top_k: int) -> list[tuple[str, float]]:
        """Return the `top_k` best (id, score), best first; each term counts with its weight."""
        import tantivy

        if not weights:
            return []
        query, schema, should = tantivy.Query, self._index.schema, tantivy.Occur.Should
        clauses = [
            (should, query.boost_query(query.term_query(schema, "terms", term, "freq"), weight))
            for term, weight in weights.items()
        ]
        anything = query.boolean_query(clauses)
        with naming_trouble(self._folder):
            hits = self._searcher.search(anything, top_k, count=False).hits
            addresses = [address for _, address in hits]
            high = self._searcher.fast_field_values("high", addresses)
            low = self._searcher.fast_field_values("low", addresses)
            return [
                # 200 times a question, in half of an f-string's time; what is damaged has no number there
                ("%016x%016x" % (first, second), score)  # noqa: UP031
                for (score, _), first, second in zip(hits, high, low, strict=True)
            ]

    def doc_freqs(self, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many documents each term stands."""
        with naming_trouble(self._folder):
            return {term: int(self._searcher.doc_freq("terms", term)) for term in terms}

    @contextmanager
    def writing(self) -> Iterator[LexicalWriter]:
        """Yield a writer; everything it did is committed, and merges finished, when the block ends well."""
        with naming_trouble(self._folder):
            writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
        try:
            yield LexicalWriter(writer, self._folder)
            with naming_trouble(self._folder):
                writer.commit()
        except BaseException:
            # Whoever removes the folder next must find nobody writing there; what came first is what is told.
            for tidy_up in (writer.rollback, writer.wait_merging_threads):
                with suppress(IsnadError), naming_trouble(self._folder):
                    tidy_up()
            raise
        with naming_trouble(self._folder):
            writer.wait_merging_threads()
            self._index.reload()
            self._searcher = self._index.searcher()


def num_dead(folder: Path) -> int:
    """How many deleted documents an index still counts in its statistics; 0 where it cannot be told."""
    try:
        segments = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"]
        return sum(segment["deletes"]["num_deleted_docs"] for segment in segments if segment["deletes"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


class LexicalWriter:
    """Adds and deletes; see `LexicalIndex.writing`."""

    def __init__(self, writer: Any, folder: Path) -> None:
        self._writer = writer
        self._folder = folder

    def add(self, doc_id: str, terms: Iterable[str]) -> None:
        """Add one document; an id is added once (delete it first to replace it)."""
        import tantivy

        document = tantivy.Document()
        document.add_text("id", doc_id)
        document.add_unsigned("high", int(doc_id[:16], 16))
        document.add_unsigned("low", int(doc_id[16:], 16))
        document.add_text("terms", " ".join(terms))
        with naming_trouble(self._folder):
            self._writer.add_document(document)

    def delete(self, doc_id: str) -> None:
        """Delete the document with this id, if there is one."""
        with naming_trouble(self._folder):
            self._writer.delete_documents_by_term("id", doc_id)
