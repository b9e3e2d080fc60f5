"""Articles out of JSONL, one per line, streaming: a bad line is named and the rest goes on."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import BinaryIO

from rag.articles.encoding import NotTextError, detect_encoding
from rag.articles.files import printable
from rag.articles.raw import BLANK, RawArticle, Skipped, SkippedLine, SkipReason, Unchanged, digest_of, one_line
from rag.text.dates import find_date

_SAMPLE_BYTES = 1 << 16
_ID_BYTES = 8


class _BadLineError(Exception):
    """A line that gives no article; `reason` as in Skipped."""

    def __init__(self, reason: SkipReason, detail: str, digest: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.article_id = ""
        self.digest = digest
        """Of a line that could not be decoded whole."""


def read_lines(
    file: BinaryIO, source: str, known: Mapping[str, str], *, max_bytes: int
) -> Iterator[RawArticle | Unchanged | Skipped]:
    """Yield the article of every line, named `source#id`; lines over `max_bytes` are not read.

    The id is the line's `id`, else its `url`, else a hash of its text. A line whose digest is in `known`
    (digest to source) is not parsed again: that is most of the time of a file that has grown by a line.

    Raises:
        NotTextError: a binary file.
        OSError: it cannot be read.
    """
    encoding = _encoding_of(file.read(_SAMPLE_BYTES))
    file.seek(0)
    seen: set[str] = set()
    anything = False
    for number, line in _lines(file, encoding, max_bytes):
        if isinstance(line, str) and not line.strip(BLANK):
            continue
        anything = True
        try:
            article = _article(line, source, encoding, known)
        except _BadLineError as error:
            detail = f"line {number}: {error}"
            if error.article_id:
                yield Skipped(f"{source}#{error.article_id}", error.reason, detail)
            else:
                digest = digest_of(line.strip(BLANK)) if isinstance(line, str) else line.digest
                yield SkippedLine(source, error.reason, detail, digest)
            continue
        if article.source in seen:
            yield Skipped(article.source, "duplicate_id", f"line {number}: an earlier line has this id")
            continue
        seen.add(article.source)
        yield article
    if not anything:
        yield Skipped(source, "empty", "nothing but white space")


def _encoding_of(sample: bytes) -> str:
    try:
        return detect_encoding(sample, complete=False)
    except NotTextError as error:
        if error.binary:
            raise
        return "utf-8"  # some line is damaged; each is decoded, and refused, for itself


def _lines(file: BinaryIO, encoding: str, max_bytes: int) -> Iterator[tuple[int, str | _BadLineError]]:
    """Yield the lines with their numbers, from 1."""
    if encoding.startswith(("utf-16", "utf-32")):
        yield from _wide_lines(file, encoding, max_bytes)
        return
    number = 0
    while line := file.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes:
            digest = blake2b(line, digest_size=_ID_BYTES)
            while line and not line.endswith(b"\n"):
                line = file.readline(max_bytes)
                digest.update(line)
            yield number, _too_long(max_bytes, digest.hexdigest())
            continue
        try:
            yield number, line.decode(encoding)
        except UnicodeDecodeError as error:
            digest = blake2b(line, digest_size=_ID_BYTES)
            detail = f"not {encoding} at byte {error.start} of the line"
            yield number, _BadLineError("bad_encoding", detail, digest.hexdigest())


def _too_long(max_length: int, digest: str) -> _BadLineError:
    return _BadLineError("too_large", f"longer than {max_length} bytes", digest)


def _wide_lines(file: BinaryIO, encoding: str, max_length: int) -> Iterator[tuple[int, str | _BadLineError]]:
    number = 0
    with io.TextIOWrapper(file, encoding, newline="\n") as text:
        try:
            while line := text.readline(max_length + 1):
                number += 1
                if len(line) <= max_length:
                    yield number, line
                    continue
                digest = blake2b(line.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES)
                while line and not line.endswith("\n"):
                    line = text.readline(max_length)
                    digest.update(line.encode("utf-8", "surrogatepass"))
                yield number, _too_long(max_length, digest.hexdigest())
        except UnicodeDecodeError as error:
            yield number + 1, _BadLineError("bad_encoding", f"damaged {encoding}, the rest is left out: {error.reason}")


def _article(line: str | _BadLineError, source: str, encoding: str, known: Mapping[str, str]) -> RawArticle | Unchanged:
    if isinstance(line, _BadLineError):
        raise line
    digest = digest_of(line.strip(BLANK))
    if digest in known:
        return Unchanged(known[digest])
    record = _record(line)
    title, outlet, date_text, url, author = (
        _metadata(record, name) for name in ("title", "source", "date", "url", "author")
    )
    article_id = _id(record) or url
    try:
        text = _text(record)
    except _BadLineError as error:
        error.article_id = article_id or ""
        raise
    article_id = article_id or blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest()
    date = find_date(date_text) if date_text else None
    return RawArticle(f"{source}#{article_id}", text, title, outlet, date, url, author, encoding, digest)


def _id(record: dict[str, object]) -> str:
    given = record.get("id")
    if isinstance(given, bool | list | dict):
        raise _BadLineError("bad_record", f"`id` is neither a string nor a number but {type(given).__name__}")
    return "" if given is None else printable(str(given).strip())


def _record(line: str) -> dict[str, object]:
    try:
        record = json.loads(line.strip(BLANK))
    except RecursionError as error:
        raise _BadLineError("bad_json", "nested too deeply") from error
    except ValueError as error:
        raise _BadLineError("bad_json", str(error)) from error
    if not isinstance(record, dict):
        raise _BadLineError("bad_record", f"not an object but {type(record).__name__}")
    return record


def _text(record: dict[str, object]) -> str:
    text = record.get("text")
    if text is None:
        raise _BadLineError("no_text", "no `text`")
    if not isinstance(text, str):
        raise _BadLineError("bad_record", f"`text` is not a string but {type(text).__name__}")
    if not text.strip(BLANK):
        raise _BadLineError("no_text", "`text` is empty")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _BadLineError("bad_text", f"`text` has half a surrogate pair at {error.start}") from error
    if "\x00" in text:
        raise _BadLineError("bad_text", "`text` has a NUL character")
    return text


def _metadata(record: dict[str, object], name: str) -> str | None:
    """A metadata value on one line; None where it is missing, empty or no string, number or list of strings."""
    value = record.get(name)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "، ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return one_line(value) or None if isinstance(value, str) else None
