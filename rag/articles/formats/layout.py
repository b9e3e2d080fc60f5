"""What lines of a page are no text that goes on below: running heads, rows, columns, paragraphs set from the left."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.paint_order import CELL

ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
UNREADABLE = "its Arabic comes out in an order that cannot be read"
STOP_AT_RIGHT = re.compile(r"(?<=[\u0620-\u0652\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc()\[\]«»\"])[.!:]\s*$")
_STOP_AT_LEFT = re.compile(rf"\s*[.!:](?=.*{ARABIC.pattern})")
_PAGE_NUMBER = re.compile(r"\W*(?:(?:صفحة|ص|page|p\.?)\W*)?\d{1,4}(?:\s*(?:من|of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
_LONE_LETTERS = re.compile(r"(?:[^\W\d_]\s*\b)+")
"""At the foot of a page: the tops of a line of the next, which Chromium paints there and cuts off."""
_NUMBER = re.compile(r"\d+(?:[.,:/٫٬]\d+)*")
_DIGITS = re.compile(r"\d+")
_REPEATED = 3
_NUM_HEADS = 2
_NUM_ROWS = 3
_NUM_WORDS = 3
"""What a block of two columns has at least: the cells of a table have fewer words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its characters as they are painted, from the left or as they come; `size` in points."""

    text: str
    size: float
    page: int


def from_left(lines: list[Line]) -> set[int]:
    """Return which lines are of Arabic paragraphs set from left to right: their full stop stands at the right.

    Where Latin or a number stands in such a paragraph, what is on its two sides has changed places.

    Raises:
        RefusedError: most paragraphs are.
    """
    found: set[int] = set()
    num_from_left = num_from_right = 0
    is_from_left = False
    for at in range(len(lines) - 1, -1, -1):
        if ends_right := bool(STOP_AT_RIGHT.search(lines[at].text)):
            num_from_left += 1
        elif _STOP_AT_LEFT.match(lines[at].text):
            num_from_right += 1
        else:
            ends_right = is_from_left  # of a paragraph that goes on below
        is_from_left = ends_right
        if is_from_left:
            found.add(at)
    if num_from_left > num_from_right:
        raise RefusedError("visual_order", UNREADABLE)
    return found


def unlike_rows(lines: list[Line]) -> set[int]:
    """Return which lines of cells cannot be told: those of two columns, and rows that lack a number others have."""
    cells = [[cell.split() for cell in line.text.split(CELL)] for line in lines]
    numbers = [len(_NUMBER.findall(line.text)) for line in lines]
    found: set[int] = set()
    for rows in _blocks([len(row) > 1 for row in cells]):
        widest, most = max(len(cells[at]) for at in rows), max(numbers[at] for at in rows)
        found |= {at for at in rows if len(cells[at]) < widest and numbers[at] < most}
    for rows in _blocks([sum(len(cell) >= _NUM_WORDS for cell in row) > 1 for row in cells]):
        found |= {*rows} if len(rows) >= _NUM_ROWS else set()
    return found


def _blocks(are_in: list[bool]) -> list[list[int]]:
    """The places that follow each other and are in."""
    return [[at for at, _ in run] for is_in, run in groupby(enumerate(are_in), lambda one: one[1]) if is_in]


def without_running_heads(lines: list[Line]) -> list[Line]:
    """Leave out page numbers, and what stands at an edge of three pages and of half of them.

    Two lines at each edge are looked at for that: Chromium paints the head of a page last but one.
    """
    pages = [[at for at, _ in page] for _, page in groupby(enumerate(lines), lambda one: one[1].page)]
    edges = {at for page in pages for at in (*page[:_NUM_HEADS], *page[-_NUM_HEADS:])}
    counted = Counter(_DIGITS.sub("0", lines[at].text) for at in edges)
    often = max(_REPEATED, len(pages) / 2)
    out = {at for at in edges if counted[_DIGITS.sub("0", lines[at].text)] >= often}
    out |= {at for page in pages for at in (page[0], page[-1]) if _PAGE_NUMBER.fullmatch(lines[at].text)}
    out |= {page[-1] for page in pages[:-1] if _LONE_LETTERS.fullmatch(lines[page[-1]].text)}
    return [line for at, line in enumerate(lines) if at not in out]
