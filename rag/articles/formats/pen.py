"""What is painted on a page, and what a file says beside it: what is to be read in its place, and what nobody sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rag.articles.formats.bidi import paint

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FROM_LEFT = re.compile(r"[A-Za-z\d]")
_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})
_UNSEEN_MODES = frozenset({3, 7})
"""Of painting letters: neither filled nor outlined."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one operation paints, its letters from the left; in points along the line and across it."""

    text: str
    start: float
    end: float
    across: float
    size: float
    middle: tuple[float, float]
    """In points from the left and from below."""
    form: int
    """Which part of the page it stands in: each counts its places from its own corner."""


class Said(str):
    """What is to be read in place of `codes`, which are painted."""

    __slots__ = ("codes",)
    codes: Any


class Pen:
    """Looks at the operations of a page, before and after pypdf does.

    Puts in what a file says is to be read in place of a glyph: a ligature that no letter stands for. Takes from
    `pieces`, which pypdf adds to, what is painted unseen, as the words of a scanned page are, and keeps it in
    `unseen`; and what stands outside of the page, which it drops.
    """

    def __init__(self, page: Any, pieces: list[Piece]) -> None:
        self.unseen: list[Piece] = []
        self._pieces = pieces
        self._boxes = (page.mediabox, page.cropbox)
        self._spans: list[str | None] = []
        self._mode = 0
        self._modes: list[int] = []
        self._depth = 0
        self._num_before = 0

    def before(self, operator: bytes, operands: list[Any], _cm: object, _tm: object) -> None:
        """Look at an operation before pypdf does."""
        self._num_before = len(self._pieces)
        if operator == b"Tr":
            self._mode = int(operands[0]) if operands and isinstance(operands[0], (int, float)) else 0
        elif operator == b"q":
            self._modes.append(self._mode)
        elif operator == b"Q" and self._modes:
            self._mode = self._modes.pop()
        elif operator == b"Do":
            self._depth += 1
        elif operator in {b"BDC", b"BMC"}:
            said = operands[1].get("/ActualText") if len(operands) > 1 and isinstance(operands[1], dict) else None
            text = str(said or "")
            self._spans.append(text if len(text) > 1 else None)
        elif operator == b"EMC" and self._spans:
            self._spans.pop()
        elif operator in {b"Tj", b"TJ"} and operands and self._spans and self._spans[-1] is not None:
            shown = operands if operator == b"Tj" else operands[0]
            shown[:] = [self._said(one) if isinstance(one, bytes) else one for one in shown]

    def after(self, operator: bytes, _operands: list[Any], _cm: object, _tm: object) -> None:
        """Look at what an operation added."""
        if operator == b"Do":
            self._depth -= 1
        elif operator in _SHOWING and len(self._pieces) > self._num_before:
            added = self._pieces[self._num_before :]
            del self._pieces[self._num_before :]
            if self._mode in _UNSEEN_MODES:
                self.unseen += added
            else:
                self._pieces += [piece for piece in added if self._depth or self._is_on_page(piece)]

    def _is_on_page(self, piece: Piece) -> bool:
        """Whether its middle lies within the page; what a form holds counts from another corner."""
        x, y = piece.middle
        return all(box.left <= x <= box.right and box.bottom <= y <= box.top for box in self._boxes)

    def _said(self, codes: bytes) -> Said:
        """The text of the span, once for all that it paints."""
        said = Said(from_left(self._spans[-1] or ""))
        said.codes = codes
        self._spans[-1] = ""
        return said


def from_left(letters: str) -> str:
    """Return what one sign stands for as it is painted, from the left."""
    if len(letters) == 1 or not _RTL.search(letters):
        return letters
    return paint(letters) if _FROM_LEFT.search(letters) else letters[::-1]
