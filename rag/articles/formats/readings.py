"""A line as it is painted, from the left, to the lines that are painted so; and to the one of them that was meant.

Many lines may give one picture: `15 kg` and `kg 15` do, behind an Arabic word. So every one is found, and where
more than one may be meant, none is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import product

from rag.articles.formats.bidi import MIRRORED, PAIRS, Mirrored, flipped, paint

LONGEST = 2000
"""Characters of a line beyond which none is read: no page is so wide."""

_KINDS = {"L": "L", "EN": "E", "AN": "A", "R": "R", "AL": "R", "ET": "T", "NSM": "M", "CS": "C"}
_STRETCH = re.compile(r"[^R]*[LEA][^R]*")
_TOKEN = re.compile(r"[LEA][LEAM]*")
_TAIL = re.compile(r"[^LEA]*")
_END = re.compile(r"(?:.*\))?[TM]*")
_MOST = 64
"""Readings of one line, above which it is in none that can be told."""

_NUMBER = r"\d+(?:[.,:/٫٬]\d+)*"
_SIGN_FIRST = re.compile(rf"([%٪])({_NUMBER})")
_DATE = re.compile(r"\b(\d{1,2})-(\d{1,2})-(\d{4})\b")
_UNLIKELY = re.compile(
    r"(?<!\S)[-.,:;!?&/]+(?=[A-Za-z])"  # "-Boeing" for "Boeing-"
    r"|(?<![\w-])(?:\d{2,}-[A-Z]|\d+-[A-Z]{2,})(?!\w*[a-z])"  # "19-COVID"
    r"|\d\S*(?:https?:|www\.)"  # an address behind its own end
    r"|@\d+(?![\w.])"  # "news.ae@99"
    r"|\d[.,:/٫٬][%٪$€£]\d|\d[%٪$€£°][.,:/٫٬]\d"  # "3%.1"
    r"|\A\s|\s\Z"
)


def read_line(
    painted: str,
    *,
    before: Sequence[str] = ("R",),
    cut: bool = False,
    is_latin: bool = False,
    mirrored: Mirrored = MIRRORED,
) -> tuple[str, bool | None]:
    """Return the line of an Arabic paragraph as it is read, and whether that is proven.

    It is False where more than one line may be meant, and None where none at all is painted so.

    Args:
        painted: its characters from the left.
        before: the kinds that the last letter before it in its paragraph may have, L, R or AL, the likeliest
            first; R at the beginning.
        cut: whether a Latin phrase at its end may go on in the next line.
        is_latin: whether it may be a paragraph from left to right as well.
        mirrored: which brackets the file names as they are painted, see `paint`.
    """
    found = [painted] if is_latin else []
    for kind, behind in product(before, "LR" if cut else "R"):
        some = readings(painted, before=kind, behind=behind, mirrored=mirrored)
        if some is None:
            return flipped(painted, mirrored), False
        found += some
    one = _meant(found)
    if one is not None:
        return one, True
    return (found[0], False) if found else (flipped(painted, mirrored), None)


def readings(painted: str, *, before: str = "R", behind: str = "R", mirrored: Mirrored = MIRRORED) -> list[str] | None:
    """Return all lines that stand so when they are painted; None where they are too many to look at.

    `before` and `behind` are the kinds of the letters on the two sides of the line, L, R or AL.
    """
    if len(painted) > LONGEST:
        return None
    parts: list[list[str]] = []
    at = len(painted)
    num_combined = 1
    for stretch in reversed(list(_STRETCH.finditer(kinds_of(painted)))):
        begin, end = stretch.span()
        letter = unicodedata.bidirectional(painted[end]) if end < len(painted) else before
        some = _of_stretch(painted[begin:end], letter, "R" if begin else behind, mirrored)
        num_combined *= len(some) if some is not None else _MOST + 1
        if some is None or num_combined > _MOST:
            return None
        parts += [[flipped(painted[end:at], mirrored)], some]
        at = begin
    parts.append([flipped(painted[:at], mirrored)])
    texts = ["".join(one) for one in product(*parts)]
    shown = partial(paint, before=before, behind=behind, mirrored=mirrored)
    return [text for text in dict.fromkeys(texts) if shown(text) == painted]


def kinds_of(text: str) -> str:
    """Return a letter for each character: L Latin, E and A numbers, R Arabic, and what may stand with a number."""
    return "".join(map(_kind, text))


@cache
def _kind(character: str) -> str:
    return (
        ")"
        if character in ")]}"
        else "("
        if character in "([{"
        else _KINDS.get(unicodedata.bidirectional(character), "O")
    )


def _of_stretch(painted: str, before: str, behind: str, mirrored: Mirrored) -> list[str] | None:
    """The readings of what stands between two Arabic letters; a few that the line proves wrong are among them.

    Built as they are read, from the right: each run from the left ends somewhere and begins somewhere.
    """
    kinds = kinds_of(painted)
    tokens = _tokens(kinds)
    if len(tokens) > _MOST:
        return None
    shown = partial(paint, before=before, mirrored=mirrored)
    found: list[str] = []
    runs = [("", len(painted), end) for end in _ends(kinds, tokens[-1][1], behind)]
    for at in range(len(tokens) - 1, -1, -1):
        longer: list[tuple[str, int, int]] = []
        for read, done, end in runs:
            begins = _begins(kinds, tokens, at, is_first=not read and end == len(painted) and before == "L")
            for begin in begins:
                text = read + flipped(painted[end:done], mirrored) + painted[begin:end]
                if _is_balanced(text) and shown(text, behind="R" if begin else behind) != painted[begin:]:
                    continue
                if at == 0:
                    whole = text + flipped(painted[:begin], mirrored)
                    if not _is_balanced(whole) or shown(whole, behind=behind) == painted:
                        found.append(whole)
                else:
                    longer += [(text, begin, one) for one in _ends(kinds, tokens[at - 1][1], behind) if one < begin]
            if at:
                longer.append((read, done, end))  # the run goes on to the left
        if len(longer) > _MOST:
            return None
        runs = longer
    return found


def _tokens(kinds: str) -> list[tuple[int, int]]:
    """Where letters and digits stand that are in one run for certain: no neutral between two of Latin leaves it."""
    is_plain = "A" not in kinds
    tokens = [match.span() for match in _TOKEN.finditer(kinds)]
    found = tokens[:1]
    for begin, end in tokens[1:]:
        gap = kinds[found[-1][1] : begin]
        if is_plain and kinds[begin] == "L" and not {"(", ")"} & {*gap}:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _ends(kinds: str, end: int, behind: str) -> Iterator[int]:
    """Where a run may end that holds a token which ends at `end`: behind its signs and what closes a bracket."""
    tail = _TAIL.match(kinds, end)
    last = tail.end() if tail else end
    for at in range(end, last + 1):
        if behind == "L" or _END.fullmatch(kinds, end, at):
            yield at


def _begins(kinds: str, tokens: list[tuple[int, int]], at: int, *, is_first: bool) -> Iterator[int]:
    """Where a run may begin that holds a token: before its signs; anywhere, where it goes on with Latin above."""
    begin, left = tokens[at][0], tokens[at - 1][1] if at else 0
    while True:
        yield begin
        begin -= 1
        if begin < left or not (is_first or kinds[begin] == "T"):
            return


def _is_balanced(text: str) -> bool:
    """Whether each bracket has its other one."""
    opened: list[str] = []
    for character in text:
        if character in PAIRS:
            opened.append(PAIRS[character])
        elif character in ")]}" and (not opened or opened.pop() != character):
            return False
    return not opened


def _meant(found: list[str]) -> str | None:
    """The one of the readings of a line that people write; None where two of them may be meant."""
    likely = [one for one in found if _is_balanced(one) and not _UNLIKELY.search(one)] or found
    plain = [one for one in likely if not _SIGN_FIRST.search(one)] or likely
    same = {_DATE.sub(r"\3-\2-\1", _SIGN_FIRST.sub(r"\2\1", one)) for one in likely}
    return plain[0] if plain and len(same) == 1 else None
