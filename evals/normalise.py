"""How answers are compared: the rule, for every measure that looks for one text in another.

- Letters as search folds them (`rag.text.normalise`): no diacritics, tatweel or invisible characters;
  one letter each for the forms of alef, ya, ta marbuta and hamza's carriers; digits 0-9; lower case.
- Punctuation goes: words are runs of letters and digits.
- A number counts by its value, in digits or words: ٥٠, 50 and خمسون are one token, "6 آلاف و500" and
  6500 another. 50 is therefore not in 6500, 5 not in 3.5, and 20 is in 20%.
- The article goes at the beginning of a word only, where three letters or more are left (المدينة:
  مدينة; الله, ألف and الطالب's inner letters stay), and so do a, an and the. A name that begins
  with these letters (ألمانيا) loses them on both sides alike.
- An answer is contained where its tokens stand in the text in a row. Before its first word one of the
  particles و ف ب ك ل, alone or with the article, may be written together with it; what follows
  its last word has to be another word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rag.text.numbers import find_numbers
from rag.text.terms import words

_ARTICLE = "ال"
_MIN_AFTER_ARTICLE = 3
_LATIN_ARTICLES = frozenset({"a", "an", "the"})
_PARTICLES = tuple(
    first + second
    for first in ("", "و", "ف")
    for second in ("", "ب", "ك", "ل", "ال", "بال", "كال", "لل")
    if first + second
)
_CACHED = 1 << 15


@lru_cache(maxsize=_CACHED)
def tokens(text: str) -> tuple[str, ...]:
    """`text` as it is compared."""
    found: list[str] = []
    at = 0
    for number in find_numbers(text):
        found += map(_without_article, words(text[at : number.start]))
        found.append(f"{number.value}%" if number.is_percent else str(number.value))
        at = number.end
    found += map(_without_article, words(text[at:]))
    return tuple(word for word in found if word not in _LATIN_ARTICLES)


def number_tokens(text: str) -> tuple[str, ...]:
    """The numbers of `text` by their values, in order; a percent sign plays no part."""
    return tuple(str(number.value) for number in find_numbers(text))


def find(answer: str, text: str) -> int | None:
    """Where in the tokens of `text` those of `answer` begin; None where it is not contained."""
    wanted, held = tokens(answer), tokens(text)
    if not wanted:
        return None
    last = len(held) - len(wanted)
    return next((at for at in range(last + 1) if _stands(wanted, held, at)), None)


def contains(text: str, answers: Iterable[str]) -> bool:
    """Whether one of the accepted answers is contained in `text`."""
    return first_contained(text, answers) is not None


def first_contained(text: str, answers: Iterable[str]) -> str | None:
    """The first accepted answer that is contained in `text`."""
    return next((answer for answer in answers if find(answer, text) is not None), None)


def is_exactly(text: str, answers: Iterable[str]) -> bool:
    """Exact match: the same tokens; what has none is like nothing."""
    return any(tokens(text) == tokens(answer) != () for answer in answers)


def token_f1(text: str, answers: Iterable[str]) -> float:
    """SQuAD's F1 over tokens with the accepted answer that is nearest (Rajpurkar et al. 2016)."""
    return max((_f1(tokens(text), tokens(answer)) for answer in answers), default=0.0)


def shingles(text: str, size: int) -> Iterator[int]:
    """Hashes of every run of `size` words of `text`, normalised."""
    spoken = words(text)
    return (hash(tuple(spoken[at : at + size])) for at in range(len(spoken) - size + 1))


def _without_article(word: str) -> str:
    rest = word.removeprefix(_ARTICLE)
    return rest if len(rest) >= _MIN_AFTER_ARTICLE else word


def _stands(wanted: Sequence[str], held: Sequence[str], at: int) -> bool:
    first, *rest = wanted
    return _is_word(first, held[at]) and list(held[at + 1 : at + len(wanted)]) == rest


def _is_word(wanted: str, held: str) -> bool:
    if held == wanted:
        return True
    if wanted[0].isdigit():
        return held == f"{wanted}%"
    return held.endswith(wanted) and held[: -len(wanted)] in _PARTICLES


def _f1(said: Sequence[str], expected: Sequence[str]) -> float:
    if not said or not expected:
        return 0.0
    shared = sum((Counter(said) & Counter(expected)).values())
    return 2 * shared / (len(said) + len(expected))
