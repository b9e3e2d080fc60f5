"""What the corpus offers a reader: numbers, the latest articles, one article by its link, questions to try.

Blocking, and safe between threads. What depends on the corpus is kept until the corpus changes.
"""

from __future__ import annotations

import re
import threading
from array import array
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.examples import choose_examples
from rag.articles.header import is_byline
from rag.errors import IsnadError
from rag.index.browse import Browser
from rag.text.sentences import split_sentences
from rag.text.terms import words

if TYPE_CHECKING:
    from rag.index.browse import Shown, Version, View
    from rag.schema import Answer, Article
    from rag.settings import Settings

MAX_BEGINNING = 600
"""Characters."""

_LINK_BYTES = 9
_MAX_OUTLETS = 20
_RECENT = 300
"""Articles that examples are drawn from."""
_LINE_END = re.compile(r"[\n\r\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to ask about."""

    num_articles: int
    num_outlets: int
    outlets: tuple[str, ...]
    """Those with most articles first, twenty at most."""
    first_date: str | None
    last_date: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """An article as it is shown in a list or opened."""

    source: str
    title: str
    outlet: str | None
    date: str | None
    beginning: str
    """Its first whole sentences without title and by-line, at most `MAX_BEGINNING` characters, lines as on the page."""
    link: str
    """What opens it: see `link_of`."""
    num_copies: int = 1
    """In how many files it stands word for word, this one included."""


class Catalogue:
    """The articles of one home, as readers browse them. Close it when done."""

    def __init__(self, settings: Settings) -> None:
        self._browser = Browser(settings)
        self._lock = threading.Lock()
        self._shelf = _Shelf()
        self._examples_lock = threading.Lock()
        self._examples: tuple[Version | None, tuple[str, ...]] = (None, ())

    def close(self) -> None:
        """Release the database."""
        self._browser.close()

    def refresh(self) -> None:
        """Forget what is kept: the next call looks again."""
        with self._lock:
            self._shelf = _Shelf()

    def overview(self) -> Overview:
        """How many articles, from whom and from when; all empty before the first ingest."""
        with self._browser.viewing() as view:
            return self._shelf_of(view).overview

    def latest(self, page: int, size: int = 8) -> tuple[list[Card], bool]:
        """Page `page` (from 0) of the articles, newest first and undated ones last, and whether more follow.

        What stands in several files word for word comes once.
        """
        with self._browser.viewing() as view:
            order = self._shelf_of(view).order
            first = max(0, page) * size
            shown = view.by_ids(order[first : first + size]) if view else []
            return [_card(one) for one in shown], first + size < len(order)

    def card(self, source: str) -> Card | None:
        """The article `source`; None where there is none."""
        return next(iter(self.cards((source,))), None)

    def cards(self, sources: Sequence[str]) -> list[Card]:
        """The articles of `sources` that are there, in their order."""
        with self._browser.viewing() as view:
            return [_card(one) for one in view.by_sources(sources)] if view else []

    def find(self, link: str) -> Card | None:
        """The article that `link_of` gives this link; None where there is none, or it is no link."""
        with self._browser.viewing() as view:
            article_id = self._shelf_of(view).by_link.get(link)
            shown = view.by_ids((article_id,)) if view and article_id is not None else []
            return _card(shown[0]) if shown else None

    def text(self, source: str) -> str | None:
        """The text that the spans of `source` count in; None where there is no such article."""
        with self._browser.viewing() as view:
            return view.text(source) if view else None

    def examples(self, answer: Callable[[str], Answer]) -> tuple[str, ...]:
        """At most three questions drawn from the corpus that `answer` answers plainly, of different stories.

        They are chosen once for each state of the corpus; who asks meanwhile waits, a second at most.
        Where `answer` fails there are none for now.
        """
        with self._examples_lock:
            with self._browser.viewing() as view:
                shelf = self._shelf_of(view)
                if self._examples[0] == shelf.version:
                    return self._examples[1]
                recent = [one.article for one in view.by_ids(shelf.order[:_RECENT])] if view else []
            try:
                chosen = choose_examples(recent, answer)
            except IsnadError:
                return ()
            self._examples = (shelf.version, chosen)
            return chosen

    def _shelf_of(self, view: View | None) -> _Shelf:
        """What is kept of this state of the corpus; put up anew when it is another one."""
        with self._lock:
            version = view.version() if view else None
            if self._shelf.version != version:
                self._shelf = _put_up(view, version) if view else _Shelf()
            return self._shelf


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What is kept of one state of the corpus: a hundred bytes or two for each article."""

    version: Version | None = None
    overview: Overview = Overview(0, 0, (), None, None)
    order: Sequence[int] = ()
    """Ids of what is not the same word for word, newest first, undated last."""
    by_link: Mapping[str, int] = field(default_factory=dict)


def _put_up(view: View, version: Version | None) -> _Shelf:
    listed = list(view.listed())
    outlets = Counter(one.outlet for one in listed if one.outlet)
    dates = [one.date for one in listed if one.date]
    overview = Overview(
        num_articles=len(listed),
        num_outlets=len(outlets),
        outlets=tuple(outlet for outlet, _ in outlets.most_common(_MAX_OUTLETS)),
        first_date=min(dates, default=None),
        last_date=max(dates, default=None),
    )
    listed.sort(key=lambda one: (one.date or "", one.article_id), reverse=True)
    firsts: dict[str, int] = {}
    for one in listed:
        firsts.setdefault(one.article_key, one.article_id)
    by_link = {link_of(one.source): one.article_id for one in listed}
    return _Shelf(version, overview, array("q", firsts.values()), by_link)


def _card(shown: Shown) -> Card:
    article = shown.article
    return Card(
        source=article.source,
        title=article.title,
        outlet=article.outlet,
        date=article.date,
        beginning=beginning_of(article),
        link=link_of(article.source),
        num_copies=shown.num_copies,
    )


def beginning_of(article: Article) -> str:
    """The first whole sentences of the cleaned text, after title and by-line; see `Card.beginning`."""
    title = words(article.title)
    kept: list[str] = []
    length, last_end = 0, None
    for start, end in (span for body in article.body for span in split_sentences(article.text, *body)):
        sentence = article.text[start:end]
        if not kept and ((title and words(sentence) == title) or is_byline(sentence)):
            continue
        length += len(sentence) + 1
        if length > MAX_BEGINNING + 1:
            break
        if last_end is not None:
            kept.append("\n" if _LINE_END.search(article.text, last_end, start) else " ")
        kept.append(sentence)
        last_end = end
    return "".join(kept)


def link_of(source: str) -> str:
    """What opens the article in a deep link or a button: twelve of A-Z a-z 0-9 _ -, the same for ever."""
    digest = blake2b(source.encode("utf-8", "surrogatepass"), digest_size=_LINK_BYTES)
    return urlsafe_b64encode(digest.digest()).decode("ascii")
