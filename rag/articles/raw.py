"""What reading gives: an article as its file has it, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

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
    "encrypted",
    "scanned",
    "visual_order",
    "bomb",
    "broken",
    "timed_out",
]

PASSING = frozenset({"unreadable"})
"""The reasons that may lie elsewhere than in the file: it is read again, changed or not."""

EXTRACTED = frozenset({"html", "pdf", "docx"})
"""In the place of an encoding: the text was taken out of a file of this kind, and stands so in no file."""

BLANK = "\ufeff \t\n\r\v\f\u00a0"
_JOINERS = "\u200c\u200d"
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as its file gives it.

    `text` is what `Path.read_text(encoding=encoding)` returns, or a JSONL line's `text` value, or, where
    `encoding` is one of EXTRACTED, what was taken out of the file; `date` is ISO. `digest` changes when
    anything that the file says of it does.
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
class Unchanged:
    """An article that stands in its file as it stood when its digest was taken."""

    source: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a line of one, that gave no article; `detail` says where and why."""

    source: str
    reason: SkipReason
    detail: str


@dataclass(frozen=True, slots=True)
class SkippedLine(Skipped):
    """A line whose article nobody knows; `digest` tells it from every other, and is empty where it cannot be told."""

    digest: str


def digest_of(text: str) -> str:
    """Return a hash over what a file says of one article, a page or a line: 32 hexadecimal digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def one_line(value: str) -> str:
    """Return `value` on one line, without the characters that do not print (but for the joiners)."""
    line = " ".join(value.split())
    if line.isprintable():
        return line
    return " ".join("".join(c for c in line if c.isprintable() or c in _JOINERS).split())
