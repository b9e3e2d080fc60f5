"""Lines into messages: cut between lines, else between sentences, else between words, else between letters.

Telegram takes 4096 letters after its tags are read and 100 entities; whether a letter outside the basic
plane counts once or twice is disputed, so it counts twice here. What is cut is text, never HTML: each
part is formatted for itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.direction import Line, Piece
from bot.telegram.html import html_of, plain_of, tag_of
from rag.text.sentences import split_sentences

MAX_UNITS = 3900
"""UTF-16 units of one part, marks included."""
MAX_ENTITIES = 90
"""Tags of one part; Telegram finds addresses and commands besides."""

_MARKS_OF_A_PIECE = 2
_MAX_STEP_BACK = 32
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_SEEN_AS_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")
_SENTENCE_ENDS = frozenset(".!?؟؛…۔»”“\"'’)]}")
"""A sentence that ends otherwise was too long and is cut somewhere."""
_JOINERS = "\u200d\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True)
class Part:
    """One message's text."""

    html: str
    """In Telegram's HTML."""
    plain: str
    """The same without tags, for when the HTML is refused."""


@dataclass(slots=True)
class _Room:
    """What one message holds so far."""

    lines: list[Line] = field(default_factory=list)
    units: int = 0
    entities: int = 0

    def takes(self, line: Line) -> bool:
        return self.units + _units_of(line) < MAX_UNITS and self.entities + _entities_of(line) <= MAX_ENTITIES

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.units += _units_of(line) + 1  # the line break
        self.entities += _entities_of(line)

    def part(self) -> Part | None:
        """The message; None where nobody would see any of it."""
        lines = self.lines
        while lines and is_blank(lines[0].text):
            lines = lines[1:]
        while lines and is_blank(lines[-1].text):
            lines = lines[:-1]
        return Part("\n".join(map(html_of, lines)), "\n".join(map(plain_of, lines))) if lines else None


def parts_of(lines: Sequence[Line]) -> tuple[Part, ...]:
    """The lines as messages, in order; none where there is nothing to see."""
    rooms = [_Room()]
    for whole in lines:
        for line in _within(whole) if not _Room().takes(whole) else (whole,):
            if not rooms[-1].takes(line):
                rooms.append(_Room())
            rooms[-1].add(line)
    return tuple(part for room in rooms if (part := room.part()))


def is_blank(text: str) -> bool:
    """Whether nothing of `text` is seen: Telegram refuses such a message as empty."""
    return all(unicodedata.category(letter) in _INVISIBLE or letter in _SEEN_AS_EMPTY for letter in text)


def units(text: str) -> int:
    """How long Telegram counts `text`: UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def cut(text: str, most: int) -> int:
    """How many letters of `text`, which is longer than `most` units, make a good first part of it: at least one."""
    room = _letters_within(text, most)
    least = room // 3
    sentences = [end for _, end in split_sentences(text[: room + 1])[:-1] if text[end - 1] in _SENTENCE_ENDS]
    if sentences and sentences[-1] > least:
        return _past_space(text, sentences[-1], room)
    words = max(text.rfind(space, least, room) for space in " \t\u00a0")
    return words + 1 if words > least else _between_letters(text, room)


def _within(line: Line) -> Iterator[Line]:
    """A line that is too long for a message, as several that are not."""
    pieces: list[Piece] = []
    left = MAX_UNITS - _MARKS_OF_A_PIECE - 1
    waiting = list(reversed(line.pieces))
    while waiting:
        piece = waiting.pop()
        need = (units(piece.text) if len(piece.text) <= left else left) + _MARKS_OF_A_PIECE
        if need <= left and len(pieces) < MAX_ENTITIES:
            pieces.append(piece)
            left -= need
            continue
        if left > MAX_UNITS // 3 and len(pieces) < MAX_ENTITIES:
            at = cut(piece.text, left - _MARKS_OF_A_PIECE)
            pieces.append(replace(piece, text=piece.text[:at]))
            piece = replace(piece, text=piece.text[at:])
        yield replace(line, pieces=tuple(pieces))
        waiting.append(piece)
        pieces, left = [], MAX_UNITS - _MARKS_OF_A_PIECE - 1
    yield replace(line, pieces=tuple(pieces))


def _letters_within(text: str, most: int) -> int:
    """How many letters of `text` fit into `most` units."""
    room = len(text[:most])
    while room > 1 and units(text[:room]) > most:
        room -= (units(text[:room]) - most + 1) // 2
    return max(room, 1)


def _past_space(text: str, at: int, most: int) -> int:
    while at < most and text[at].isspace():
        at += 1
    return at


def _between_letters(text: str, at: int) -> int:
    """`at`, or a little before it where that would part a letter from its marks."""
    for back in range(min(_MAX_STEP_BACK, at - 1)):
        here = text[at - back : at - back + 1]
        is_mark = here and (
            unicodedata.category(here)[0] == "M" or here in _JOINERS or "\U0001f3fb" <= here <= "\U0001f3ff"
        )
        if not is_mark and text[at - back - 1] != "\u200d":
            return at - back
    return at


def _units_of(line: Line) -> int:
    return units(plain_of(line))


def _entities_of(line: Line) -> int:
    return sum(bool(tag_of(piece)) for piece in line.pieces)
