"""Articles to Chunks: whole sentences up to a size, named by what they say."""

from __future__ import annotations

from hashlib import blake2b

from rag.schema import Article, Chunk
from rag.text.sentences import split_sentences

MAX_CHUNK = 500
"""Characters. Measured on long pages: 300 to 500 is best, 1,000 costs 3 points, overlap 2 to 4."""

CHUNKER = f"sentences<={MAX_CHUNK}/1"
"""Stamped into every index: a change of what `chunk` returns needs a new number here."""

_ID_BYTES = 16


def chunk(article: Article) -> list[Chunk]:
    """Return the Chunks of an Article in order: whole sentences, no overlap, never across body spans.

    Together they cover every sentence of the body. A text that stands twice gives the same id twice.
    """
    headline = headline_of(article)
    text = article.text
    chunks: list[Chunk] = []

    def close(start: int, end: int) -> None:
        chunks.append(Chunk(chunk_id_of(headline, text[start:end]), start, end))

    for body_start, body_end in article.body:
        start = end = -1
        for sentence_start, sentence_end in split_sentences(text, body_start, body_end):
            if start >= 0 and sentence_end - start > MAX_CHUNK:
                close(start, end)
                start = -1
            if start < 0:
                start = sentence_start
            end = sentence_end
        if start >= 0:
            close(start, end)
    return chunks


def headline_of(article: Article) -> str:
    """Return what is searched with every chunk of the article: its title."""
    return article.title


def chunk_id_of(headline: str, text: str) -> str:
    """Return the id of a chunk, from its content alone: 32 hexadecimal digits."""
    return _hash(headline, text)


def article_key_of(article: Article) -> str:
    """Return the key of an article's content, title and body: equal content has one key."""
    return _hash(article.title, *(article.text[start:end] for start, end in article.body))


def _hash(first: str, *rest: str) -> str:
    digest = blake2b(first.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES)
    for part in rest:
        digest.update(b"\x00" + part.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
