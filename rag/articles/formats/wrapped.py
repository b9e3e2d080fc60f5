"""Sentences of a web page that its lines cut: a text wrapped at a width, with `<br>` at the end of each line.

A verse, a list and an address have such lines too: what joins them must be more than a missing full stop.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.articles.header import is_byline

Break = tuple[int, int]
"""The number of a run of lines, and that of the line in it which the break ends."""

_NARROWEST, _WIDEST = 40, 160
"""Characters; shorter lines are lists, verses or addresses, and longer ones paragraphs."""
_ENOUGH = 3
"""Full lines of a page; two are as long as each other by chance."""
_FULL_TO_OTHERS = 5
"""Lines of about that width which end early are found in lists and verses, of a wrapped text next to none."""
_SLACKS = ((0.0, 1), (0.1, 2))
"""How much shorter than the widest a full line may be, and how many signs of prose it takes then: text wrapped at a
width in characters, or on a screen. What each brings is measured in decision 0030."""
_MARKS = "['\"»”’)\\]]*"
_END = re.compile(rf"[.!?؟…:؛۔]{_MARKS}$")
_INNER_END = re.compile(rf"[^\W\d_]{{3,}}{_MARKS}\s?[.؟]{_MARKS}\s+[^\W\d_]")
_ITEM = re.compile(r"\W{0,2}\d{1,2}\s?[-–—.):/](?!\d)|[-–—•●▪*·#]|[^:،.]{1,25}:")
_OPENING = "(['\"«“‘"
_VOWELS = re.compile("[\u064b-\u0652\u0640]")
_LEADING = (
    "في من إلى الى عن بين حتى منذ خلال عند لدى بسبب عبر بشأن مثل سوى ومن وفي وعلى وإلى والى وعن",
    "أن ان إن بأن بان لأن لان وأن وان وإن فإن فان التي الذي الذين والتي والذي كما لكن ولكن ثم أو او قد وقد لم لن",
)
_LEADS_ON = frozenset(word for row in _LEADING for word in row.split())
"""Words that no line ends with which stands by itself; «على» is a man's name too, and «ضد» a vote."""


def find_wraps(runs: Sequence[Sequence[str]]) -> set[Break]:
    """Return the breaks that cut a sentence, and no other.

    Args:
        runs: the lines of a page that follow each other, none of them empty.
    """
    found = {
        (number, at)
        for number, lines in enumerate(runs)
        for at in range(len(lines) - 1)
        if len(lines[at]) >= _NARROWEST and _leads_on(lines[at])
    }
    stretches = [stretch for number, lines in enumerate(runs) for stretch in _stretches(number, lines)]
    for slack, num_signs in _SLACKS:
        wrapped = _wrapped(stretches, slack, num_signs)
        if wrapped:
            found |= wrapped
            break
    return {(number, at) for number, at in found if not _stand_apart(*runs[number][at : at + 2])}


class _Stretch:
    """Lines of which the last alone ends a sentence, and the width at which each other one would still be full."""

    def __init__(self, number: int, first: int, lines: Sequence[str]) -> None:
        self.number, self.first, self.lines = number, first, lines
        self.widest = max(map(len, lines))
        self.reaches = [len(line) + len(after.split(maxsplit=1)[0]) for line, after in pairwise(lines)]


def _stretches(number: int, lines: Sequence[str]) -> Iterator[_Stretch]:
    first = 0
    for at, line in enumerate(lines):
        if _END.search(line):
            if at > first:
                yield _Stretch(number, first, lines[first : at + 1])
            first = at + 1


def _wrapped(stretches: Iterable[_Stretch], slack: float, num_signs: int) -> set[Break]:
    """The breaks behind the full lines of a text that is wrapped at a width; none where no such text shows."""
    fitting = [stretch for stretch in stretches if stretch.widest <= _WIDEST]
    full: Counter[int] = Counter()
    for stretch in fitting:
        for reach in stretch.reaches:
            full.update(range(max(stretch.widest, _NARROWEST), min(_WIDEST, int(reach / (1 - slack))) + 1))
    width = min(full, key=lambda one: (-full[one], one), default=0)
    found: set[Break] = set()
    leads = inner = others = 0
    for stretch in fitting if width else ():
        if stretch.widest > width:
            continue
        is_full = [int(reach / (1 - slack)) >= width for reach in stretch.reaches]
        pairs = list(zip(is_full, stretch.lines, strict=False))
        early = sum(not one and 2 * len(line) >= width for one, line in pairs)
        others += early
        if early > 1:  # one may be a heading
            continue
        above = len(pairs) - next((at for at, one in enumerate(reversed(is_full)) if not one), len(pairs))
        found.update((stretch.number, stretch.first + at) for at in range(above, len(pairs)))
        leads += sum(_leads_on(line) for _, line in pairs[above:])
        inner += sum(bool(_INNER_END.search(line)) and not _leads_on(line) for _, line in pairs[above:])
    # short items of two sentences, as advertisements and briefs are, have an end within, and none leads on
    is_prose = leads + inner >= num_signs and (leads > 0 or (slack == 0 and inner < len(found)))
    return found if is_prose and len(found) >= _ENOUGH and others * _FULL_TO_OTHERS <= len(found) else set()


def _leads_on(line: str) -> bool:
    return _VOWELS.sub("", line.rsplit(maxsplit=1)[-1]).lstrip(_OPENING) in _LEADS_ON


def _stand_apart(line: str, after: str) -> bool:
    """Whether two lines are an item or a byline and another, or would make one number of two."""
    numbers = line[-1].isdigit() and after[0].isdigit()
    return numbers or bool(_ITEM.match(after)) or is_byline(line) or is_byline(after)
