"""Files to RawArticles: decoded, not yet cleaned. What cannot be read is named and passed over."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from types import MappingProxyType

from rag.articles.clean import CLEANER
from rag.articles.encoding import NotTextError, decode
from rag.articles.files import SUFFIXES, find_files, printable
from rag.articles.formats.extracted import RefusedError
from rag.articles.jsonl import read_lines
from rag.articles.raw import BLANK, RawArticle, Skipped, SkipReason, Unchanged, digest_of
from rag.articles.sandbox import Kind, Sandbox

__all__ = [
    "SUFFIXES",
    "RawArticle",
    "Sandbox",
    "SkipReason",
    "Skipped",
    "Unchanged",
    "find_files",
    "printable",
    "read_articles",
    "reader_of",
]

# No news article comes near this; it keeps a stray dump from filling the memory.
MAX_BYTES = 8 * 2**20

EXTRACTOR = "formats/1"
"""Like CLEANER, of the files that are opened in a sandbox: a change of what comes out of them needs a new number."""

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx"}
)


def reader_of(path: Path) -> str:
    """Return the version of what reads a file: with another one, the same bytes are read again."""
    return f"{CLEANER} {EXTRACTOR}" if path.suffix.lower() in _KINDS else CLEANER


def read_articles(
    path: Path, source: str, known: Mapping[str, str] = MappingProxyType({}), sandbox: Sandbox | None = None
) -> Iterator[RawArticle | Unchanged | Skipped]:
    """Yield the articles of one file, in order, holding one in memory at a time.

    `known` has the source of every digest that an earlier reading of the file gave. `sandbox` opens
    HTML, PDF and DOCX; without one each such file gets its own.

    A `.jsonl` gives one per line, named `source#id`, any other kind one, named `source`. Nothing that
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
        elif suffix in _KINDS:
            yield _read_document(path, source, known, sandbox)
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


def _read_document(
    path: Path, source: str, known: Mapping[str, str], sandbox: Sandbox | None
) -> RawArticle | Unchanged | Skipped:
    """Read a file that is opened in a sandbox; its text is no file's, so its encoding is its kind."""
    kind = _KINDS[path.suffix.lower()]
    try:
        if sandbox is not None:
            found = sandbox.extract(path, kind)
        else:
            with Sandbox() as own:
                found = own.extract(path, kind)
    except RefusedError as error:
        return Skipped(source, error.reason, error.detail)
    digest = digest_of("\x00".join(value or "" for value in astuple(found)))
    if digest in known:
        return Unchanged(known[digest])
    return RawArticle(source, found.text, found.title, found.outlet, found.date, found.url, found.author, kind, digest)
