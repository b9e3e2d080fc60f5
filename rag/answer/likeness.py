"""How alike two words are: the bridge between a question's inflection and an article's.

Search does without it; it is for the few words of a question and of a handful of sentences, where
"قتلوا" has to meet "مقتل" and "يبلغ" "بلغت", and where a word that meets nothing is a warning.
"""

from __future__ import annotations

from functools import lru_cache

from rag.text.terms import word_terms

SAME_WORD = 0.5
"""From here on two words count as forms of one: "اشتباكات" and "الاشتباك" share most of their n-grams."""
_SAME_CORE = 0.8
_STRETCH = 1.3
_MIN_CORE = 3
_LONGER = 3
_ENDINGS = ("وا", "تا", "تم", "نا", "ون", "ين", "ان", "ت", "ا")
_BEGINNINGS = ("سي", "ست", "ي", "ت", "ن", "م")
_CACHED = 1 << 16


@lru_cache(maxsize=_CACHED)
def likeness(word: str, other: str) -> float:
    """0 to 1 for two normalised words: 1 for equal stems, 0.8 for equal cores, else by shared n-grams."""
    if max(len(word), len(other)) > _LONGER * min(len(word), len(other)) + _LONGER:
        return 0.0  # a drawn-out "ااااا" has the n-grams of every other one
    stem, *grams = word_terms(word)
    other_stem, *other_grams = word_terms(other)
    if stem == other_stem:
        return 1.0
    if _core(word) == _core(other):
        return _SAME_CORE
    shared = len(set(grams) & set(other_grams))
    return min(1.0, _STRETCH * shared / len(set(grams) | set(other_grams))) if shared else 0.0


@lru_cache(maxsize=_CACHED)
def _core(word: str) -> str:
    """The stem without a verb's person and tense, or a participle's "م": at least three letters of it."""
    core = word_terms(word)[0].removeprefix("=")
    for ending in _ENDINGS:
        if core.endswith(ending) and len(core) - len(ending) >= _MIN_CORE:
            core = core.removesuffix(ending)
            break
    for beginning in _BEGINNINGS:
        if core.startswith(beginning) and len(core) - len(beginning) >= _MIN_CORE:
            return core.removeprefix(beginning)
    return core
