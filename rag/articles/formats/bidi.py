"""A line as it is painted, from the left, to the line as it is read; and the proof that the two are one.

The Unicode bidirectional algorithm (https://www.unicode.org/reports/tr9/) without explicit embeddings. Many
lines may give one picture, so a line is turned back by guess and then painted again.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

_LATIN = r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]"
_NO_ARABIC = r"[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_PHRASE = rf"(?:\d[\d.,:/]*)?{_LATIN}(?:{_NO_ARABIC}*(?:{_LATIN}|[\d⁰¹²³⁴-⁹]))?"
_NUMBER = r"\d+(?:[.,:/٫٬]\d+)*[⁰¹²³⁴-⁹]*"
_SIGNS = r"[+\-−%٪$€£°#]"
# After an Arabic letter "3-1" is painted from the right, elsewhere in one piece from the left.
_KEPT = (re.compile(rf"{_PHRASE}|{_NUMBER}"), re.compile(rf"{_PHRASE}|{_SIGNS}*{_NUMBER}(?:{_SIGNS}+(?:{_NUMBER})?)*"))
# A phrase at the end of a line that goes on with more of it: its last signs stand in it.
_CUT_PHRASE = re.compile(rf"{_PHRASE}[-.,:/@_&]+(?=\s|$)")
_FIRST_OF_PHRASE = re.compile(rf"{_LATIN}|\d")
_ARABIC = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_ARABIC_RUN = re.compile(rf"{_ARABIC}(?:[^A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]*{_ARABIC})?")
ODD_SIGN = re.compile(r"[%٪]\d|\d[+-](?!\d)")
"""A sign on the other side of its number than people write it."""
MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_NUMBERS = frozenset({"EN", "AN"})
_STRONG = frozenset({"L", "R", "AL"})


def to_logical(painted: str, *, before: str = "R", cut: bool = False) -> str | None:
    """Return the line of an Arabic paragraph as it is read; None where nothing that was tried gives `painted`.

    Args:
        painted: its characters from the left.
        before: the kind of the last letter before it in its paragraph, L, R or AL; R at the beginning.
        cut: whether a Latin phrase at its end may go on in the next line.
    """
    ends = ["R"]
    if cut and _CUT_PHRASE.match(painted):
        ends.insert(0, "L")
    for behind in ends:
        candidates = [_turned(painted, kept, before=before, behind=behind) for kept in _KEPT]
        found = [one for one in candidates if paint(one, before=before, behind=behind) == painted]
        if found:
            return next((one for one in found if behind == "L" or not ODD_SIGN.search(one)), found[0])
    return None


def to_logical_latin(painted: str) -> str:
    """Return the line of a paragraph from left to right as it is read: Arabic phrases alone are turned."""
    return _ARABIC_RUN.sub(lambda match: _turned(match.group(), _KEPT[0]), painted)


def last_kind(line: str, before: str) -> str:
    """Return the kind of a line's last letter, L, R or AL; `before` where there is none."""
    kinds = (unicodedata.bidirectional(character) for character in reversed(line))
    return next((kind for kind in kinds if kind in _STRONG), before)


def paint(line: str, *, before: str = "R", behind: str = "R") -> str:
    """Return a line of a paragraph from right to left as its characters stand from the left.

    `before` and `behind` are the kinds of the letters on its two sides, L, R or AL.
    """
    runs: list[str] = []
    at = 0
    kinds = _brackets(line, _weak(line, before))
    for from_left, group in groupby(_from_left(kinds, before, behind)):
        end = at + len(list(group))
        runs.append(line[at:end] if from_left else line[at:end][::-1].translate(MIRRORED))
        at = end
    return "".join(reversed(runs))


def _turned(painted: str, kept: re.Pattern[str], *, before: str = "R", behind: str = "R") -> str:
    """The line reversed, but for the phrases and numbers that are read from the left."""
    spans = [match.span() for match in kept.finditer(painted)]
    if behind == "L" and (cut := _CUT_PHRASE.match(painted)):
        spans = [cut.span(), *(span for span in spans if span[0] >= cut.end())]
    if before == "L":
        arabic = max((match.end() for match in re.finditer(_ARABIC, painted)), default=0)
        if first := _FIRST_OF_PHRASE.search(painted, arabic):
            spans = [*(span for span in spans if span[1] <= first.start()), (first.start(), len(painted))]
    pieces: list[str] = []
    at = 0
    for begin, end in spans:
        pieces += [painted[at:begin][::-1].translate(MIRRORED), painted[begin:end]]
        at = end
    pieces.append(painted[at:][::-1].translate(MIRRORED))
    return "".join(reversed(pieces))


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


def _brackets(line: str, kinds: list[str]) -> list[str]:
    """N0: two brackets that belong together go from right to left, but round Latin that stands in Latin."""
    opened: list[int] = []
    for at, character in enumerate(line):
        if character in _PAIRS and kinds[at] == "ON":
            opened.append(at)
        elif opened and character == _PAIRS[line[opened[-1]]] and kinds[at] == "ON":
            begin = opened.pop()
            inside = set(kinds[begin + 1 : at]) - {"ON"}
            before = next((kind for kind in reversed(kinds[:begin]) if kind != "ON"), "R")
            if inside:
                kinds[begin] = kinds[at] = "L" if inside == {"L"} and before == "L" else "R"
    return kinds


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
