"""Lines as Telegram shows them: its HTML and the same without tags, with marks where direction needs them.

A client gives each paragraph the direction of its first strong letter, and a marker such as [1] goes
with the strong letter before it. So a line whose first letter is of the other direction begins with a
mark, a marker after such a letter gets one, and a name is isolated (outside its tag, so that tapping a
file's name copies the name alone). A quote has no mark inside, nor glued to it: where one must stand
beside it, a space stands between. Two marks never follow each other: Telegram rewrites such pairs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from html import escape

from bot.direction import FSI, LRM, PDI, RLM, Line, Piece
from bot.render import FAINT, HEADING

_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def html_of(line: Line) -> str:
    """The line in Telegram's HTML."""
    return "".join(_tagged(piece) for piece in with_marks(line))


def plain_of(line: Line) -> str:
    """The line as it is seen, marks included."""
    return "".join(piece.text for piece in with_marks(line))


def tag_of(piece: Piece) -> str:
    """The tag that a piece stands in, empty for none; Arabic has no italics, so what is faint is a name or plain."""
    if not piece.text or piece.text.isspace():
        return ""
    if piece.style == FAINT:
        return "code" if piece.kind == "name" else ""
    return "b" if piece.style == HEADING else ""


def with_marks(line: Line) -> Iterator[Piece]:
    """The pieces of a line and its marks, in order; no mark where all letters run from left to right."""
    pieces = [piece for piece in line.pieces if piece.text]
    if not line.rtl and all(is_rtl is not True for piece in pieces for is_rtl in _strong(piece.text)):
        yield from pieces
        return
    mark = Piece(RLM if line.rtl else LRM)
    before: Piece | None = None
    is_astray = True  # whether a marker that stood here would run against the line
    for piece in pieces:
        first = next(_strong(piece.text), None)
        if piece.kind == "name":
            yield from (*([mark] if before is None else []), Piece(FSI), piece, Piece(PDI))
            is_astray = is_astray and before is not None
        else:
            needs_mark = is_astray and first != line.rtl and (before is None or piece.kind == "own")
            yield from _beside(piece, mark, before) if needs_mark else (piece,)
            last = next(_strong(reversed(piece.text)), None)
            is_astray = last != line.rtl if last is not None else is_astray and not needs_mark
        before = piece


def _beside(piece: Piece, mark: Piece, before: Piece | None) -> Iterable[Piece]:
    """`piece` with a mark in front of it that touches no quote."""
    if before is None:
        return (mark, Piece(" "), piece) if piece.kind == "quote" else (mark, piece)
    if piece.text.startswith(" "):
        return (Piece(" "), mark, Piece(piece.text[1:], piece.kind, piece.style))
    return (piece,) if before.kind == "quote" else (mark, piece)


def _strong(text: Iterable[str]) -> Iterator[bool]:
    """For each letter that has a direction, whether it runs from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction == "L" or direction in _RIGHT_TO_LEFT:
            yield direction != "L"


def _tagged(piece: Piece) -> str:
    text, tag = escape(piece.text, quote=False), tag_of(piece)
    return f"<{tag}>{text}</{tag}>" if tag else text
