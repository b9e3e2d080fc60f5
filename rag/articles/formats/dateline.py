"""When the article of a web page was published, where the page's metadata do not say: <time>, and lines near its title.

A page has other dates: of today above it, of other articles, of comments, of what the article tells. Of those none is
taken, nor any that may be one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

from rag.articles.byline import parts_of
from rag.articles.formats.blocks import lines_of, stands_apart
from rag.articles.furniture import is_furniture
from rag.text.dates import find_date, find_date_line
from rag.text.normalise import normalise

Place = Literal["above", "near", "lead", "below"]
"""Before the title of the article, between it and the text, behind one paragraph, or further down."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_TITLES = ("h1", "h2", "h3")
_FOREIGN_TAGS = frozenset(
    {"head", "script", "style", "nav", "aside", "form", "button", "select", "figure", "figcaption"}
)
_FOREIGN = re.compile(
    r"(?:^|[\s_-])(?:comment|disqus|respon[ds]|repl(?:y|ies)|related|teaser|sidebar|widget|ticker|breaking|latest|recent"
    r"|popular|trending|most|recommend|suggest|read-?(?:more|also|next)|more|also|next|prev|today|clock|weather|prayer"
    r"|masthead|top-?(?:bar|head|nav)|(?:site|page)-?(?:header|footer)|navbar|menu|copyright|event|countdown)",
    re.IGNORECASE,
)
"""How the parts are called that hold other dates than that of the article."""
_DATED = re.compile(r"(?:^|[\s_-])(?:date|time|pub|posted|meta|byline)", re.IGNORECASE)
_WHOLE = frozenset({"html", "body", "main"})
_LABELS = frozenset(
    map(normalise, ("نشر", "نشرت", "النشر", "منشور", "تاريخ", "بتاريخ", "التاريخ", "published", "posted"))
)
"""Beside a date they say what it is of."""
_UPDATED = re.compile(
    rf"\bو?(?:(?:{normalise('آخر')}|تاريخ|تم)\s+)?(?:ال)?(?:تحديث|تعديل|حدث)\w?\b|\b(?:last\s+)?(?:updated|modified)\b"
)
_UPDATED_ON = re.compile(rf"\W*(?:{_UPDATED.pattern})(?:\s+(?:في|بتاريخ|on|at))?\W*")
"""What is written before the day on which an article was changed, as it is folded."""
_SENTENCE_ENDS = (".", "؟", "!", "؛", "…")
_PROSE, _SENTENCE = 100, 50
"""Characters of a text that begins, and of one that ends as a sentence does."""
_MAX_LINE = 100
_MOST_TIMES = 99
_NUM_LINK_WORDS = 4
"""A link of so many words leads to another article, and a date beside it is of that."""


def published(tree: Any, titles: Iterable[str | None]) -> str | None:
    """Return the day on which a page says that its article was published, or None where that is not sure.

    Args:
        tree: an lxml element.
        titles: what the page says its title is, the window's too.
    """
    heading = _heading(tree, [normalise(title) for title in titles if title])
    page = _Page(tree, heading)
    return page.time() or page.line()


def _heading(tree: Any, titles: list[str]) -> Any | None:
    """The element that shows the article's title, where one does; the name of the site is none."""
    shown = [(one, normalise(_one_line(one.text_content()))) for one in tree.iter(*_TITLES)]
    for one, text in shown:
        if any(_is_one_title(text, title) for title in titles):
            return one
    main = [one for one, _ in shown if one.tag == "h1"]
    if len(main) != 1 or (titles and _is_of_site(main[0])):
        return None
    return main[0]


def _is_one_title(text: str, title: str) -> bool:
    """Whether one begins with the other, and no more follows than the name of a site is long."""
    shorter, longer = sorted((text, title), key=len)
    return longer.startswith(shorter) and 2 * len(shorter) >= len(longer)


