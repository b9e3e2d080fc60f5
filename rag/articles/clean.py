"""RawArticles to Articles: title, outlet and date found, the body selected. Nothing is rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rag.articles.furniture import find_lines, num_kept
from rag.articles.read import RawArticle, Skipped, one_line
from rag.schema import Article, Span
from rag.text.dates import find_date, find_date_line
from rag.text.normalise import normalise
from rag.text.sentences import split_sentences

CLEANER = "tail/1"
"""Stored with every article: a change of what `clean` returns needs a new number here."""

MAX_TITLE_LINE = 150
MAX_TITLE_CUT = 120
_TITLE_SCAN = 1000
_MAX_HEADER_LINES = 8
_MAX_BETWEEN_TITLES = 60
_MAX_OUTLET = 60

_LABELS = {
    "title": "العنوان|عنوان|عنوان الخبر|title|headline",
    "date": "التاريخ|تاريخ|تاريخ النشر|نشر في|نشر بتاريخ|تاريخ الخبر|date|published",
    "outlet": "المصدر|مصدر|مصدر الخبر|الصحيفة|الموقع|outlet|source|publisher",
    "author": "الكاتب|الكاتبة|كاتب|بقلم|المحرر|author|byline",
    "url": "الرابط|رابط|رابط الخبر|url|link",
}
_FIELD_OF = {normalise(label): name for name, row in _LABELS.items() for label in row.split("|")}
_LABELLED = re.compile(r"(?:[#*>\s]*)([^\W\d_][^:：\n]{1,20}?)\**\s*[:：]\s*\**\s*(\S.*)")
_SOURCE_LINE = re.compile(r"^[^\S\n]*(?:المصدر|مصدر الخبر)[^\S\n]*[:：][^\S\n]*(\S[^\n]*)", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\n((?:[^\n]*\n)*?)---[^\S\n]*(?:\n|\Z)")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_BULLETS = "•●▪*-–— \t\u00a0#"
_WORD = re.compile(r"[^\W_]")


@dataclass(slots=True)
class _Found:
    """What a page says about itself: fields by name, and where the lines stand that say it."""

    fields: dict[str, str] = field(default_factory=dict)
    title_at: int | None = None

    def add(self, name: str, value: str) -> None:
        value = one_line(value.strip().strip("\"'"))
        if name == "date":
            value = find_date(value) or ""
        if value:
            self.fields.setdefault(name, value)


def clean(raw: RawArticle) -> Article | Skipped:
    """Return the Article of `raw`, or a Skipped where no word is left."""
    text = raw.text
    found = _Found()
    start = _read_front_matter(text, found) if raw.title is None else 0
    lines = find_lines(text, start, len(text))
    if not any(_WORD.search(text, *line) for line in lines):
        return Skipped(raw.source, "no_text", "no word in it")
    if raw.title is None:
        lines = _read_labels(text, lines, found)
    kept = lines[: num_kept(text, lines)]
    title = raw.title or found.fields.get("title") or _title(text, kept)
    body = _body(text, kept, title, found)
    if raw.outlet is None:
        _read_source_line(text, found)
    return Article(
        source=raw.source,
        title=title,
        text=text,
        body=body,
        outlet=raw.outlet or found.fields.get("outlet"),
        date=raw.date or found.fields.get("date"),
        url=raw.url or found.fields.get("url"),
        author=raw.author or found.fields.get("author"),
    )


def _read_front_matter(text: str, found: _Found) -> int:
    """Read a `---` block of `key: value` at the top; return where the page begins after it."""
    block = _FRONT_MATTER.match(text)
    if block is None:
        return 0
    pairs = [line.partition(":") for line in block[1].split("\n") if line.strip()]
    if not pairs or not all(colon for _, colon, _ in pairs):
        return 0
    for key, _, value in pairs:
        name = _FIELD_OF.get(normalise(key).strip())
        if name is not None:
            found.add(name, value)
    return block.end()


def _read_labels(text: str, lines: list[Span], found: _Found) -> list[Span]:
    """Read the lines `label: value` above the title; return the lines from the title on."""
    for at, (start, end) in enumerate(lines[:_MAX_HEADER_LINES]):
        name, value_at = _label(text, start, end)
        if name is None or at == len(lines) - 1:
            heading = _HEADING.match(text, start, end)
            return [(heading.end() if heading else start, end), *lines[at + 1 :]]
        found.add(name, text[value_at:end])
        if name == "title":
            return [(value_at, end), *lines[at + 1 :]]
    return lines


def _label(text: str, start: int, end: int) -> tuple[str | None, int]:
    match = _LABELLED.match(text, start, end)
    if match is None:
        return None, start
    return _FIELD_OF.get(normalise(match[1]).strip()), match.start(2)


def _title(text: str, lines: list[Span]) -> str:
    """The first line, where it is short and text follows; else the first sentence, cut at a word."""
    start, end = lines[0]
    if len(lines) > 1 and end - start <= MAX_TITLE_LINE:
        return one_line(text[start:end])
    sentences = split_sentences(text, start, min(lines[-1][1], start + _TITLE_SCAN))
    first = one_line(text[slice(*sentences[0])]) if sentences else one_line(text[start:end])
    if len(first) <= MAX_TITLE_CUT:
        return first
    cut = first[: MAX_TITLE_CUT + 1].rfind(" ")
    return first[: cut if cut > 0 else MAX_TITLE_CUT].rstrip(" ،,؛")


def _body(text: str, lines: list[Span], title: str, found: _Found) -> tuple[Span, ...]:
    """Select the lines that are the article: all but the header's repeated title and its metadata."""
    same = normalise(title).strip(_BULLETS)
    repeats = [at for at, line in enumerate(lines[:_MAX_HEADER_LINES]) if _says(text, line, same)]
    first = 0
    for at in repeats[1:]:
        if all(end - start <= _MAX_BETWEEN_TITLES for start, end in lines[repeats[0] + 1 : at]):
            _read_header(text, lines[repeats[0] + 1 : at], found)
            first = at
    dropped = {at for at in repeats if at > first} if repeats else set()
    after = first + 1
    while after < min(len(lines), first + _MAX_HEADER_LINES) and (
        after in dropped or _read_header(text, lines[after : after + 1], found)
    ):
        dropped.add(after)
        after += 1
    if after == len(lines):
        dropped.clear()
    return _joined([(at, lines[at]) for at in range(first, len(lines)) if at not in dropped])


