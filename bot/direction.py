"""Lines that read right in a terminal, whatever it does with right-to-left text.

Text is always written in logical order: a terminal that orders text itself (GNOME Terminal, Konsole,
Terminal.app, mlterm) shows it right, and reversing it for those that do not would break it for these,
for copying and for every program behind a pipe. What such terminals get wrong is what has no direction
of its own: the marker after a sentence, a Latin file name, a line that begins with a number. So on a
terminal a line begins and ends with a mark of its direction, a name is isolated, and a quote is
followed by a mark; inside a quote there is none, so that what is copied is what the article says.
Behind a pipe there are no marks at all: invisible characters would defeat grep and diff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rag.text.normalise import has_arabic

RLM, LRM = "\u200f", "\u200e"
FSI, PDI = "\u2068", "\u2069"
MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What a name that is copied off a terminal may begin and end with; no source does."""

_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BREAK = re.compile("[\t-\r\x85\u2028\u2029]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

Kind = Literal["own", "quote", "name"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: Isnad's own words, a quote, or a name that is one unit (title, file, command)."""

    text: str
    kind: Kind = "own"
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph on the screen; the terminal may wrap it."""

    pieces: tuple[Piece, ...] = ()
    rtl: bool = True

    @property
    def text(self) -> str:
        """The line as it stands behind a pipe."""
        return "".join(piece.text for piece in self.pieces)


def line(*pieces: Piece | str, rtl: bool | None = None) -> Line:
    """A line of what can be shown; its direction is that of its first quote, or of its text."""
    shown = tuple(_shown(piece if isinstance(piece, Piece) else Piece(piece)) for piece in pieces)
    if rtl is None:
        quotes = [piece.text for piece in shown if piece.kind == "quote"]
        rtl = has_arabic(quotes[0] if quotes else "".join(piece.text for piece in shown if piece.kind == "own"))
    return Line(shown, rtl)


def visible(text: str) -> str:
    """`text` without what would steer a terminal: control and direction characters; breaks become spaces.

    An article could otherwise move the cursor, or show a source's name in another order. A lone
    surrogate, which no output can carry, becomes U+FFFD.
    """
    return _SURROGATE.sub("\ufffd", _BREAK.sub(" ", _STEERING.sub("", text)))


def marked(shown: Line) -> list[Piece]:
    """The pieces of a line with the marks a terminal needs; none in a line without Arabic."""
    if not shown.rtl and not has_arabic(shown.text):
        return list(shown.pieces)
    mark = Piece(RLM if shown.rtl else LRM)
    pieces = [mark, *_with_marks(shown.pieces, mark)]
    return pieces if pieces[-1] == mark else [*pieces, mark]


def _with_marks(pieces: Iterable[Piece], mark: Piece) -> Iterable[Piece]:
    for piece in pieces:
        if piece.kind == "name" and piece.text:
            yield Piece(f"{FSI}{piece.text}{PDI}", piece.kind, piece.style)
        else:
            yield piece
            if piece.kind == "quote":
                yield mark


def _shown(piece: Piece) -> Piece:
    return Piece(visible(piece.text), piece.kind, piece.style)
