"""The paragraph round a quote, as it stands in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.schema import Span
from rag.text.sentences import split_sentences

MAX_SHOWN = 900
"""Letters of a paragraph that are shown, unless the quote alone is longer."""

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_FAR = 2 * MAX_SHOWN
"""Letters within which blank lines are looked for: those beyond are not reached."""


@dataclass(frozen=True, slots=True)
class Around:
    """A quote and what stands next to it: put together, a piece of the file's text."""

    before: str
    quote: str
    after: str
    is_cut_before: bool = False
    """Whether the paragraph goes on before what is shown."""
    is_cut_after: bool = False


def around(text: str, start: int, end: int, most: int = MAX_SHOWN) -> Around:
    """`text[start:end]` inside its line, cut at sentence ends to `most` letters; the quote itself is always whole.

    A line that is the quote alone says nothing about it: there the lines round it are shown, up to the
    nearest blank ones, and where there are none either, the paragraphs before and behind.
    """
    row = _stripped(text, text.rfind("\n", 0, start) + 1, _found(text.find("\n", end), len(text)), (start, end))
    for num_blank in (1, 2):
        if row == (start, end):
            row = _stripped(text, *_block(text, start, end, num_blank), (start, end))
    shown = _grown(text, (start, end), row, most)
    return Around(
        text[shown[0] : start],
        text[start:end],
        text[end : shown[1]],
        is_cut_before=shown[0] > row[0],
        is_cut_after=shown[1] < row[1],
    )


def _grown(text: str, quote: Span, row: Span, most: int) -> Span:
    """The quote with whole sentences of its row, from both sides in turn, while they fit."""
    begin, end = quote
    window = max(row[0], begin - most), min(row[1], end + most)
    spans = split_sentences(text, *window)
    before = [first for first, _ in spans if first < begin and (first > window[0] or window[0] == row[0])]
    after = [last for _, last in reversed(spans) if last > end and (last < window[1] or window[1] == row[1])]
    while before or after:
        if before and end - before[-1] <= most:
            begin = before.pop()
        else:
            before = []
        if after and after[-1] - begin <= most:
            end = after.pop()
        else:
            after = []
    return begin, end


def _block(text: str, start: int, end: int, num_blank: int) -> Span:
    """From the blank line before to the one behind, or to the `num_blank`th on either side."""
    before = [blank.end() for blank in _BLANK_LINES.finditer(text, max(0, start - _FAR), start)]
    behind = [blank.start() for blank in _BLANK_LINES.finditer(text, end, end + _FAR)]
    return (
        before[-num_blank] if len(before) >= num_blank else 0,
        behind[num_blank - 1] if len(behind) >= num_blank else len(text),
    )


def _stripped(text: str, begin: int, end: int, quote: Span) -> Span:
    """The span without outer space, and never less than the quote."""
    while begin < quote[0] and text[begin].isspace():
        begin += 1
    while end > quote[1] and text[end - 1].isspace():
        end -= 1
    return begin, end


def _found(at: int, otherwise: int) -> int:
    return otherwise if at < 0 else at
