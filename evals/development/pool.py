"""A pool of articles that is searched like an index, without a store: many can be made in a minute.

It gives what `rag.index.reader.Reader` gives to `retrieve`, over the same lexical index and the same
chunks; there is no dense side (the default encoder's weight is 0). Articles can be hidden for one
question: what the answer would be if they had never been ingested.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rag.articles.chunk import article_key_of, chunk, headline_of
from rag.index.lexical import LexicalIndex
from rag.index.reader import Place, PlacedText
from rag.schema import Article
from rag.text.terms import terms

_SPARE_CHUNKS = 200
_SPARE_ARTICLES = 40


class Pool:
    """Articles under their lexical indexes, in a temporary folder."""

    encoder_weight = 0.0

    def __init__(self, articles: Sequence[Article]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="isnad-pool-")
        self.articles = {article.source: article for article in articles}
        self._places: dict[str, list[Place]] = {}
        self._holders: dict[str, set[str]] = {}
        self._chunks = LexicalIndex.create(Path(self._folder.name) / "chunks")
        self._wholes = LexicalIndex.create(Path(self._folder.name) / "articles")
        self._hidden: frozenset[str] = frozenset()
        with self._chunks.writing() as chunk_writer, self._wholes.writing() as whole_writer:
            for number, article in enumerate(articles):
                headline = terms(headline_of(article))
                key = article_key_of(article)
                bag: list[str] = []
                for piece in chunk(article):
                    found = headline + terms(article.text[piece.start : piece.end])
                    bag += found
                    if piece.chunk_id not in self._places:
                        chunk_writer.add(piece.chunk_id, found)
                    self._places.setdefault(piece.chunk_id, []).append(
                        Place(piece.chunk_id, number, key, article.source, article.date, piece.start, piece.end)
                    )
                if key not in self._holders:
                    whole_writer.add(key, bag)
                self._holders.setdefault(key, set()).add(article.source)
        self.num_chunks = self._chunks.num_docs
        self.num_articles = self._wholes.num_docs

    @contextmanager
    def hiding(self, sources: Collection[str]) -> Iterator[Pool]:
        """The pool without these articles (document frequencies still count them)."""
        self._hidden = frozenset(sources)
        try:
            yield self
        finally:
            self._hidden = frozenset()

    def nearest_articles(self, weights: Mapping[str, float], top_k: int) -> list[Article]:
        """The `top_k` articles that these terms describe best, one of each content."""
        return [self.articles[min(self._holders[key])] for key, _ in self._wholes.search(weights, top_k)]

    def search_chunks(self, weights: Mapping[str, float], top_k: int) -> list[tuple[str, float]]:
        """As the reader's."""
        found = self._chunks.search(weights, top_k + (_SPARE_CHUNKS if self._hidden else 0))
        return [pair for pair in found if any(self._seen(place.source) for place in self._places[pair[0]])][:top_k]

    def search_articles(self, weights: Mapping[str, float], top_k: int) -> list[tuple[str, float]]:
        """As the reader's."""
        found = self._wholes.search(weights, top_k + (_SPARE_ARTICLES if self._hidden else 0))
        return [pair for pair in found if any(map(self._seen, self._holders[pair[0]]))][:top_k]

    def search_vectors(self, _question: str, _top_k: int) -> list[tuple[str, float]]:
        """Nothing."""
        return []

    def doc_freqs(self, wanted: Iterable[str]) -> dict[str, int]:
        """As the reader's."""
        return self._chunks.doc_freqs(wanted)

    def place(self, chunk_ids: Sequence[str]) -> list[Place]:
        """As the reader's."""
        return [place for one in chunk_ids for place in self._places[one] if self._seen(place.source)]

    def load_texts(self, places: Sequence[Place]) -> list[PlacedText]:
        """As the reader's."""
        found = []
        for place in places:
            article = self.articles[place.source]
            found.append(PlacedText(place, article.title, article.outlet, article.text[place.start : place.end]))
        return found

    def load_articles(self, sources: Iterable[str]) -> dict[str, Article]:
        """As the reader's."""
        return {source: self.articles[source] for source in sources}

    def _seen(self, source: str) -> bool:
        return source not in self._hidden