def _is_of_site(element: Any) -> bool:
    """Whether an element stands in the head or the foot of the page, and not of its article."""
    around = {one.tag for one in element.iterancestors()} | {element.tag}
    return bool(around & {"header", "footer"}) and not around & {"article", "main"}


class _Page:
    """The lines and times of a page with the place of each, those of other things left out."""

    def __init__(self, tree: Any, heading: Any | None) -> None:
        self._tree, self._heading = tree, heading
        self._around = set() if heading is None else {heading, *heading.iterancestors()}
        self._article = self._own_article()
        self._foreign: set[Any] = set()
        self._places: dict[Any, Place] = {}
        self._walk()

    def time(self) -> str | None:
        """The date of the <time> that is the article's."""
        times = filter(self._is_stamp, islice((one for one in self._places if one.tag == "time"), _MOST_TIMES))
        own = (one for one in times if self._is_own(one) or self._places[one] == "near")
        one = min(own, key=lambda one: not _is_called_published(one), default=None)
        if one is None:
            return None
        return find_date(_one_line(one.get("datetime") or "")) or find_date(_one_line(one.text_content()))

    def line(self) -> str | None:
        """The date of the first line that says nothing else, near the title or with a label."""
        for element, place in self._places.items():
            for line in _lines(element):
                found = _first_date(line)
                is_said = found and self._is_said(element, place, line) and _is_alone(element)
                if is_said and not _is_updated(element) and not _is_beside_link(element):
                    return found
        return None

    def _own_article(self) -> Any | None:
        """The <article> that has the title, or the page's only one."""
        own = None if self._heading is None else next(self._heading.iterancestors("article"), None)
        if own is not None:
            return own
        every = list(self._tree.iter("article"))
        outer = [one for one in every if next(one.iterancestors("article"), None) is None]
        if len(outer) != 1 or _FOREIGN.search(_names(outer[0])):
            return None
        is_other = self._heading is not None and any(one.find(".//a") is not None for one in outer[0].iter(*_TITLES))
        return None if is_other else outer[0]

    def _walk(self) -> None:
        place: Place = "above"
        is_over = False
        for element in self._tree.iter("*"):
            if element.getparent() in self._foreign or self._is_foreign(element):
                self._foreign.add(element)
                continue
            if element is self._heading or (self._heading is None and element is self._article):
                place = "near"
                continue
            if place in {"lead", "below"} and element.tag in _HEADINGS:
                is_over |= self._article is None or is_furniture(_beginning(element))
            if (place != "above" or self._heading is None) and _is_prose(element):
                place = "below" if place in {"lead", "below"} else "lead"
            if not is_over:
                self._places[element] = place

    def _is_foreign(self, element: Any) -> bool:
        if element in self._around or element.tag in _WHOLE or element is self._article:
            return False
        if element.tag in _FOREIGN_TAGS or element.tag == "article" or _FOREIGN.search(_names(element)):
            return True
        return element.tag in {"header", "footer"} and _is_of_site(element)

    def _is_own(self, element: Any) -> bool:
        return any(one is self._article or one.tag == "main" for one in element.iterancestors())

    def _is_said(self, element: Any, place: Place, line: str) -> bool:
        """Whether a line that is a date is said of the article."""
        around = set(element.iterancestors())
        if place == "near":
            return True
        if place == "above":
            return self._article in around or _is_labelled(line)
        if self._article is not None or self._heading is None:
            is_own = self._article in around
        else:
            top = self._heading.getparent()
            is_own = top is element.getparent() or (top in around and top.tag not in _WHOLE)
        is_dated = place == "lead" and _DATED.search(f"{_names(element)} {_names(element.getparent())}")
        return is_own and (bool(is_dated) or _is_labelled(line))

    def _is_stamp(self, element: Any) -> bool:
        """Whether a <time> is said of the article, and not in it."""
        block = next((one for one in element.iterancestors() if stands_apart(one)), element)
        text = _beginning(element if any(map(stands_apart, block)) else block)
        if _is_beside_link(element) or len(text) > _MAX_LINE or not _is_alone(element) or _is_updated(element):
            return False
        if self._places[element] in {"lead", "below"}:
            return find_date_line(text) is not None or text == _beginning(element)
        return not text.endswith(_SENTENCE_ENDS)


