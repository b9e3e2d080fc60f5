"""What the same work costs with the libraries alone: the floors that the figures are held against.

    python -m benchmarks.floors HOME QUESTIONS.json FOLDER --json

reads the articles and chunks that an ingest put into HOME, does with raw Chroma, tantivy and SQLite what an
ingest has to do with them, each by itself and with everything ready, and asks them the questions.
What is raw is in FOLDER afterwards.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import raw
from benchmarks.measure import percentile, watching
from rag.index.encoders import HashingEncoder
from rag.text.terms import term_groups, terms

PROCESSOR = ", processor time"
_WARM_UP = 10
_ENCODE_BATCH = 1000
_ARTICLES = "SELECT article_id, source, outlet, date, title, text FROM articles ORDER BY source"
_CHUNKS = 'SELECT article_id, position, chunk_id, start, "end" FROM chunks ORDER BY article_id, position'

Seconds = dict[str, float | None]


def main() -> None:
    """Measure and print JSON."""
    home, questions, folder = map(Path, sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    store = Store.read(home / "isnad.db")
    built = build(store, folder)
    asked = ask(json.loads(questions.read_text(encoding="utf-8")), folder)
    print(json.dumps({"ingest": built, "search": asked}))


class Store:
    """The rows of an ingest's database."""

    def __init__(self, articles: list[tuple[Any, ...]], chunks: list[tuple[Any, ...]]) -> None:
        self.articles = articles
        self.chunks = chunks

    @classmethod
    def read(cls, path: Path) -> Store:
        """Read them all."""
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return cls(database.execute(_ARTICLES).fetchall(), database.execute(_CHUNKS).fetchall())

    def texts(self) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Article by article: its number, and its chunks with their headline, each content once."""
        of_article: dict[int, dict[str, tuple[int, int]]] = {}
        for article_id, _, chunk_id, start, stop in self.chunks:
            of_article.setdefault(article_id, {})[chunk_id] = (start, stop)
        for article_id, _, _, _, title, text in self.articles:
            spans = of_article.get(article_id, {})
            yield article_id, [(chunk_id, f"{title}\n{text[a:b]}") for chunk_id, (a, b) in spans.items()]


def build(store: Store, folder: Path) -> Seconds:
    """Seconds of each part of an ingest, one after the other."""
    seconds: Seconds = {}
    with watching() as whole:
        chunk_terms, article_terms = _tokenise(store, folder, seconds)
        ids, vectors = _encode(store, seconds)
        with _timed(seconds, "chroma upsert"):
            raw.RawVectors(folder, create=True).upsert(ids, vectors)
        del vectors
        with _timed(seconds, "tantivy add and commit"):
            raw.chunk_words(folder, create=True).add(_lines(chunk_terms))
            raw.article_words(folder, create=True).add(_lines(article_terms))
        with _timed(seconds, "sqlite insert"):
            raw.insert_rows(folder, store.articles, store.chunks)
    return seconds | {"others": whole.others}


def _tokenise(store: Store, folder: Path, seconds: Seconds) -> tuple[Path, Path]:
    """Take the terms of every chunk, and write them to files: what writing takes is not counted."""
    spent = worked = 0.0
    seen: set[str] = set()
    chunk_terms, article_terms = folder / "chunks.terms", folder / "articles.terms"
    with chunk_terms.open("w", encoding="utf-8") as chunk_file, article_terms.open("w", encoding="utf-8") as file:
        for article_id, chunks in store.texts():
            started, before = time.perf_counter(), time.process_time()
            lines = [(chunk_id, " ".join(term_groups(text))) for chunk_id, text in chunks]
            spent, worked = spent + time.perf_counter() - started, worked + time.process_time() - before
            chunk_file.writelines(f"{chunk_id}\t{line}\n" for chunk_id, line in lines if chunk_id not in seen)
            seen.update(chunk_id for chunk_id, _ in lines)
            file.write(f"{article_id}\t{' '.join(line for _, line in lines)}\n")
    seconds["tokenising"] = spent
    seconds[f"tokenising{PROCESSOR}"] = worked
    return chunk_terms, article_terms


def _encode(store: Store, seconds: Seconds) -> tuple[list[str], Any]:
    """Make the vectors of every content, once; no floor, since a floor's vectors are ready."""
    texts = {chunk_id: text for _, chunks in store.texts() for chunk_id, text in chunks}
    ids, encoder = list(texts), HashingEncoder()
    vectors = np.zeros((len(ids), encoder.dim), dtype=np.float32)
    with _timed(seconds, "encoding (no floor)"):
        for start in range(0, len(ids), _ENCODE_BATCH):
            some = ids[start : start + _ENCODE_BATCH]
            vectors[start : start + len(some)] = encoder.encode_passages([texts[chunk_id] for chunk_id in some])
    return ids, vectors


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            doc_id, _, words = line.rstrip("\n").partition("\t")
            yield doc_id, words


def ask(questions: Sequence[str], folder: Path) -> dict[str, float]:
    """Milliseconds of one question, p50 and p95, by part and together."""
    encoder = HashingEncoder()
    vectors, words = raw.RawVectors(folder, create=False), raw.chunk_words(folder, create=False)
    spent: dict[str, list[float]] = {
        "tokenising": [],
        "chroma query": [],
        "tantivy query": [],
        "sum": [],
        "sum, processor time": [],
    }
    warm_up = questions[:_WARM_UP]
    for number, question in enumerate([*warm_up, *questions]):
        started, worked = time.perf_counter(), time.process_time()
        bag = list(dict.fromkeys(terms(question)))
        tokenised, without = time.perf_counter(), time.process_time()
        vector = encoder.encode_question(question)
        ready, again = time.perf_counter(), time.process_time()
        vectors.query(vector)
        found = time.perf_counter()
        words.query(bag)
        ended, done = time.perf_counter(), time.process_time()
        if number == 0:
            raw.keep_cold_question(folder, vector.tolist(), bag)
        if number >= len(warm_up):
            sums = (tokenised - started + ended - ready, without - worked + done - again)
            parts = (tokenised - started, found - ready, ended - found, *sums)
            for name, part in zip(spent, parts, strict=True):
                spent[name].append(part * 1000)
    return {
        f"{name} {label}": percentile(times, share)
        for name, times in spent.items()
        for label, share in (("p50", 0.5), ("p95", 0.95))
    }


@contextmanager
def _timed(seconds: Seconds, name: str) -> Iterator[None]:
    """Note the seconds of a block, and what they took of the processors."""
    started, worked = time.perf_counter(), time.process_time()
    yield
    seconds[name] = time.perf_counter() - started
    seconds[f"{name}{PROCESSOR}"] = time.process_time() - worked


if __name__ == "__main__":
    main()
