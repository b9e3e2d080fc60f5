"""What a page says about itself: title, outlet, date, author and address, above, under and after its text."""

from __future__ import annotations

import re

from rag.articles.byline import (
    MAX_BYLINE,
    Days,
    find_days,
    find_names,
    is_masthead,
    is_outlet,
    is_short,
    parts_of,
    split_date,
)
from rag.articles.raw import one_line
from rag.schema import Span
from rag.text.dates import find_date
from rag.text.normalise import normalise

MAX_TITLE_LINE = 150
_LABELS = {
    "title": "العنوان|عنوان|عنوان الخبر|title|headline",
    "date": "التاريخ|تاريخ|تاريخ النشر|نشر في|نشر بتاريخ|تاريخ الخبر|date|published",
    "updated": "آخر تحديث|تاريخ التحديث|updated|last updated",
    "outlet": "المصدر|مصدر|مصدر الخبر|الجهة|الصحيفة|الموقع|outlet|source|publisher",
    "author": "الكاتب|الكاتبة|كاتب|بقلم|كتب|كتبت|المحرر|author|byline",
    "url": "الرابط|رابط|رابط الخبر|url|link",
}
_FIELD_OF = {normalise(label): name for name, row in _LABELS.items() for label in row.split("|")}
# Markdown may make the label bold: **المصدر:** …
_LABELLED = re.compile(r"[#*>\s]*([^\W\d_][^:：*\n]{1,20}?)\**\s*[:：]\s*\**\s*([^\s*].*)")
_LABELLED_LINE = re.compile(
    r"^[^\S\n]*(المصدر|مصدر الخبر|التاريخ|تاريخ النشر)[^\S\n]*[:：][^\S\n]*(\S[^\n]*)", re.MULTILINE
)
_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\n((?:(?!---[^\S\n]*\n)[^\n]*\n){0,50}?)---[^\S\n]*(?:\n|\Z)")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_DATES = ("date", "updated")

Fields = dict[str, str]
"""By name: title, outlet, date, author, url; updated and agency, for `settle`. What a page says first holds."""


def read_front_matter(text: str, fields: Fields) -> int:
    """Read a `---` block of `key: value` lines at the top; return where the page begins after it."""
    block = _FRONT_MATTER.match(text)
    if block is None:
        return 0
    pairs = [line.partition(":") for line in block[1].split("\n") if line.strip()]
    if not pairs or not all(colon for _, colon, _ in pairs):
        return 0
    for key, _, value in pairs:
        name = _FIELD_OF.get(normalise(key).strip())
        if name is not None:
            _add(fields, name, value)
    return block.end()


def read_labels(text: str, lines: list[Span], fields: Fields) -> list[Span]:
    """Read the lines `label: value`, dates and bylines above the title; return the lines from the title on."""
    for at, (start, end) in enumerate(lines):
        name, value_at = _label(text, start, end)
        line = one_line(text[start:end])
        if at == len(lines) - 1 or (name is None and not is_masthead(line)):
            heading = _HEADING.match(text, start, end)
            return [(heading.end() if heading else start, end), *lines[at + 1 :]]
        if name is None:
            _add(fields, "outlet", _read_parts(line, fields) or "")
            continue
        _add_labelled(fields, name, line, text[value_at:end])
        if name == "title":
            return [(value_at, end), *lines[at + 1 :]]
    return lines


def read_byline(text: str, lines: list[Span], title: str, fields: Fields) -> None:
    """Read outlet, date and author off the short lines under the title."""
    outlet: str | None = None
    is_byline = False
    for start, end in lines:
        name, value_at = _label(text, start, end)
        line = one_line(text[start:end])
        if name is not None and end - start <= MAX_TITLE_LINE:
            _add_labelled(fields, name, line, text[value_at:end])
            is_byline = True
            continue
        if line == title:
            continue
        if not is_short(line):
            break
        is_byline = is_byline or any(find_days(line))
        named = _read_parts(line, fields)
        outlet = outlet or named
    if is_byline:  # alone, such a line may be a caption or a heading
        _add(fields, "outlet", outlet or "")


def is_byline(line: str) -> bool:
    """Whether a line says when, where or by whom an article was published, and nothing of what it tells."""
    name, value_at = _label(line, 0, len(line))
    if name is not None:
        return len(line) - value_at <= MAX_BYLINE
    return is_short(line) and (any(find_days(line)) or any(map(is_outlet, (line, *parts_of(line)))))


def read_labelled_lines(text: str, fields: Fields) -> None:
    """Read outlet and date off the first lines `المصدر: …` and `التاريخ: …`, wherever they stand."""
    for match in _LABELLED_LINE.finditer(text):
        name, value = _FIELD_OF[normalise(match[1])], match[2].rstrip()
        if is_short(value):
            said: Fields = {}
            _add_labelled(said, name, match[0], value)
            _add(fields, name, said.get(name, ""))  # the day beside a source may be that of a table or a picture


def settle(fields: Fields) -> None:
    """Let the day of an update be the date, and an agency the outlet, where the page names no other."""
    for name, instead in (("date", "updated"), ("outlet", "agency")):
        if instead in fields:
            fields.setdefault(name, fields[instead])


def _read_parts(line: str, fields: Fields) -> str | None:
    """Read date and agency off a byline without a label; return the outlet that it may name."""
    days, names = find_days(line), find_names(parts_of(line))
    if any(days):
        _add_days(fields, days)
        _add(fields, "agency", names.agency or "")
    return names.outlet


def _label(text: str, start: int, end: int) -> tuple[str | None, int]:
    """The field that a line `label: value` names, and where its value begins; None for any other line."""
    match = _LABELLED.match(text, start, end)
    if match is None:
        return None, start
    return _FIELD_OF.get(normalise(match[1]).strip()), match.start(2)


def _add_labelled(fields: Fields, name: str, line: str, value: str) -> None:
    """Add what a line `label: value` says: a date beside an author or an outlet too."""
    dated = split_date(one_line(value)) if name in ("author", "outlet") else None
    if dated is None:
        if name in _DATES:
            _add_days(fields, find_days(line))
        _add(fields, name, value)
        return
    _add_days(fields, dated.days)
    written = dated.before or dated.after
    outlet, agency, others = find_names([*parts_of(dated.before), *parts_of(dated.after)])
    if name == "outlet":
        _add(fields, name, outlet or agency or next(iter(others), ""))
        return
    _add(fields, name, _author(others, written, beside_agency=agency is not None))
    _add(fields, "outlet", outlet or "")
    _add(fields, "agency", agency or "")


def _author(names: list[str], written: str, *, beside_agency: bool) -> str:
    """The author among the names of a byline: which of several it is nobody knows, so all stay as they are written."""
    if len(names) > 1:
        return written
    if beside_agency and not any(" " in name for name in names):  # the town that the agency writes from
        return ""
    return "".join(names)


def _add_days(fields: Fields, days: Days) -> None:
    for name, day in zip(_DATES, days, strict=True):
        _add(fields, name, day or "")


def _add(fields: Fields, name: str, value: str) -> None:
    value = one_line(value.strip().strip("\"'"))
    if name in _DATES:
        value = find_date(value) or ""
    if value:
        fields.setdefault(name, value)
