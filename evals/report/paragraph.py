"""Citations in their paragraphs: what stands around a quote in its file, each paragraph once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

MAX_AROUND = 240
"""Letters shown before the first and behind the last quote of a paragraph."""
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")

State = Literal["found", "differs", "no_article"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a paragraph; a quote where citations stand on it."""

    text: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the quotes in it."""

    source: str
    title: str
    outlet: str | None
    date: str | None
    state: State
    pieces: tuple[Piece, ...]
    is_cut_before: bool = False
    is_cut_after: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """The citations that stand in it."""
        return tuple(number for piece in self.pieces for number in piece.numbers)


def paragraphs_of(citations: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> list[Paragraph]:
    """The paragraphs that `citations` (of a record) point to, in the order of their first number.

    A quote that is not, character for character, what stands in the file is shown alone and as such.
    """
    found: list[Paragraph] = []
    by_source: dict[str, list[Mapping[str, Any]]] = {}
    for citation in citations:
        text = texts.get(citation["source"])
        if text is not None and _stands(citation, text):
            by_source.setdefault(citation["source"], []).append(citation)
        else:
            state: State = "no_article" if text is None else "differs"
            found.append(_paragraph(citation, state, [Piece(citation["quote"], (citation["number"],))]))
    for source, of_source in by_source.items():
        found += _of_source(of_source, texts[source])
    return sorted(found, key=lambda paragraph: min(paragraph.numbers))


def _stands(citation: Mapping[str, Any], text: str) -> bool:
    start, end, quote = int(citation["start"]), int(citation["end"]), str(citation["quote"])
    return 0 <= start < end <= len(text) and text[start:end] == quote


def _of_source(citations: Sequence[Mapping[str, Any]], text: str) -> list[Paragraph]:
    """Citations of one text; those that share a paragraph share a place on the page."""
    groups: list[tuple[tuple[int, int], list[Mapping[str, Any]]]] = []
    for citation in sorted(citations, key=lambda one: (one["start"], one["end"])):
        row = _row(text, citation["start"], citation["end"])
        if groups and row[0] < groups[-1][0][1]:
            last, held = groups.pop()
            groups.append(((last[0], max(last[1], row[1])), [*held, citation]))
        else:
            groups.append((row, [citation]))
    return [_joined(text, row, held) for row, held in groups]


def _joined(text: str, row: tuple[int, int], citations: Sequence[Mapping[str, Any]]) -> Paragraph:
    begin = _cut_before(text, row[0], citations[0]["start"])
    end = _cut_after(text, row[1], max(citation["end"] for citation in citations))
    pieces: list[Piece] = []
    at = begin
    for citation in citations:
        start, stop = max(citation["start"], at), citation["end"]
        if stop <= at and pieces:  # inside the quote before
            last = pieces.pop()
            pieces.append(Piece(last.text, (*last.numbers, citation["number"])))
            continue
        pieces += [Piece(text[at:start])] if start > at else []
        pieces.append(Piece(text[start:stop], (citation["number"],)))
        at = stop
    pieces += [Piece(text[at:end])] if end > at else []
    return _paragraph(citations[0], "found", pieces, cut=(begin > row[0], end < row[1]))


def _paragraph(
    citation: Mapping[str, Any], state: State, pieces: Sequence[Piece], *, cut: tuple[bool, bool] = (False, False)
) -> Paragraph:
    named = (citation["source"], citation["title"], citation["outlet"], citation["date"])
    return Paragraph(*named, state, tuple(pieces), *cut)


def _row(text: str, start: int, end: int) -> tuple[int, int]:
    """The line of a quote; where the quote is all of it, what lies between the blank lines around."""
    begin, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    if text[begin:stop].strip() == text[start:end].strip():
        begin = max((blank.end() for blank in _BLANK_LINE.finditer(text, 0, start)), default=0)
        behind = _BLANK_LINE.search(text, end)
        stop = behind.start() if behind else len(text)
    while begin < start and text[begin].isspace():
        begin += 1
    while stop > end and text[stop - 1].isspace():
        stop -= 1
    return begin, stop


def _cut_before(text: str, begin: int, start: int) -> int:
    """Where to begin, at a word, when the paragraph is long."""
    if start - begin <= MAX_AROUND:
        return begin
    space = text.find(" ", start - MAX_AROUND, start)
    return start if space < 0 else space + 1


def _cut_after(text: str, stop: int, end: int) -> int:
    if stop - end <= MAX_AROUND:
        return stop
    space = text.rfind(" ", end, end + MAX_AROUND)
    return end if space < 0 else space
