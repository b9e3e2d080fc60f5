"""Painted lines to paragraphs: in reading order, wrapped lines joined, running heads and page numbers left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.articles.formats.arabic_order import is_torn, order_score, plain_letters
from rag.articles.formats.bidi import MIRRORED, flipped, last_kind, to_logical_latin
from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.paint_order import CELL, GAP
from rag.articles.formats.readings import read_line

_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_PAGE_NUMBER = re.compile(r"\W*(?:صفحة|ص|page|p\.?)?\W*\d{1,4}(?:\s*(?:من|of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
_LONE_LETTERS = re.compile(r"(?:[^\W\d_]\s*\b)+")
"""At the foot of a page: the tops of a line of the next, which Chromium paints there and cuts off."""
LONE_SIGN = re.compile(rf"(?<![^\s{GAP}{CELL}])[\uf000-\uf02f\uf03a-\uf0ff](?![^\s{GAP}{CELL}])")
"""A sign without a name that stands alone, as the bullets of Word and LibreOffice do; no digit."""
_ITEM = re.compile(r"[•●▪■◦]|\d{1,2}[.)-] ")
_DIGITS = re.compile(r"\d+")
_SENTENCE_ENDS = (".", "؟", "!", ":", "؛", "…", "»")
_FULL_STOPS = (".", "؟", "!")
_STOP_FIRST = re.compile(r"[.:!؟](?=[\w%])(?!.*[.:!؟]$)")
"""Of a line without Arabic: its full stop, at the end of what is read from the right."""
_STOP_AT_RIGHT = re.compile(r"(?<=[\u0620-\u0652\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc()\[\]«»\"])[.!:]\s*$")
_STOP_AT_LEFT = re.compile(rf"\s*[.!:](?=.*{_ARABIC.pattern})")
_CUT = re.compile(r"[A-Za-z\d]\W*$")
"""Of the line below: it begins with Latin or a number, which may go on with what ends above."""
UNREADABLE = "its Arabic comes out in an order that cannot be read"
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
_OPENS = re.compile(r"(?:^|\s)[«(\[](?=\w)|(?<=\w)[»)\]](?=\W|$)", re.MULTILINE)
_CLOSES = re.compile(r"(?:^|\s)[»)\]](?=\w)|(?<=\w)[«(\[](?=\W|$)", re.MULTILINE)
_MOST_UNPROVEN = 0.25
_CLEAR = 0.5
_WRAPPED = 0.7
_REPEATED = 3
_LONGEST_WORD = 15
"""Characters to a space, beyond which the words of a file are set apart by gaps alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its characters as they are painted, from the left or as they come; `size` in points."""

    text: str
    size: float
    page: int


def read_painted(lines: list[Line]) -> list[str]:
    """Return the paragraphs of a file.

    Raises:
        RefusedError: its Arabic is in no order that can be read.
    """
    lines = _without_running_heads(_spaced(_unstretched([line for line in lines if line.text.strip()])))
    if _score([flipped(line.text) for line in lines]) <= 0 < _score([line.text for line in lines]):
        read = [replace(line, text=line.text.replace(CELL, " ")) for line in lines]  # painted in the order of reading
        proven = 1.0
    else:
        read, proven = _turned(lines)
    whole = "\n".join(plain_letters(line.text) for line in read)
    if _ARABIC.search(whole):
        score = order_score(whole)
        if (score and score < _CLEAR) or proven < 1 - _MOST_UNPROVEN or is_torn(whole) or _is_backward(read):
            raise RefusedError("visual_order", UNREADABLE)
    return _joined(_bracketed(read))


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
    """The lines read from what is painted, and the share of the mixed ones that are proven."""
    whole = "".join(line.text for line in lines)
    if len(_LATIN.findall(whole)) > len(_ARABIC.findall(whole)):
        return [replace(line, text=to_logical_latin(line.text.replace(CELL, " "))) for line in lines], 1.0
    from_left = _from_left(lines)
    read: list[Line] = []
    num_mixed = num_proven = 0
    kind = "R"
    for at, (line, below) in enumerate(zip(lines, [*lines[1:], None], strict=True)):
        if at in from_left:
            text = _STOP_AT_RIGHT.sub("", line.text)
            text = flipped(" ".join(text.split())) + line.text[len(text) :]  # unproven: its stop is all that counts
            read.append(replace(line, text=_WORD_BEGINS.sub(UNPROVEN, text)))
            continue
        kinds = _kinds_before(read, line, kind)
        cut = below is not None and below.size == line.size and bool(_CUT.search(below.text))
        text = _read(line.text, kinds, cut=cut)
        if _MIXED.search(text):
            num_mixed += 1
            num_proven += UNPROVEN not in text
        kind = last_kind(text, kind)
        read.append(replace(line, text="•" + text[1:] if LONE_SIGN.match(text) else text))
    return read, num_proven / num_mixed if num_mixed else 1.0


def _from_left(lines: list[Line]) -> set[int]:
    """Which lines are of Arabic paragraphs that were set from left to right: their full stop stands at the right.

    Where Latin or a number stands in such a paragraph, what is on its two sides has changed places.

    Raises:
        RefusedError: most paragraphs are.
    """
    found: set[int] = set()
    num_from_left = num_from_right = 0
    is_from_left = False
    for at in range(len(lines) - 1, -1, -1):
        if ends_right := bool(_STOP_AT_RIGHT.search(lines[at].text)):
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


def _read(painted: str, kinds: list[str], *, cut: bool) -> str:
    """A painted line as it is read, cell after cell; what is not proven has a sign before each word."""
    found: list[str] = []
    cells = [" ".join(cell.split()) for cell in painted.split(CELL)]
    for cell in reversed(cells) if _ARABIC.search(painted) or not _LATIN.search(painted) else cells:
        if not (_ARABIC.search(cell) or _STOP_FIRST.match(cell) or not _LATIN.search(cell)):
            found.append(cell)
            continue
        text, is_proven = read_line(cell, before=kinds, cut=cut)
        found.append(text if is_proven else _WORD_BEGINS.sub(UNPROVEN, text))
        kinds = ["R", last_kind(found[-1], kinds[0])]  # a cell of a table, or the next word of a line that is filled up
    return " ".join(filter(None, found))


def _kinds_before(read: list[Line], line: Line, kind: str) -> list[str]:
    """The kinds that the last letter before a line may have, the likeliest first.

    R begins a paragraph, and each line of some programs: WeasyPrint looks at none but the line itself.
    """
    if not read:
        return ["R"]
    above = read[-1]
    kinds = [kind, "R"] if above.size == line.size and _ARABIC.search(line.text) else ["R", kind]
    return [*kinds, "L"] if UNPROVEN in above.text and _LATIN.search(above.text) else kinds


def _bracketed(lines: list[Line]) -> list[Line]:
    """The lines with their brackets facing what they hold: some files name the sign painted, some the one meant."""
    whole = "\n".join(line.text for line in lines)
    if len(_OPENS.findall(whole)) >= len(_CLOSES.findall(whole)):
        return lines
    return [replace(line, text=line.text.translate(MIRRORED)) for line in lines]


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


def _without_running_heads(lines: list[Line]) -> list[Line]:
    """Leave out page numbers, and what stands first or last on three pages and on half of them."""
    edges = [
        at
        for at, line in enumerate(lines)
        if at in {0, len(lines) - 1} or lines[at - 1].page != line.page or lines[at + 1].page != line.page
    ]
    num_pages = len({line.page for line in lines})
    counted = Counter(_DIGITS.sub("0", lines[at].text) for at in edges)
    out = {
        at
        for at in edges
        if _PAGE_NUMBER.fullmatch(lines[at].text)
        or (_LONE_LETTERS.fullmatch(lines[at].text) and at + 1 < len(lines) and lines[at + 1].page != lines[at].page)
        or counted[_DIGITS.sub("0", lines[at].text)] >= max(_REPEATED, num_pages / 2)
    }
    return [line for at, line in enumerate(lines) if at not in out]
