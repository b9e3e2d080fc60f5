"""The lines of a page as they are painted: what stands where, told by the places that a PDF file gives.

pypdf turns Arabic run by run, which breaks every line that has a number in it, and keeps the order in which a
file paints, which is no order: some paint a line from the left, some run by run as it is read, and a sign of
another font last. One of its names is replaced here, in the one process that reads files; tests hold what comes
out, and the pins hold pypdf.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from statistics import median, mode
from typing import Any

from rag.articles.formats.extracted import SUPERSCRIPT
from rag.articles.formats.pen import Pen, Piece, Said, from_left

GAP = "\u2009"
"""Stands for white between letters that is narrower than a letter: a space, if the file paints none."""

CELL = "\u2028"
"""Stands for white that no line of text has: what is on its two sides is read apart."""

_BACK, _NARROW, _WIDE, _VERY_WIDE = 0.5, 0.12, 1.0, 2.0
_LEGIBLE, _LEGIBLE_SHARE = 2.0, 3.0
"""Points, and how many times smaller than half of the page: what is both is there for machines."""
_RAISED, _BELOW = 0.15, 0.6
"""Times the size of the font."""


def painted_lines(page: Any) -> Iterator[tuple[str, float]]:
    """Yield the lines of a page of pypdf in the order of painting: their letters from the left, and their size.

    Raises:
        ImportError: this pypdf has other insides.
    """
    pieces = _noted()
    pieces.clear()
    pen = Pen(page, pieces)
    page.extract_text(visitor_operand_before=pen.before, visitor_operand_after=pen.after)
    if not any(piece.text.strip() for piece in pieces) and "/XObject" in (page.get("/Resources") or {}):
        pieces.extend(pen.unseen)  # what a program has read in the picture of a page
    line: list[Piece] = []
    smallest = min(_LEGIBLE, median(piece.size for piece in pieces) / _LEGIBLE_SHARE) if pieces else 0.0
    for piece in pieces:
        if piece.size < smallest:
            continue
        if line and not _is_beside(piece, line[-1]):
            yield _from_left(line), _size(line)
            line = []
        line.append(piece)
    if line:
        yield _from_left(line), _size(line)


@cache
def _noted() -> list[Piece]:
    """The list into which pypdf puts, from now on, what it finds painted."""
    from pypdf._text_extraction import get_text_operands, mult
    from pypdf._text_extraction._text_extractor import TextExtraction

    if not hasattr(TextExtraction, "_handle_tj"):
        raise ImportError("this pypdf reads text in a way that is not known here")
    pieces: list[Piece] = []

    def noting(self: Any, text: str, operands: list[Any], cm: Any, tm: Any, *rest: Any) -> Any:
        """In place of pypdf's own: note what is painted where, and count its width as pypdf does."""
        _, font, orientations, size, *_, widths = rest
        said = operands[0] if isinstance(operands[0], Said) else None
        codes, is_text, width = get_text_operands(
            [said.codes] if said is not None else operands, cm, tm, font, orientations
        )
        if is_text:
            return text, False, widths  # a space that pypdf put in itself
        before = widths["str_widths"]
        widths["str_widths"] += width * size + 1000 * self.char_spacing * len(codes)
        widths["str_height"] = size
        letters = "".join(from_left(font.character_map.get(code, code)) for code in codes)
        span = (before * self.char_scale / 1000, widths["str_widths"] * self.char_scale / 1000)
        piece = _placed(letters if said is None else str(said), mult(tm, cm), span, size, form=id(self))
        if said == "" and pieces:  # the rest of what the last one says
            last = pieces.pop()
            piece = replace(last, start=min(last.start, piece.start), end=max(last.end, piece.end))
        pieces.append(piece)
        return "", False, widths

    vars_of_class: Any = TextExtraction
    vars_of_class._handle_tj = noting  # noqa: SLF001 - see the top
    return pieces


def _placed(text: str, matrix: list[float], span: tuple[float, float], size: float, *, form: int) -> Piece:
    """The piece that is painted from one end of `span` to the other, in units of `matrix`."""
    length = math.hypot(matrix[0], matrix[1]) or 1.0
    right, up = matrix[0] / length, matrix[1] / length
    along, across = matrix[4] * right + matrix[5] * up, matrix[5] * right - matrix[4] * up
    start, end = (along + one * length for one in span)
    reach = sum(span) / 2
    middle = (matrix[4] + reach * matrix[0], matrix[5] + reach * matrix[1])
    return Piece(text, start, end, across, abs(size) * math.hypot(matrix[2], matrix[3]), middle, form)


def _size(line: list[Piece]) -> float:
    return round(next((piece.size for piece in line if piece.text.strip()), 0.0), 1)


def _is_beside(piece: Piece, before: Piece) -> bool:
    """Whether two pieces stand on one line, raised and small ones too."""
    return piece.form == before.form and abs(piece.across - before.across) < _BELOW * max(piece.size, before.size)


def _from_left(line: list[Piece]) -> str:
    """The letters of a line from the left, however the pen went, and what white is between them."""
    parts: list[str] = []
    before: Piece | None = None
    base = mode(round(piece.across, 1) for piece in line) + _RAISED * max(piece.size for piece in line)
    for run in sorted(_runs(line), key=lambda run: run.start):
        if before is not None:
            white = (run.start - before.end) / (run.size or 1.0)
            if run.text == before.text and abs(run.start - before.start) < _BACK * run.size:
                continue  # painted twice, to look bold
            parts.append(CELL if white >= _VERY_WIDE else " " if white >= _WIDE else GAP if white >= _NARROW else "")
        is_raised = run.across > base and run.text.strip().isdecimal()
        parts.append(run.text.translate(SUPERSCRIPT) if is_raised else run.text)
        before = run
    return "".join(parts)


def _runs(line: list[Piece]) -> list[Piece]:
    """The pieces put together that were painted one behind the other; marks are painted over the letter to come."""
    runs: list[Piece] = []
    for piece in line:
        is_mark = bool(piece.text) and all(unicodedata.category(letter) == "Mn" for letter in piece.text)
        white = (piece.start - runs[-1].end) / (piece.size or 1.0) if runs else 0.0
        is_near = -_BACK <= white < _NARROW and bool(runs) and not _is_raised(piece, runs[-1])
        if runs and (is_near or (is_mark and abs(white) < _VERY_WIDE)):
            last = runs[-1]
            there = last if is_mark else piece
            runs[-1] = replace(last, text=last.text + piece.text, end=there.end, across=there.across)
        else:
            runs.append(piece)
    return runs


def _is_raised(piece: Piece, before: Piece) -> bool:
    """Whether one of the two is a number above the other, as of a note."""
    upper, lower = (piece, before) if piece.across > before.across else (before, piece)
    return upper.across - lower.across > _RAISED * lower.size and upper.text.strip().isdecimal()
