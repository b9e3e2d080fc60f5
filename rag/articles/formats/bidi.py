"""How a line that is read stands on the page, its characters from the left.

The Unicode bidirectional algorithm (https://www.unicode.org/reports/tr9/) without explicit embeddings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby

_LATIN = r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]"
_NO_ARABIC = r"[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_FROM_LEFT = re.compile(
    rf"(?:\d[\d.,:/]*)?{_LATIN}(?:{_NO_ARABIC}*(?:{_LATIN}|[\d⁰¹²³⁴-⁹]))?|\d+(?:[.,:/٫٬]\d+)*[⁰¹²³⁴-⁹]*"
)
_ARABIC = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_ARABIC_RUN = re.compile(rf"{_ARABIC}(?:[^A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]*{_ARABIC})?")
Mirrored = Mapping[int, int]
MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
PAIRS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(PAIRS.values())
_NUMBERS = frozenset({"EN", "AN"})
_STRONG = frozenset({"L", "R", "AL"})


def to_logical_latin(painted: str) -> str:
    """Return the line of a paragraph from left to right as it is read: Arabic phrases alone are turned."""
    return _ARABIC_RUN.sub(lambda match: _turned(match.group()), painted)


def flipped(painted: str, mirrored: Mirrored = MIRRORED) -> str:
    """Return what is painted from the right as it is read; brackets face the other way as far as `mirrored` says."""
    return painted[::-1].translate(mirrored)


def last_kind(line: str, before: str) -> str:
    """Return the kind of a line's last letter, L, R or AL; `before` where there is none."""
    kinds = (unicodedata.bidirectional(character) for character in reversed(line))
    return next((kind for kind in kinds if kind in _STRONG), before)


def paint(line: str, *, before: str = "R", behind: str = "R", mirrored: Mirrored = MIRRORED) -> str:
    """Return a line of a paragraph from right to left as its characters stand from the left.

    `before` and `behind` are the kinds of the letters on its two sides, L, R or AL. Some files name the bracket that
    is meant and not the one painted: those face in `mirrored` as they are.
    """
    runs: list[str] = []
    at = 0
    kinds = _brackets(line, _weak(line, before), before)
    for from_left, group in groupby(_from_left(kinds, before, behind)):
        end = at + len(list(group))
        runs.append(line[at:end] if from_left else flipped(line[at:end], mirrored))
        at = end
    return "".join(reversed(runs))


def _turned(painted: str) -> str:
    """The phrase flipped, but for the numbers and what is read from the left."""
    pieces: list[str] = []
    at = 0
    for match in _FROM_LEFT.finditer(painted):
        pieces += [flipped(painted[at : match.start()]), match.group()]
        at = match.end()
    return "".join(reversed([*pieces, flipped(painted[at:])]))


def _weak(line: str, before: str) -> list[str]:
    """The kinds of the characters by the rules W1 to W7: L, R, EN, AN, or ON for all that is neutral."""
    kinds = _marks_and_arabic_numbers([unicodedata.bidirectional(character) for character in line], before)
    for at in range(1, len(kinds) - 1):
        left, kind, right = kinds[at - 1 : at + 2]
        if left == right and ((kind == "CS" and left in _NUMBERS) or (kind == "ES" and left == "EN")):
            kinds[at] = left
    for ordered, beside in ((range(1, len(kinds)), -1), (range(len(kinds) - 2, -1, -1), 1)):
        for at in ordered:
            if kinds[at] == "ET" and kinds[at + beside] == "EN":
                kinds[at] = "EN"
    strong = "L" if before == "L" else "R"
    for at, kind in enumerate(kinds):
        if kind in _STRONG:
            kinds[at] = strong = "L" if kind == "L" else "R"
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
        elif kind not in _NUMBERS:
            kinds[at] = "ON"
    return kinds


def _marks_and_arabic_numbers(kinds: list[str], before: str) -> list[str]:
    """W1 and W2: a mark is of its letter's kind, a number after an Arabic letter is an Arabic one."""
    strong = before
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[at] = before
        elif kind == "EN" and strong == "AL":
            kinds[at] = "AN"
        before = kinds[at]
        strong = before if before in _STRONG else strong
    return kinds


def _brackets(line: str, kinds: list[str], last: str) -> list[str]:
    """N0: two brackets that belong together go from right to left, but round Latin that stands in Latin."""
    for begin, end in sorted(_pairs(line, kinds)):
        inside = set(kinds[begin + 1 : end]) - {"ON"}
        before = next((kind for kind in reversed(kinds[:begin]) if kind != "ON"), last)
        if inside:
            kinds[begin] = kinds[end] = "L" if inside == {"L"} and before == "L" else "R"
    return kinds


def _pairs(line: str, kinds: list[str]) -> Iterator[tuple[int, int]]:
    """Where brackets that belong together open and close; those between them that close nothing are let be."""
    opened: list[int] = []
    for at, character in enumerate(line):
        if kinds[at] == "ON" and character in PAIRS:
            opened.append(at)
        elif kinds[at] == "ON" and character in _CLOSING:
            same = [depth for depth, begin in enumerate(opened) if PAIRS[line[begin]] == character]
            if same:
                yield opened[same[-1]], at
                del opened[same[-1] :]


def _from_left(kinds: list[str], before: str, last: str) -> list[bool]:
    """Whether each character stands in a run from left to right: N1, N2 and the implicit levels."""
    found: list[bool] = []
    at = 0
    for kind, group in groupby(kinds):
        length = len(list(group))
        at += length
        behind = kinds[at] if at < len(kinds) else last
        found += [kind in _NUMBERS or kind == "L" or (kind == "ON" and before == behind == "L")] * length
        before = kind
    return found
