"""One line that tells of an article: the parts that are its date, its outlet and its author."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from rag.text.dates import find_date_line
from rag.text.normalise import normalise

# How the names of papers, agencies and sites begin. The Suez Canal is in the headlines, and is no channel.
_OUTLET = re.compile(
    r"(?:صحيفة|جريدة|وكالة|مجلة|ملحق|موقع|شبكة|بوابة|منصة|قناة(?! السويس)|تلفزيون|إذاعة|اذاعة|راديو)"
    r"(?: (?!\S*\.\.)[^\s:!؟]+){1,4}"
)
# The agencies whose news Arabic papers print, under names that do not say "agency". A short list: a name that is
# missing gives no outlet, a name that means something else gives a wrong one.
_AGENCIES = frozenset(
    normalise(
        "رويترز|أ ف ب|أ.ف.ب|فرانس برس|أسوشيتد برس|أسوشييتد برس|الأسوشيتد برس|الأناضول|سبوتنيك|د ب أ|د.ب.أ|أ ش أ|أ.ش.أ|"
        "واس|وام|سانا|شينخوا|كونا"
    ).split("|")
)
# Names that are a town or a person too: an agency only where it writes from home.
_HOMES = {normalise(name): normalise(home) for name, home in (("قنا", "الدوحة"), ("بترا", "عمان"), ("مينا", "القاهرة"))}
_PARTS = re.compile(r"\s+[-–—|/·]\s+|\s*[|·]\s*")
_MARKS = re.compile(rf"{_PARTS.pattern}|\s*[،,]\s*")
_BRACKETS = re.compile(r"[()«»\"/]")
_STAMP = re.compile(r"\b(?:(?:اخر|تاريخ)\s)?(?:النشر|نشرت?|(?:ال)?تحديث|published|(?:last\s)?updated)\b")
_UPDATED = re.compile(r"\D*\b(?:(?:ال)?تحديث|updated)\b")
# So a history column is called ("happened on …"); without its diacritics "updated on" looks the same.
_HAPPENED = re.compile(r"\bحدث\b")
MAX_BYLINE = 60
_MAX_DATED = 150
_MAX_PLACE = 2
"""Words in the name of the town that an agency writes from."""
_MAX_BESIDE = 3
"""Words in the name, of a town or an author, that has an agency in brackets behind it."""
_SENTENCE_ENDS = (".", "؟", "!", ":", "؛", "،", "…")


class Days(NamedTuple):
    """The dates of a line: of publication, and of an update."""

    date: str | None = None
    updated: str | None = None


class Names(NamedTuple):
    """Whom a byline names: an outlet that calls itself so, a known agency, and others: an author, a town."""

    outlet: str | None
    agency: str | None
    others: list[str]


class Dated(NamedTuple):
    """A line with its dates, and what stands before and behind them."""

    before: str
    days: Days
    after: str


def parts_of(line: str) -> list[str]:
    """Return what a byline says one after the other: outlet, author and date, as dashes and bars part them."""
    return _PARTS.split(line)


def is_short(line: str) -> bool:
    """Whether a line is too short to be a paragraph, and no sentence."""
    return len(line) <= MAX_BYLINE and not line.endswith(_SENTENCE_ENDS)


def is_outlet(part: str) -> bool:
    """Whether a part of a byline is named as papers, agencies and sites are: "صحيفة …"."""
    return _OUTLET.fullmatch(part) is not None


def find_names(parts: list[str]) -> Names:
    """Return whom the parts of a byline name; an agency also where it stands in brackets: "بيروت (رويترز)"."""
    outlet = next(filter(is_outlet, parts), None)
    agency: str | None = None
    others: list[str] = []
    home = ""
    for part in parts:
        if is_outlet(part) or any(_days_of(part)):
            continue
        names = [name.strip() for name in _BRACKETS.split(part) if any(map(str.isalpha, name))]
        found = [name for at, name in enumerate(names) if _is_agency(name, names[at - 1] if at else home)]
        beside = [name for name in names if name not in found]
        if found and len(" ".join(beside).split()) <= _MAX_BESIDE:
            agency = agency or found[0]
            others += beside
        elif names:
            others.append(part)
        home = names[-1] if names else home
    return Names(outlet, agency, others)


def find_days(line: str) -> Days:
    """Return the dates of a byline, each from a part that says nothing else."""
    found = [_days_of(part) for part in (line, *parts_of(line))]
    return Days(*(next(filter(None, each), None) for each in zip(*found, strict=True)))


def split_date(line: str) -> Dated | None:
    """Part a line from the dates that stand at its beginning, at its end or between two marks; None without any."""
    if len(line) > _MAX_DATED:
        return None
    marks = list(_MARKS.finditer(line))
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(line)]
    for first, start in enumerate(starts):
        for last in range(len(ends) - 1, first - 1, -1):
            days = _days_of(line[start : ends[last]])
            if any(days):
                before = line[: ends[first - 1]] if first else ""
                return Dated(before, days, line[starts[last + 1] :] if last + 1 < len(starts) else "")
    return None


def is_masthead(line: str) -> bool:
    """Whether a line above all others tells of the article and is no headline: a date, or a byline with its date.

    A headline may hold a date too, and the name of a paper behind it, as the window of a browser shows it.
    """
    if len(line) > _MAX_DATED or line.startswith("#") or _HAPPENED.search(normalise(line)):
        return False
    if any(_days_of(line)):
        return True
    if not is_short(line) or not any(find_days(line)):
        return False
    outlet, agency, others = find_names(parts_of(line))
    if agency is None:
        return outlet is not None and not others
    return not others or (len(others) == 1 and len(others[0].split()) <= _MAX_PLACE)


def _is_agency(name: str, home: str) -> bool:
    folded = normalise(name)
    return folded in _AGENCIES or (folded in _HOMES and _HOMES[folded] == normalise(home))


def _days_of(part: str) -> Days:
    """The dates of a line, or a part of one, that says nothing else."""
    if not any(map(str.isdigit, part)):
        return Days()
    folded = normalise(part)
    cuts = [0, *(stamp.start() for stamp in _STAMP.finditer(folded)), len(folded)]
    pieces = [piece for start, end in pairwise(cuts) if (piece := folded[start:end]).strip()]
    found = [find_date_line(piece) for piece in pieces]
    if not all(found):
        pieces, found = [folded], [find_date_line(folded)]
    kinds = [bool(_UPDATED.match(piece)) for piece in pieces]
    return Days(
        next((day for day, updated in zip(found, kinds, strict=True) if not updated), None),
        next((day for day, updated in zip(found, kinds, strict=True) if updated), None),
    )
