"""Files to RawArticles: decoded, not yet cleaned. What cannot be read is named and passed over."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from rag.articles.encoding import NotTextError, decode, detect_encoding
from rag.articles.files import SUFFIXES, find_files, printable
from rag.text.dates import find_date

__all__ = ["SUFFIXES", "RawArticle", "SkipReason", "Skipped", "find_files", "one_line", "printable", "read_articles"]

SkipReason = Literal[
    "empty",
    "binary",
    "bad_encoding",
    "unreadable",
    "unsupported",
    "too_large",
    "bad_json",
    "bad_record",
    "no_text",
    "bad_text",
    "duplicate_id",
]

# No news article comes near this; it keeps a stray dump from filling the memory.
MAX_BYTES = 16 * 2**20
_SAMPLE_BYTES = 1 << 16
_JOINERS = "\u200c\u200d"
_BLANK = "\ufeff \t\n\r\v\f\u00a0"


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as its file gives it.

    `text` is what `Path.read_text(encoding=encoding)` returns, or a JSONL line's `text` value; `date`
    is ISO. `digest` changes when the text or any of the metadata does.
    """

    source: str
    text: str
    title: str | None
    outlet: str | None
    date: str | None
    url: str | None
    author: str | None
    encoding: str
    digest: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a line of one, that gave no article; `detail` says where and why."""

    source: str
    reason: SkipReason
    detail: str


def read_articles(path: Path, source: str) -> Iterator[RawArticle | Skipped]:
    """Yield the articles of one file, in order, holding one in memory at a time.

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
            yield from _read_lines(path, source)
        elif status.st_size > MAX_BYTES:
            yield Skipped(source, "too_large", f"{status.st_size} bytes; at most {MAX_BYTES}")
        else:
            yield _read_page(path, source)
    except NotTextError as error:
        yield Skipped(source, "binary" if error.binary else "bad_encoding", str(error))
    except OSError as error:
        yield Skipped(source, "unreadable", error.strerror or type(error).__name__)


def _read_page(path: Path, source: str) -> RawArticle | Skipped:
    text, encoding = decode(path.read_bytes())
    if not text.strip(_BLANK):
        return Skipped(source, "empty", "nothing but white space")
    return RawArticle(source, text, None, None, None, None, None, encoding, _digest(text))


def _read_lines(path: Path, source: str) -> Iterator[RawArticle | Skipped]:
    with path.open("rb") as file:
        encoding = _encoding_of_lines(file.read(_SAMPLE_BYTES))
    seen: set[str] = set()
    anything = False
    for number, line in _lines(path, encoding):
        if isinstance(line, str) and not line.strip(_BLANK):
            continue
        anything = True
        article = line if isinstance(line, Skipped) else _read_line(line, source, encoding)
        if isinstance(article, RawArticle) and article.source in seen:
            article = Skipped(article.source, "duplicate_id", "this id stands on an earlier line too")
        if isinstance(article, Skipped):
            yield Skipped(article.source or source, article.reason, f"line {number}: {article.detail}")
            continue
        seen.add(article.source)
        yield article
    if not anything:
        yield Skipped(source, "empty", "nothing but white space")


def _encoding_of_lines(sample: bytes) -> str:
    try:
        return detect_encoding(sample, complete=False)
    except NotTextError as error:
        if error.binary:
            raise
        return "utf-8"  # some line is damaged; each is decoded, and refused, for itself


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str | Skipped]]:
    """Yield the lines with their numbers from 1; one that is too long or not in `encoding` as a Skipped."""
    if encoding.startswith(("utf-16", "utf-32")):
        yield from _wide_lines(path, encoding)
        return
    number = 0
    with path.open("rb") as file:
        while line := file.readline(MAX_BYTES + 1):
            number += 1
            if len(line) > MAX_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_BYTES)
                yield number, Skipped("", "too_large", f"longer than {MAX_BYTES} bytes")
                continue
            try:
                yield number, line.decode(encoding)
            except UnicodeDecodeError as error:
                yield number, Skipped("", "bad_encoding", f"not {encoding} at byte {error.start} of the line")


def _wide_lines(path: Path, encoding: str) -> Iterator[tuple[int, str | Skipped]]:
    number = 0
    with path.open(encoding=encoding, newline="\n") as file:
        try:
            while line := file.readline(MAX_BYTES + 1):
                number += 1
                too_long = len(line) > MAX_BYTES
                while too_long and line and not line.endswith("\n"):
                    line = file.readline(MAX_BYTES)
                yield number, Skipped("", "too_large", f"longer than {MAX_BYTES} characters") if too_long else line
        except UnicodeDecodeError as error:
            yield number + 1, Skipped("", "bad_encoding", f"damaged {encoding}; the rest is left out ({error.reason})")


def _read_line(line: str, source: str, encoding: str) -> RawArticle | Skipped:
    try:
        record = json.loads(line.strip(_BLANK))
    except RecursionError:
        return Skipped("", "bad_json", "nested too deeply")
    except ValueError as error:
        return Skipped("", "bad_json", str(error))
    if not isinstance(record, dict):
        return Skipped("", "bad_record", "not an object")
    text = record.get("text")
    if text is not None and not isinstance(text, str):
        return Skipped("", "bad_record", f"`text` is not a string but {type(text).__name__}")
    if text is None or not text.strip(_BLANK):
        return Skipped("", "no_text", "no `text`" if text is None else "`text` is empty")
    if "\x00" in text or not _is_encodable(text):
        return Skipped("", "bad_text", "`text` holds a NUL or half a surrogate pair")
    article_id = record.get("id")
    if isinstance(article_id, bool | list | dict):
        return Skipped("", "bad_record", f"`id` is neither a string nor a number but {type(article_id).__name__}")
    title, outlet, url, author = (_value(record, name) for name in ("title", "source", "url", "author"))
    date_text = _value(record, "date")
    date = find_date(date_text) if date_text else None
    given = "" if article_id is None else printable(str(article_id).strip())
    name = f"{source}#{given or url or blake2b(text.encode(), digest_size=8).hexdigest()}"
    return RawArticle(
        name, text, title, outlet, date, url, author, encoding, _digest(text, title, outlet, date, url, author)
    )


def _value(record: dict[str, object], name: str) -> str | None:
    """A metadata value as one printable line; None where it is missing, empty or no string, number or list of them."""
    value = record.get(name)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "، ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return one_line(value) or None


def one_line(value: str) -> str:
    """Return `value` on one line, without the characters that do not print (but for the joiners)."""
    line = " ".join(value.split())
    if line.isprintable():
        return line
    return " ".join("".join(c for c in line if c.isprintable() or c in _JOINERS).split())


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _digest(text: str, *metadata: str | None) -> str:
    digest = blake2b(text.encode() + b"\x00", digest_size=16)
    for value in metadata:
        digest.update(b"\x00" if value is None else b"\x01" + value.encode())
    return digest.hexdigest()
