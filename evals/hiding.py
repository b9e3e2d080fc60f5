"""An index without some of its articles: what would be said if nobody had written them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rag.index.reader import Place, Reader

_SPARE_CHUNKS = 200


class Hiding:
    """A reader without some articles (document frequencies still count them)."""

    def __init__(self, reader: Reader, sources: Collection[str]) -> None:
        self._reader = reader
        self._hidden = frozenset(sources)
        self.num_chunks = reader.num_chunks
        self.encoder_weight = reader.encoder_weight
        self.search_articles = reader.search_articles
        self.search_vectors = reader.search_vectors
        self.doc_freqs = reader.doc_freqs
        self.load_texts = reader.load_texts
        self.load_articles = reader.load_articles

    def search_chunks(self, weights: Mapping[str, float], top_k: int) -> list[tuple[str, float]]:
        """As the reader's, with spare ones for those that `place` drops."""
        return self._reader.search_chunks(weights, top_k + (_SPARE_CHUNKS if self._hidden else 0))

    def place(self, chunk_ids: Sequence[str]) -> list[Place]:
        """As the reader's, without the hidden ones."""
        return [place for place in self._reader.place(chunk_ids) if place.source not in self._hidden]
