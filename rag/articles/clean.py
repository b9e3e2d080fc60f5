"""RawArticles to Articles: title, outlet and date found, the body selected. Nothing is rewritten."""

from __future__ import annotations

import re
from itertools import islice

from rag.articles.furniture import find_lines, num_kept
from rag.articles.header import (
    MAX_TITLE_LINE,
    Fields,
    read_byline,
    read_front_matter,
    read_labelled_lines,
    read_labels,
    settle,
)
from rag.articles.raw import EXTRACTED, RawArticle, Skipped, one_line
from rag.schema import Article, Span
from rag.text.normalise import normalise
from rag.text.sentences import split_sentences

CLEANER = "tail/3"
"""Stored with every article: a change of what `clean` returns needs a new number here."""

MAX_TITLE_CUT = 120
_TITLE_SCAN = 1000
_NUM_HEADER_LINES = 8
_MAX_BYLINE = 60
# Furniture does not run longer than this, whatever the page.
_TAIL = 20_000
_BULLETS = "•●▪*-–— \t\u00a0#"
_WORD = re.compile(r"[^\W_]")


def clean(raw: RawArticle) -> Article | Skipped:
    """Return the Article of `raw`, or a Skipped where no word is left.

    The body ends before the furniture at the page's end; whatever else may be furniture stays.
    """
    text = raw.text
    fields: Fields = {}
    start = 0 if raw.title else read_front_matter(text, fields)
    word = _WORD.search(text, start)
    if word is None:
        return Skipped(raw.source, "no_text", "no word in it")
    start = max(start, text.rfind("\n", start, word.start()) + 1)  # rules and dots above it are no title
    end = _end(text, start)
    lines = list(islice(find_lines(text, start, end), _NUM_HEADER_LINES + 1))
    if not raw.title:
        lines = read_labels(text, lines, fields)
    title = raw.title or fields.get("title") or _title(text, lines, end) or raw.source
    if not raw.title or raw.encoding in EXTRACTED:
        read_byline(text, lines[1:_NUM_HEADER_LINES], title, fields)
    if raw.outlet is None or raw.date is None:
        read_labelled_lines(text, fields)
    settle(fields)
    return Article(
        source=raw.source,
        title=title,
        text=text,
        body=_body(text, lines, end, title),
        outlet=raw.outlet or fields.get("outlet"),
        date=raw.date or fields.get("date"),
        url=raw.url or fields.get("url"),
        author=raw.author or fields.get("author"),
    )


def _end(text: str, start: int) -> int:
    """Where the article ends and the furniture begins."""
    end = len(text.rstrip())
    tail = max(start, text.rfind("\n", start, end - _TAIL) + 1) if end - start > _TAIL else start
    lines = list(find_lines(text, tail, end))
    return lines[num_kept(text, lines) - 1][1]


def _title(text: str, lines: list[Span], end: int) -> str:
    """The first line, where it is short and text follows; else the first sentence, cut at a word."""
    start, line_end = lines[0]
    if len(lines) > 1 and line_end - start <= MAX_TITLE_LINE:
        title = _without_bullet(text[start:line_end])
        if title:
            return title
    sentences = split_sentences(text, start, min(end, start + _TITLE_SCAN))
    first = next(filter(None, (_without_bullet(text[slice(*sentence)]) for sentence in sentences)), "")
    if len(first) <= MAX_TITLE_CUT:
        return first
    cut = first[: MAX_TITLE_CUT + 1].rfind(" ")
    return first[: cut if cut > 0 else MAX_TITLE_CUT].rstrip(" ،,؛")


def _without_bullet(line: str) -> str:
    return one_line(line).lstrip("•●▪* ")


def _body(text: str, lines: list[Span], end: int, title: str) -> tuple[Span, ...]:
    """Select what is the article: all to `end`, but a title line at the top that comes once more.

    Where nothing but a byline stands between the two, the body begins at the second; else the second
    is left out.
    """
    start = lines[0][0]
    same = normalise(title).strip(_BULLETS)
    if not same or not _says(text, lines[0], same):
        return ((start, end),)
    spans: list[Span] = []
    first = last = 0
    for at in range(1, len(lines) - 1):
        if not _says(text, lines[at], same):
            continue
        if all(end - start <= _MAX_BYLINE for start, end in lines[first + 1 : at]):
            first, start = at, lines[at][0]
        else:
            if at > last + 1 or not spans:
                spans.append((start, lines[at - 1][1]))
            last, start = at, lines[at + 1][0]
    return (*spans, (start, end))


def _says(text: str, line: Span, same: str) -> bool:
    """Whether a line is the title (normalised, as `same`) and no more, bullets aside."""
    start, end = line
    return end - start <= 2 * len(same) + 10 and normalise(text[start:end]).strip(_BULLETS) == same
