"""What a web page says about itself: Open Graph, article tags, JSON-LD, headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, dropwhile, islice
from typing import Any

from rag.articles.formats.blocks import lines_of, stands_apart
from rag.articles.formats.dateline import published
from rag.articles.header import Fields, read_byline
from rag.articles.raw import one_line
from rag.text.dates import find_date
from rag.text.normalise import normalise

_TAGS = {
    "title": ("og:title", "twitter:title", "dc.title", "headline"),
    "outlet": ("og:site_name", "application-name", "dc.publisher"),
    "date": (
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "publishdate",
        "pubdate",
        "dc.date.issued",
        "dc.date",
        "dcterms.created",
        "date",
    ),
    "url": ("og:url",),
    "author": ("author", "article:author", "dc.creator"),
}
_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|ReviewNews\w*)$")
_MARKS = " -–—|·»:"
_SEPARATORS = re.compile(r"\s+[-–—|·»:]\s+|\s*\|\s*")
# Month before day, as programs write that nobody told of another country: with an hour of twelve.
_AMERICAN = re.compile(r"\d{1,2}/\d{1,2}/\d{4}\s+\d{1,2}:\d\d(?::\d\d)?\s*[AP]M\b", re.IGNORECASE)
_UNSET = "1970-01-01"
"""What programs make of no date."""
_NUM_BELOW = 12
_SILENT = frozenset({"br", "script", "style"})
_MAX_VALUE = 300
_MAX_DEPTH = 4
_ABOVE = ("a", "button", "form", "head", "header", "nav", "script", "style")
_TEXT_ABOVE = f"preceding::text()[normalize-space() and not({' or '.join(f'ancestor::{tag}' for tag in _ABOVE)})]"

Metadata = dict[str, str | None]


def read_metadata(tree: Any) -> Metadata:
    """Return title, outlet, date, url and author of a parsed page; None for each that it does not say.

    Args:
        tree: an lxml element.
    """
    tags = _tags(tree)
    headings = [heading for heading in map(_text, tree.iter("h1", "h2", "h3")) if heading]
    window = _text(tree.find(".//title"))
    linked = _own_article(tree, (tags["title"], window, *headings))
    outlet = _first(tags["outlet"], _name(linked.get("publisher")))
    heading = _only_heading(tree, outlet)
    shown = window and _behind_the_site(tree, window)
    title = _first(tags["title"], linked.get("headline"), heading, shown, window, _leading_heading(tree))
    stated = (tags["date"], _value(linked.get("datePublished")))
    days = (find_date(one) for one in stated if one and not _AMERICAN.match(one))
    date = next((day for day in days if day and day != _UNSET), None)
    below = _below_heading(tree)
    if title and outlet and normalise(title) == normalise(outlet):
        title = None
    return {
        "title": _without_outlet(title, outlet, headings) if title else None,
        "outlet": outlet or below.get("outlet"),
        "date": date or published(tree, (tags["title"], _value(linked.get("headline")), window)),
        "url": _address(_canonical(tree), tags["url"]),
        "author": _person(_name(linked.get("author")), tags["author"], below.get("author")),
    }


def _tags(tree: Any) -> dict[str, str | None]:
    """The values of the <meta> tags, the best name of each field first."""
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or _property(element) or ""
        value = _value(element.get("content"))
        if name and value:
            said.setdefault(name.lower(), value)
    return {field: next((said[name] for name in names if name in said), None) for field, names in _TAGS.items()}


def _property(element: Any) -> str | None:
    """The name of a microdatum; None where it is said of a part of the page that is no article, as of a comment."""
    scope = next((one for one in element.iterancestors() if "itemscope" in one.attrib), None)
    if scope is None or scope.tag in {"html", "body"} or _ARTICLE_TYPE.search(scope.get("itemtype", "").strip()):
        return _value(element.get("itemprop"))
    return None


def _own_article(tree: Any, titles: Iterable[str | None]) -> dict[str, Any]:
    """Of the articles that the page describes, the one that has its title; else the first."""
    shown = {normalise(title) for title in titles if title}
    articles = list(_linked_articles(tree))
    own = (one for one in articles if normalise(_value(one.get("headline")) or "") in shown)
    return next(own, articles[0] if articles else {})


def _linked_articles(tree: Any) -> Iterator[dict[str, Any]]:
    """The articles that the page describes in JSON-LD."""
    for element in tree.iter("script"):
        if (element.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(element.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _articles_in(data, _MAX_DEPTH)


def _articles_in(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(data, list) and depth:
        for one in data:
            yield from _articles_in(one, depth - 1)
    elif isinstance(data, dict) and depth:
        kinds = data.get("@type")
        if any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in _as_list(kinds)):
            yield data
        for name in ("@graph", "mainEntity"):
            yield from _articles_in(data.get(name), depth - 1)


def _name(value: object) -> str | None:
    """The name, or the names, of a person or an organisation of JSON-LD."""
    names = [_value(one.get("name") if isinstance(one, dict) else one) for one in _as_list(value)]
    return _value("، ".join(filter(None, names)))


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _only_heading(tree: Any, outlet: str | None) -> str | None:
    """The one main heading of the page, where it is not the name of the site."""
    headings = list(tree.iter("h1"))
    heading = _text(headings[0]) if len(headings) == 1 else None
    if heading and outlet and normalise(heading) == normalise(outlet):
        return None
    return _below_the_site(tree, heading) if heading else None


def _leading_heading(tree: Any) -> str | None:
    """The first heading of the page, where no text stands above it: further down it heads a part of the article."""
    first = next(tree.iter("h1", "h2", "h3"), None)
    return None if first is None or first.xpath(_TEXT_ABOVE) else _text(first)


def _below_the_site(tree: Any, heading: str) -> str:
    """The lesser heading that the window's title has beside the main one, where that is a blog's own name."""
    window = _text(tree.find(".//title")) or ""
    first, *_, last = _SEPARATORS.split(window) * 2
    if normalise(last) == normalise(heading) != normalise(first):
        for lesser in filter(None, map(_text, tree.iter("h2", "h3"))):
            if normalise(lesser) == normalise(first):
                return lesser
    return _behind_the_site(tree, window, heading) or heading


def _behind_the_site(tree: Any, window: str, site: str | None = None) -> str | None:
    """The heading that the window's title ends with, and before it nothing but the name of the site.

    Where that name is not known, it is what is shorter.
    """
    folded = normalise(window)
    for heading in filter(None, map(_text, tree.iter("h1", "h2", "h3"))):
        before = folded.removesuffix(normalise(heading)).rstrip()
        name = before.rstrip(_MARKS)
        is_site = 2 * len(name) < len(folded) if site is None else name == normalise(site)
        if name and name != before != folded and is_site:
            return heading
    return None


def _below_heading(tree: Any) -> Fields:
    """What the short lines soon below the one main heading say: outlet, author."""
    headings = list(tree.iter("h1"))
    if len(headings) != 1:
        return {}
    elements = dropwhile(lambda element: element is not headings[0], tree.iter("*"))
    below = islice(filter(_speaks, elements), 1, _NUM_BELOW)
    lines = [line for element in below for line in _lines(element)]
    ends = list(accumulate(len(line) + 1 for line in lines))
    fields: Fields = {}
    spans = [(end - len(line) - 1, end - 1) for line, end in zip(lines, ends, strict=True)]
    read_byline("\n".join(lines), spans, _text(headings[0]) or "", fields)
    return fields


def _speaks(element: Any) -> bool:
    """Whether an element has text of its own, or lines that `<br>` ends."""
    return element.tag not in _SILENT and bool((element.text or "").strip() or element.find("br") is not None)


def _lines(element: Any) -> list[str]:
    """The lines of an element, as `<br>` ends them; those that are far too long are left out."""
    return list(filter(None, map(_value, lines_of(element))))


def _without_outlet(title: str, outlet: str | None, headings: list[str]) -> str:
    """The title without the name of the site behind it (or before it)."""
    for heading in headings:
        if 2 * len(heading) >= len(title) and normalise(title).startswith(normalise(heading)):
            return heading
    parts = _SEPARATORS.split(title)
    if outlet and len(parts) > 1:
        same = normalise(outlet)
        if normalise(parts[-1]) == same:
            return title[: title.rindex(parts[-1])].rstrip(_MARKS)
        if normalise(parts[0]) == same:
            return title[len(parts[0]) :].lstrip(_MARKS)
    return title


def _canonical(tree: Any) -> str | None:
    links = (element for element in tree.iter("link") if (element.get("rel") or "").lower() == "canonical")
    return next((_value(element.get("href")) for element in links), None)


def _address(*candidates: str | None) -> str | None:
    return next((url for url in candidates if url and url.startswith(("http://", "https://"))), None)


def _person(*candidates: str | None) -> str | None:
    return next((name for name in candidates if name and not name.startswith(("http://", "https://", "@"))), None)


def _first(*candidates: object) -> str | None:
    return next(filter(None, map(_value, candidates)), None)


def _text(element: Any) -> str | None:
    """What an element says, on one line."""
    return None if element is None else _value("".join(_pieces(element)))


def _pieces(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element.iterchildren("*"):
        apart = " " if child.tag == "br" or stands_apart(child) else ""
        yield apart
        yield from _pieces(child)
        yield apart + (child.tail or "")


def _value(value: object) -> str | None:
    """A value on one line; None where it is no text, empty or far too long."""
    line = one_line(value) if isinstance(value, str) else ""
    return line if 0 < len(line) <= _MAX_VALUE else None
