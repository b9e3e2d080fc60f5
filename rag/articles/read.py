"""Files to RawArticles: decoded, not yet cleaned. What cannot be read is named and passed over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from rag.articles.clean import CLEANER
from rag.articles.encoding import NotTextError, decode
from rag.articles.extracting import MAX_BYTES as MAX_DOCUMENT_BYTES
from rag.articles.files import KINDS, SUFFIXES, find_files, open_file, printable
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
    "file_digest",
    "find_files",
    "printable",
    "read_articles",
]

# No news article comes near this; it keeps a stray dump from filling the memory.
MAX_BYTES = 8 * 2**20

DECODER = "bytes/2"
"""Like CLEANER, of every file: a change of which encodings are recognised needs a new number."""

EXTRACTOR = "formats/8"
"""Like CLEANER, of the files that are opened in a sandbox: a change of what comes out of them, or of which are
refused, needs a new number."""

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx"}
)


_BLOCK_BYTES = 1 << 20


def file_digest(path: Path) -> str:
    """Return a hash of a file's bytes and of what reads them: with another reader, the same bytes are read again.

    Empty where the file cannot be read, or is so large that it is not read.
    """
    reader = f"{CLEANER} {DECODER}"
    if path.suffix.lower() in _KINDS:
        reader += f" {EXTRACTOR}"
    digest = blake2b(reader.encode(), digest_size=16)
    most = _max_bytes(path)
    try:
        with open_file(path) as file:
            if most is not None and _size(file) > most:
                return ""
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


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
        yield Skipped(source, "unsupported", f"{suffix or 'no suffix'}: not one of {', '.join(KINDS)}")
        return
    most = _max_bytes(path)
    try:
        with open_file(path) as file:
            size = _size(file)
            if size == 0:
                yield Skipped(source, "empty", "the file is empty")
            elif most is None:
                yield from read_lines(file, source, known, max_bytes=MAX_BYTES)
            elif size > most:
                yield Skipped(source, "too_large", f"{size} bytes; at most {most}")
            elif suffix in _KINDS:
                yield _read_document(path, source, known, sandbox)
            else:
                yield _read_page(file.read(most), source, known)
    except NotTextError as error:
        yield Skipped(source, "binary" if error.binary else "bad_encoding", str(error))
    except OSError as error:
        yield Skipped(source, "unreadable", error.strerror or type(error).__name__)


def _max_bytes(path: Path) -> int | None:
    """The most bytes that a file of this kind may have; None for one that is read line by line."""
    suffix = path.suffix.lower()
    if suffix in _KINDS:
        return MAX_DOCUMENT_BYTES[_KINDS[suffix]]
    return None if suffix == ".jsonl" else MAX_BYTES


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _read_page(data: bytes, source: str, known: Mapping[str, str]) -> RawArticle | Unchanged | Skipped:
    text, encoding = decode(data)
    if not text.strip(BLANK):
        return Skipped(source, "empty", "nothing but white space")
    digest = digest_of(f"{encoding} {text}")  # saved again in another encoding, its spans may count otherwise
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
