"""How alike two words are: the bridge between a question's inflection and an article's."""

from __future__ import annotations

from functools import lru_cache

from rag.text.terms import word_terms

SAME_WORD = 0.5
"""From here on two words count as forms of one: "اشتباكات" and "الاشتباك" share most of their n-grams."""
_STRETCH = 1.3
_CACHED_PAIRS = 1 << 16


@lru_cache(maxsize=_CACHED_PAIRS)
def likeness(word: str, other: str) -> float:
    """0 to 1 for two normalised words: 1 for equal stems, else by the n-grams they share."""
    stem, *grams = word_terms(word)
    other_stem, *other_grams = word_terms(other)
    if stem == other_stem:
        return 1.0
    shared = len(set(grams) & set(other_grams))
    return min(1.0, _STRETCH * shared / len(set(grams) | set(other_grams))) if shared else 0.0
