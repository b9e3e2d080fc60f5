"""Painted lines to paragraphs: in reading order, wrapped lines joined, running heads and page numbers left out."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

from rag.articles.formats.arabic_order import is_torn, order_score, plain_letters
from rag.articles.formats.bidi import MIRRORED, Mirrored, flipped, last_kind, to_logical_latin
from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.layout import (
    ARABIC,
    STOP_AT_RIGHT,
    UNREADABLE,
    Line,
    from_left,
    unlike_rows,
    without_running_heads,
)
from rag.articles.formats.paint_order import CELL, GAP
from rag.articles.formats.readings import read_line

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
LONE_SIGN = re.compile(rf"(?<![^\s{GAP}{CELL}])[\uf000-\uf02f\uf03a-\uf0ff](?![^\s{GAP}{CELL}])")
"""A sign without a name that stands alone, as the bullets of Word and LibreOffice do; no digit."""
_ITEM = re.compile(r"[•●▪■◦]|\d{1,2}[.)-] ")
_SENTENCE_ENDS = (".", "؟", "!", ":", "؛", "…", "»")
_FULL_STOPS = (".", "؟", "!")
_CUT = re.compile(r"[A-Za-z\d]\W*$")
"""Of the line below: it begins with Latin or a number, which may go on with what ends above."""
UNPROVEN = "\ufdd0"
"""Stands before each word of a line that is in no order that is proven."""
_MIXED = re.compile(r"[A-Za-z\d\ufdd0]")
_WORD_BEGINS = re.compile(r"(?<!\S)(?=\S)")
_STROKES = re.compile(r"""(?<=[\u0620-\u0652])(["#!$%&'*+/<=>@^_`|~])\1+(?=[\u064b-\u0652]*[\u0620-\u064a])""")
_NO_NAME = "\ufffd"
_JOINED = "ئبتثجحخسشصضطظعغفقكلمنهي"
_BESIDE_NUMBER = re.compile(rf"(?<=\d){GAP}|{GAP}(?=\d)")
"""Never closed: two numbers would become one, and so would the cells of a row."""
_SPACE_BEFORE = re.compile(r" +(?=[،؛؟!.:](?:\s|$))")
_BRACKETS = ("()", "[]", "{}", "<>", "«»", "‹›")
_MOST_UNORDERED = 0.25
_CLEAR = 0.5
_WRAPPED = 0.7
_LONGEST_WORD = 15
"""Characters to a space, beyond which the words of a file are set apart by gaps alone."""


def read_painted(lines: list[Line]) -> list[str]:
    """Return the paragraphs of a file.

    Raises:
        RefusedError: its Arabic is in no order that can be read.
    """
    lines = without_running_heads(_spaced(_unstretched([line for line in lines if line.text.strip()])))
    if _score([flipped(line.text) for line in lines]) <= 0 < _score([line.text for line in lines]):
        read = [replace(line, text=line.text.replace(CELL, " ")) for line in lines]  # painted in the order of reading
        ordered = 1.0
    else:
        read, ordered = _turned(lines)
    whole = "\n".join(plain_letters(line.text) for line in read)
    if ARABIC.search(whole):
        score = order_score(whole)
        if (score and score < _CLEAR) or ordered < 1 - _MOST_UNORDERED or is_torn(whole) or _is_backward(read):
            raise RefusedError("visual_order", UNREADABLE)
    return _joined(read)


def _spaced(lines: list[Line]) -> list[Line]:
    """The lines with their gaps as spaces, or closed where the file paints spaces."""
    whole = "".join(line.text for line in lines)
    gap = "" if whole.count(" ") * _LONGEST_WORD > len(whole) else " "
    return [replace(line, text=_BESIDE_NUMBER.sub(" ", line.text).replace(GAP, gap)) for line in lines]


def _unstretched(lines: list[Line]) -> list[Line]:
    """The lines without the strokes that LibreOffice stretches words with, where the file gives them a false name."""
    names = "".join({match[1] for line in lines for match in _STROKES.finditer(line.text)})
    if not names:
        return lines
    strokes = re.compile(rf"(?<=[\u0620-\u0652])[{re.escape(names)}]+(?=[\u064b-\u0652]*[{_JOINED}])")
    return [replace(line, text=strokes.sub(_no_stroke, line.text)) for line in lines]


def _no_stroke(strokes: re.Match[str]) -> str:
    return _NO_NAME if strokes[0] == "/" else ""  # one alone stands between two words as often


def _turned(lines: list[Line]) -> tuple[list[Line], float]:
    """The lines read from what is painted, and the share of the mixed ones that are in some order."""
    whole = "".join(line.text for line in lines)
    if len(_LATIN.findall(whole)) > len(ARABIC.findall(whole)):
        return [replace(line, text=to_logical_latin(line.text.replace(CELL, " "))) for line in lines], 1.0
    unordered = from_left(lines) | unlike_rows(lines)
    mirrored = _mirrored(lines)
    read: list[Line] = []
    num_mixed = num_ordered = 0
    kind = "R"
    for at, (line, below) in enumerate(zip(lines, [*lines[1:], None], strict=True)):
        if at in unordered:
            text = STOP_AT_RIGHT.sub("", line.text)
            text = flipped(" ".join(text.split())) + line.text[len(text) :]  # unproven: its stop is all that counts
            read.append(replace(line, text=_WORD_BEGINS.sub(UNPROVEN, text)))
            continue
        kinds = _kinds_before(read, line, kind)
        cut = below is not None and below.size == line.size and bool(_CUT.search(below.text))
        text, has_order = _read(line.text, kinds, cut=cut, mirrored=mirrored)
        if _MIXED.search(text):
            num_mixed += 1
            num_ordered += has_order
        kind = last_kind(text, kind)
        read.append(replace(line, text="•" + text[1:] if LONE_SIGN.match(text) else text))
    return read, num_ordered / num_mixed if num_mixed else 1.0


def _read(painted: str, kinds: list[str], *, cut: bool, mirrored: Mirrored) -> tuple[str, bool]:
    """A painted line as it is read, cell after cell, and whether each is in some order.

    What is not proven has a sign before each word.
    """
    found: list[str] = []
    has_order = True
    cells = [" ".join(cell.split()) for cell in painted.split(CELL)]
    for cell in reversed(cells) if ARABIC.search(painted) or not _LATIN.search(painted) else cells:
        is_latin = not ARABIC.search(cell) and bool(_LATIN.search(cell))
        text, is_proven = read_line(cell, before=kinds, cut=cut, is_latin=is_latin, mirrored=mirrored)
        has_order = has_order and is_proven is not None
        found.append(text if is_proven else _WORD_BEGINS.sub(UNPROVEN, text))
        kinds = ["R", last_kind(found[-1], kinds[0])]  # a cell of a table, or the next word of a line that is filled up
    return " ".join(filter(None, found)), has_order


def _kinds_before(read: list[Line], line: Line, kind: str) -> list[str]:
    """The kinds that the last letter before a line may have, the likeliest first.

    R begins a paragraph, and each line of some programs: WeasyPrint looks at none but the line itself.
    """
    if not read:
        return ["R"]
    above = read[-1]
    kinds = [kind, "R"] if above.size == line.size and ARABIC.search(line.text) else ["R", kind]
    return [*kinds, "L"] if UNPROVEN in above.text and _LATIN.search(above.text) else kinds


def _mirrored(lines: list[Line]) -> Mirrored:
    """Which brackets a file names as they are painted: some name all or some of them as they are meant."""
    whole = "\n".join(flipped(line.text) for line in lines)
    mirrored = dict(MIRRORED)
    for pair in _BRACKETS:
        opening, closing = map(re.escape, pair)
        if len(_facing(opening, closing).findall(whole)) < len(_facing(closing, opening).findall(whole)):
            mirrored |= {ord(sign): ord(sign) for sign in pair}
    return mirrored


@cache
def _facing(opening: str, closing: str) -> re.Pattern[str]:
    """Where brackets that open and close so face what they hold."""
    return re.compile(rf"(?:^|\s){opening}(?=\w)|(?<=\w){closing}(?=\W|$)", re.MULTILINE)


def _is_backward(lines: list[Line]) -> bool:
    """Whether the words are read well and stand in the wrong order: sentences end where lines begin."""
    words = [line.text.split() for line in lines]
    first = sum(len(line) > 1 and line[0].endswith(_FULL_STOPS) for line in words)
    last = sum(len(line) > 1 and line[-1].endswith(_FULL_STOPS) for line in words)
    return first > max(1, last)


def _score(texts: list[str]) -> float:
    return order_score("\n".join(map(plain_letters, texts)))


def _joined(lines: list[Line]) -> list[str]:
    """One text for each paragraph: a full line without an end of sentence goes on in the next of its size."""
    if not lines:
        return []
    longest = _longest(lines)
    texts = [_tidy(lines[0].text)]
    for above, line in pairwise(lines):
        goes_on = above.size == line.size and not (above.text.endswith(_SENTENCE_ENDS) or _ITEM.match(line.text))
        is_full = len(above.text) >= _WRAPPED * longest[above.size]
        if goes_on and (is_full or UNPROVEN in above.text + line.text):  # no half of a sentence is left behind
            texts[-1] += " " + _tidy(line.text)
        else:
            texts.append(_tidy(line.text))
    return texts


def _longest(lines: list[Line]) -> dict[float, int]:
    """How many characters the longest line of each size has."""
    longest: dict[float, int] = {}
    for line in lines:
        longest[line.size] = max(longest.get(line.size, 0), len(line.text))
    return longest


def _tidy(text: str) -> str:
    return _SPACE_BEFORE.sub("", plain_letters(" ".join(text.split())))
