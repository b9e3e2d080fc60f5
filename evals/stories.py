"""Which articles tell the same story in the same words, told from their texts alone.

Two articles are one story where the Jaccard similarity of their 5-word shingles is at least one half
(Broder 1997), and so are those that a chain of such pairs joins.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from evals.normalise import shingles

SIZE = 5
AT_LEAST = 0.5


def find_stories(texts: Mapping[str, str]) -> dict[str, str]:
    """The story of each source, named after the first of its sources; a source alone is its own story."""
    sets = {source: frozenset(shingles(text, SIZE)) for source, text in texts.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    parent = {source: source for source in texts}
    for source, own in sets.items():
        shared = Counter(other for shingle in own for other in holders[shingle])
        for other, both in shared.items():
            if both >= AT_LEAST * (len(own) + len(sets[other]) - both):
                _join(source, other, parent)
        for shingle in own:
            holders[shingle].append(source)
    names: dict[str, str] = {}
    return {source: names.setdefault(_root(source, parent), source) for source in texts}


def _join(one: str, other: str, parent: dict[str, str]) -> None:
    parent[_root(one, parent)] = _root(other, parent)


def _root(source: str, parent: dict[str, str]) -> str:
    while parent[source] != source:
        parent[source] = parent[parent[source]]
        source = parent[source]
    return source
