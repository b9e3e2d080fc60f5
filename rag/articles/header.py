"""What a page says about itself: title, outlet, date, author and address, above, under and after its text."""

from __future__ import annotations

import re

from rag.articles.raw import one_line
from rag.schema import Span
from rag.text.dates import find_date, find_date_line
from rag.text.normalise import normalise

MAX_TITLE_LINE = 150
_MAX_BYLINE = 60
_LABELS = {
    "title": "العنوان|عنوان|عنوان الخبر|title|headline",
    "date": "التاريخ|تاريخ|تاريخ النشر|نشر في|نشر بتاريخ|تاريخ الخبر|date|published",
    "outlet": "المصدر|مصدر|مصدر الخبر|الصحيفة|الموقع|outlet|source|publisher",
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
# How the names of papers, agencies and sites begin.
_OUTLET = re.compile(
    r"(?:صحيفة|جريدة|وكالة|مجلة|ملحق|موقع|شبكة|بوابة|منصة|قناة|تلفزيون|إذاعة|اذاعة|راديو) \S+(?: \S+){0,3}"
)
_PARTS = re.compile(r"\s+[-–—|/·]\s+|\s*[|·]\s*")
_SENTENCE_ENDS = (".", "؟", "!", ":", "؛", "،", "…")

Fields = dict[str, str]
"""By name: title, outlet, date, author, url. What a page says first holds."""


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
    """Read the lines `label: value` above the title; return the lines from the title on."""
    for at, (start, end) in enumerate(lines):
        name, value_at = _label(text, start, end)
        if name is None or at == len(lines) - 1:
            heading = _HEADING.match(text, start, end)
            return [(heading.end() if heading else start, end), *lines[at + 1 :]]
        _add(fields, name, text[value_at:end])
        if name == "title":
            return [(value_at, end), *lines[at + 1 :]]
    return lines


def read_byline(text: str, lines: list[Span], title: str, fields: Fields) -> None:
    """Read outlet, date and author off the short lines under the title."""
    outlets: list[str] = []
    is_byline = False
    for start, end in lines:
        name, value_at = _label(text, start, end)
        if name is not None and end - start <= MAX_TITLE_LINE:
            _add(fields, name, text[value_at:end])
            is_byline = True
            continue
        line = one_line(text[start:end])
        if line == title:
            continue
        if len(line) > _MAX_BYLINE or line.endswith(_SENTENCE_ENDS):
            break
        parts = [line] if find_date_line(line) else parts_of(line)
        days = [day for day in map(find_date_line, parts) if day]
        if days:
            fields.setdefault("date", days[0])
            is_byline = True
        outlets.extend(part for part in parts if _OUTLET.fullmatch(part))
    if is_byline and outlets:  # alone, such a line may be a caption or a heading
        _add(fields, "outlet", outlets[0])


def parts_of(line: str) -> list[str]:
    """Return what a byline says one after the other: outlet, author and date, as dashes and bars part them."""
    return _PARTS.split(line)


def is_byline(line: str) -> bool:
    """Whether a line says when, where or by whom an article was published, and nothing of what it tells."""
    name, value_at = _label(line, 0, len(line))
    if name is not None:
        return len(line) - value_at <= _MAX_BYLINE
    if len(line) > _MAX_BYLINE or line.endswith(_SENTENCE_ENDS):
        return False
    return any(find_date_line(part) or _OUTLET.fullmatch(part) for part in (line, *parts_of(line)))


def read_labelled_lines(text: str, fields: Fields) -> None:
    """Read outlet and date off the first lines `المصدر: …` and `التاريخ: …`, wherever they stand."""
    for match in _LABELLED_LINE.finditer(text):
        value = match[2].rstrip()
        if len(value) <= _MAX_BYLINE and not value.endswith(_SENTENCE_ENDS):
            _add(fields, _FIELD_OF[normalise(match[1])], value)


def _label(text: str, start: int, end: int) -> tuple[str | None, int]:
    """The field that a line `label: value` names, and where its value begins; None for any other line."""
    match = _LABELLED.match(text, start, end)
    if match is None:
        return None, start
    return _FIELD_OF.get(normalise(match[1]).strip()), match.start(2)


def _add(fields: Fields, name: str, value: str) -> None:
    value = one_line(value.strip().strip("\"'"))
    if name == "date":
        value = find_date(value) or ""
    if value:
        fields.setdefault(name, value)
