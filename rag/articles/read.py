"""Files to RawArticles: decoded, not yet cleaned. What cannot be read is named and passed over."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from rag.articles.encoding import NotTextError, decode
from rag.articles.files import SUFFIXES, find_files, printable
from rag.articles.jsonl import read_lines
from rag.articles.raw import BLANK, RawArticle, Skipped, SkipReason, Unchanged, digest_of

__all__ = ["SUFFIXES", "RawArticle", "SkipReason", "Skipped", "Unchanged", "find_files", "printable", "read_articles"]

# No news article comes near this; it keeps a stray dump from filling the memory.
MAX_BYTES = 8 * 2**20


def read_articles(
    path: Path, source: str, known: Mapping[str, str] = MappingProxyType({})
) -> Iterator[RawArticle | Unchanged | Skipped]:
    """Yield the articles of one file, in order, holding one in memory at a time.

    `known` has the source of every digest that an earlier reading of the file gave.

    A `.txt` or `.md` gives one, named `source`; a `.jsonl` one per line, named `source#id`. Nothing that
    a file holds, and no failure to read it, raises: it becomes a Skipped.
    """
    source = printable(source)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        yield Skipped(source, "unsupported", f"{suffix or 'no suffix'}: not one of {', '.join(sorted(SUFFIXES))}")
        return
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield Skipped(source, "unreadable", "not a regular file")
        elif status.st_size == 0:
            yield Skipped(source, "empty", "the file is empty")
        elif suffix == ".jsonl":
            yield from read_lines(path, source, known, max_bytes=MAX_BYTES)
        elif status.st_size > MAX_BYTES:
            yield Skipped(source, "too_large", f"{status.st_size} bytes; at most {MAX_BYTES}")
        else:
            yield _read_page(path, source, known)
    except NotTextError as error:
        yield Skipped(source, "binary" if error.binary else "bad_encoding", str(error))
    except OSError as error:
        yield Skipped(source, "unreadable", error.strerror or type(error).__name__)


def _read_page(path: Path, source: str, known: Mapping[str, str]) -> RawArticle | Unchanged | Skipped:
    text, encoding = decode(path.read_bytes())
    if not text.strip(BLANK):
        return Skipped(source, "empty", "nothing but white space")
    digest = digest_of(text)
    if digest in known:
        return Unchanged(known[digest])
    return RawArticle(source, text, None, None, None, None, None, encoding, digest)