def _beginning(element: Any) -> str:
    """What an element says, on one line, but no more of it than shows that it is too long for a date."""
    text = ""
    for piece in element.itertext():
        text = f"{text}{piece}".lstrip()
        if len(text) > 2 * _MAX_LINE:
            break
    return _one_line(text)


def _first_date(line: str) -> str | None:
    """The date of a line that says no more, or of a part of it; what is said of an update is left out."""
    return next(filter(None, map(_stated, (line, *parts_of(line)))), None)


def _stated(line: str) -> str | None:
    said, *update = _UPDATED.split(normalise(line), 1)
    return find_date_line(said) if all(map(find_date_line, update)) else None


def _is_updated(element: Any) -> bool:
    """Whether what stands before a date says that it is of an update, in a part of its own too."""
    for one in (element, *islice(element.iterancestors(), 2)):
        previous = one.getprevious()
        if previous is not None:
            before = (previous.tail or "").strip() or _beginning(previous)
        else:
            before = "" if one.getparent() is None else (one.getparent().text or "").strip()
        if before:
            return _UPDATED_ON.fullmatch(normalise(parts_of(before)[-1])) is not None
    return False


def _is_labelled(line: str) -> bool:
    return not _LABELS.isdisjoint(re.findall(r"\w+", normalise(line)))


def _is_called_published(element: Any) -> bool:
    return "pubdate" in element.attrib or "publish" in f"{element.get('itemprop', '')} {_names(element)}".lower()


def _names(element: Any) -> str:
    """What an element is called, word by word: "postComments" as "post-comments" is."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", f"{element.get('class', '')} {element.get('id', '')}")


def _is_beside_link(element: Any) -> bool:
    """Whether an element stands in a short part with a link to another article."""
    around = [element, *islice(element.iterancestors(), 2)]
    short = [one for one in around if one.tag not in _WHOLE and len(_beginning(one)) <= _MAX_LINE]
    links = {*element.iterancestors("a"), *(link for one in short for link in one.iter("a"))}
    return any(map(_leads_elsewhere, links))


def _leads_elsewhere(link: Any) -> bool:
    text = _beginning(link)
    if find_date_line(text):
        return False
    if len(text) <= _MAX_LINE:
        text = "".join(link.xpath("descendant::text()[not(ancestor::time)]"))
    return len(text.split()) >= _NUM_LINK_WORDS


def _is_alone(element: Any) -> bool:
    """Whether a date is in no sentence: what is written beside it says no more than a date does, or is parted off."""
    for one in (element, *element.iterancestors()):
        if stands_apart(one) or one.getparent() is None:
            return True
        previous = one.getprevious()
        before = one.getparent().text if previous is None else previous.tail
        day = "2000-01-01"
        if not find_date_line(parts_of(_one_line(f"{before or ''} {day}"))[-1]):
            return False
        if not find_date_line(parts_of(_one_line(f"{day} {one.tail or ''}"))[0]):
            return False
    return True


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_prose(element: Any) -> bool:
    """Whether the text of an article begins in an element."""
    if not stands_apart(element) or element.tag in _HEADINGS:
        return False
    if any(map(stands_apart, element)):
        text = " ".join(filter(None, (element.text, *(child.tail for child in element))))
    else:
        text = element.text_content()
    text = " ".join(text.split())
    return len(text) > _PROSE or (len(text) > _SENTENCE and text.endswith(_SENTENCE_ENDS))


def _lines(element: Any) -> Iterator[str]:
    """The short lines of an element that has text of its own, as `<br>` ends them."""
    own = (element.text, *(child.tail for child in element))
    if not any(text and text.strip() for text in own) or len(_beginning(element)) > 2 * _MAX_LINE:
        return
    yield from (line for line in lines_of(element) if len(line) <= _MAX_LINE)