def _says(text: str, line: Span, same: str) -> bool:
    """Whether a line is the title once more, bullets aside."""
    start, end = line
    return end - start <= 2 * len(same) + 10 and normalise(text[start:end]).strip(_BULLETS) == same


def _read_header(text: str, lines: list[Span], found: _Found) -> bool:
    """Read outlet, date and author lines under the title; return whether there was nothing else."""
    only = True
    for start, end in lines:
        name, value_at = _label(text, start, end)
        if name is not None and end - start <= MAX_TITLE_LINE:
            found.add(name, text[value_at:end])
            continue
        day = find_date_line(text[start:end])
        if day is None:
            only = False
        else:
            found.fields.setdefault("date", day)
    return only


def _joined(numbered: list[tuple[int, Span]]) -> tuple[Span, ...]:
    """Neighbouring lines become one span."""
    spans: list[Span] = []
    last = None
    for at, (start, end) in numbered:
        if spans and last == at - 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        last = at
    return tuple(spans)


def _read_source_line(text: str, found: _Found) -> None:
    """Read the outlet off the page's last line `المصدر: …` that names one."""
    if "outlet" in found.fields or "مصدر" not in text:
        return
    names = [one_line(match[1]) for match in _SOURCE_LINE.finditer(text)]
    names = [name for name in names if len(name) <= _MAX_OUTLET and not name.endswith((".", "؟", ":"))]
    if names:
        found.add("outlet", names[0])
