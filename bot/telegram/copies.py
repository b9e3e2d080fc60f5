"""In how many articles a sentence stands word for word: counted when somebody asks, among all there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from rag.schema import Passage
from rag.text.sentences import verbatim

_DEPTH = 200
"""Passages that are looked at: the index gives those that share the most words first."""


class Copies(NamedTuple):
    """How many articles; `at_least` where the search ended before the copies did."""

    num_articles: int
    at_least: bool = False


class Searching(Protocol):
    """What counting needs of a pipeline."""

    def search(self, question: str, top_k: int) -> Sequence[Passage]:
        """The best passages for `question`."""


def count_copies(pipeline: Searching, quote: str) -> Copies:
    """In how many articles `quote` stands, letter for letter. Blocking."""
    wanted = f" {verbatim(quote)} "
    found = pipeline.search(quote, _DEPTH)
    holding = [passage.source for passage in found if wanted in f" {verbatim(passage.text)} "]
    return Copies(len(set(holding)), at_least=len(found) == _DEPTH and found[-1].source in holding)
