"""The least that a program could do: the libraries alone, on data that is ready.

Nothing of Isnad is imported here. `python -m benchmarks.raw FOLDER --json` opens what `benchmarks.floors`
built in FOLDER and asks one question, as the floor of a cold `isnad ask`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

TOP_K = 10
_CHUNKS, _ARTICLES, _CHROMA, _SQLITE = "lexical-chunks", "lexical-articles", "chroma", "rows.db"
_COLLECTION = "raw"
_COLD = "cold.json"


class RawVectors:
    """A Chroma collection with Chroma's own defaults."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        import chromadb
        from chromadb.config import Settings

        self.client = chromadb.PersistentClient(str(folder / _CHROMA), settings=Settings(anonymized_telemetry=False))
        configuration: Any = {"hnsw": {"space": "cosine"}}
        self.collection = (
            self.client.create_collection(_COLLECTION, embedding_function=None, configuration=configuration)
            if create
            else self.client.get_collection(_COLLECTION, embedding_function=None)
        )

    def upsert(self, ids: Sequence[str], vectors: Any) -> None:
        """Write all of them, in the largest batches that Chroma takes."""
        step = self.client.get_max_batch_size()
        for start in range(0, len(ids), step):
            self.collection.upsert(ids=list(ids[start : start + step]), embeddings=vectors[start : start + step])

    def query(self, vector: Any) -> list[str]:
        """The ids of the nearest."""
        return list(self.collection.query(query_embeddings=[vector], n_results=TOP_K, include=["distances"])["ids"][0])


class RawWords:
    """A tantivy index of documents whose terms stand between spaces, with tantivy's own defaults."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        self.schema = (
            tantivy.SchemaBuilder()
            .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
            .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
            .build()
        )
        self.index = tantivy.Index(self.schema, path=str(folder)) if create else tantivy.Index.open(str(folder))
        self.searcher = self.index.searcher()

    def add(self, documents: Iterable[tuple[str, str]]) -> None:
        """Add all of them, commit, and wait until everything is merged."""
        import tantivy

        writer = self.index.writer()
        for doc_id, words in documents:
            document = tantivy.Document()
            document.add_text("id", doc_id)
            document.add_text("terms", words)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def query(self, terms: Iterable[str]) -> list[str]:
        """The ids of the best."""
        import tantivy

        clauses: Any = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "terms", term, "freq")) for term in terms
        ]
        hits = self.searcher.search(tantivy.Query.boolean_query(clauses), TOP_K, count=False).hits
        return [self.searcher.doc(address)["id"][0] for _, address in hits]


def chunk_words(folder: Path, *, create: bool) -> RawWords:
    """The index of chunks."""
    return RawWords(folder / _CHUNKS, create=create)


def article_words(folder: Path, *, create: bool) -> RawWords:
    """The index of whole articles."""
    return RawWords(folder / _ARTICLES, create=create)


def insert_rows(folder: Path, articles: Iterable[tuple[Any, ...]], chunks: Iterable[tuple[Any, ...]]) -> None:
    """Insert the rows of the store into two plain tables, in one transaction."""
    with closing(sqlite3.connect(folder / _SQLITE, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("BEGIN")
        database.execute(
            "CREATE TABLE articles (article_id INTEGER PRIMARY KEY, source TEXT, outlet TEXT, date TEXT, title TEXT,"
            " text TEXT)"
        )
        database.execute(
            "CREATE TABLE chunks (article_id INTEGER, position INTEGER, chunk_id TEXT, start INTEGER, stop INTEGER,"
            " PRIMARY KEY (article_id, position))"
        )
        database.executemany("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?)", articles)
        database.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", chunks)
        database.execute("COMMIT")


def keep_cold_question(folder: Path, vector: Sequence[float], terms: Sequence[str]) -> None:
    """Write down the one question of a cold start."""
    (folder / _COLD).write_text(json.dumps({"vector": list(vector), "terms": list(terms)}), encoding="utf-8")


def main() -> None:
    """Open both and ask one question of each."""
    folder = Path(sys.argv[1])
    question = json.loads((folder / _COLD).read_text(encoding="utf-8"))
    found = [RawVectors(folder, create=False).query(question["vector"])]
    found.append(chunk_words(folder, create=False).query(question["terms"]))
    print(json.dumps({"found": sum(map(len, found))}))


if __name__ == "__main__":
    main()
