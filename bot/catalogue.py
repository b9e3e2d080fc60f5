"""What the corpus offers a reader: numbers, the latest articles, one article by its link, questions to try.

Blocking, and safe between threads. What depends on the corpus is kept until the corpus changes.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.schema import Answer
    from rag.settings import Settings

_LINK_BYTES = 9


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to ask about."""

    num_articles: int
    num_outlets: int
    outlets: tuple[str, ...]
    """Those with most articles first."""
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
    """Its first whole sentences, without the title, at most 600 characters; a line break where the page has one."""
    link: str
    """What opens it: see `link_of`."""
    num_copies: int = 1
    """In how many files it stands word for word, this one included."""


class Catalogue:
    """The articles of one home, as readers browse them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def close(self) -> None:
        """Release the database."""

    def refresh(self) -> None:
        """Forget what is kept: the next call looks again."""

    def overview(self) -> Overview:
        """How many articles, from whom and from when; all empty before the first ingest."""
        raise NotImplementedError

    def latest(self, page: int, size: int = 8) -> tuple[list[Card], bool]:
        """Page `page` (from 0) of the articles, newest first and undated ones last, and whether more follow."""
        raise NotImplementedError

    def card(self, source: str) -> Card | None:
        """The article `source`; None where there is none."""
        raise NotImplementedError

    def cards(self, sources: Sequence[str]) -> list[Card]:
        """The articles of `sources` that are there, in their order."""
        raise NotImplementedError

    def find(self, link: str) -> Card | None:
        """The article that `link_of` gives this link; None where there is none, or it is no link."""
        raise NotImplementedError

    def text(self, source: str) -> str | None:
        """The text that the spans of `source` count in; None where there is no such article."""
        raise NotImplementedError

    def examples(self, answer: Callable[[str], Answer]) -> tuple[str, ...]:
        """At most three questions drawn from the corpus that `answer` answers plainly, of different stories."""
        raise NotImplementedError


def link_of(source: str) -> str:
    """What opens the article in a deep link or a button: twelve of A-Z a-z 0-9 _ -, the same for ever."""
    digest = blake2b(source.encode("utf-8", "surrogatepass"), digest_size=_LINK_BYTES)
    return urlsafe_b64encode(digest.digest()).decode("ascii")
