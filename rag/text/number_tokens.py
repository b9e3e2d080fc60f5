"""Text to number tokens: numerals and number words, each with its value and its ties to the one before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from rag.text.normalise import normalise
from rag.text.number_words import LOOK_ALIKES, NEVER_WITH_ARTICLE, NUMBER_WORDS, PARTICLES, Kind, NumberWord
from rag.text.numerals import DIGIT, NUMERAL, numeral_value


@dataclass(frozen=True, slots=True)
class Token:
    """One numeral or number word at `start:end`, its particle left out."""

    kind: Kind
    value: Fraction
    start: int
    end: int
    has_and: bool = False
    """A "و" stands before it, written together with it or apart."""
    has_article: bool = False
    has_tanween: bool = False
    follows: bool = False
    """Nothing but space stands between the token before and this one."""


class _Word(NamedTuple):
    particle: str
    article: str
    bare: str
    entry: NumberWord


_LETTERS = r"\u0620-\u065f\u0670-\u06d3\ufb50-\ufdff\ufe70-\ufefc"
_TOKEN = re.compile(
    rf"[A-Za-z_@#][A-Za-z0-9_@#./:%?=&-]*"
    rf"|(?P<and>(?<![{_LETTERS}])و(?:ال)?ـ?(?:[^\S\n]+|(?={DIGIT})))?"
    rf"(?:(?P<numeral>{NUMERAL})|(?P<word>[{_LETTERS}]+))"
)
_GAP = re.compile(r"[^\S\n]*")
# Newspapers put brackets or quotes around the digits alone: «230» ألف.
_GAP_AFTER_DIGITS = re.compile(r"[^\S\n]*[)\]»\"”]?[^\S\n]*")
_SCALE_OR_PERCENT = re.compile(
    r"[)\]»\"”]?\s*(?:[%٪]|ملي|بليون|بلايين|تري?ليون|[أا]لف|[آا]لاف|في\s+ال?م(?:ئ|ائ)[ةه]|بال?م(?:ئ|ائ)[ةه])"
)
_MARKS = frozenset("\u0640\u0670") | frozenset(map(chr, range(0x064B, 0x0660)))
_SHADDA = "\u0651"
_TANWEEN = "\u064b"
_TEN_BEHIND = re.compile(r"\s+عشر(?!\w)")
_ONE = "واحد"
"""Also "and" with the first half of eleven: told apart by the hamza that `normalise` drops, or by عشر behind."""
_HUNDRED = ("ميه", "مايه")
_CACHED_WORDS = 1 << 14


def number_tokens(text: str) -> list[Token]:
    """The numerals and number words of `text` in order."""
    tokens: list[Token] = []
    previous = ""
    for found in _TOKEN.finditer(text):
        token = _numeral_token(found) or _word_token(found, previous)
        previous = found["word"] or ""
        if token is None:
            continue
        if tokens:
            gap = _GAP_AFTER_DIGITS if tokens[-1].kind is Kind.DIGITS else _GAP
            token = replace(token, follows=gap.fullmatch(text, tokens[-1].end, found.start()) is not None)
        tokens.append(token)
    return [token for at, token in enumerate(tokens) if not _is_month(tokens, at)]


def _numeral_token(found: re.Match[str]) -> Token | None:
    if found["numeral"] is None:
        return None
    start, end = found.span("numeral")
    value = numeral_value(found["numeral"], is_scaled=_SCALE_OR_PERCENT.match(found.string, end) is not None)
    return None if value is None else Token(Kind.DIGITS, value, start, end, has_and=found["and"] is not None)


def _word_token(found: re.Match[str], previous: str) -> Token | None:
    if found["word"] is None:
        return None
    raw = unicodedata.normalize("NFKC", found["word"])
    normalised = normalise(raw)
    word = _look_up(normalised)
    if normalised == _ONE and ("أ" in raw or _TEN_BEHIND.match(found.string, found.end())):
        word = _Word("و", "", normalised[1:], NUMBER_WORDS[normalised[1:]])
    if word is None or _is_look_alike(raw, word, previous):
        return None
    return Token(
        word.entry.kind,
        word.entry.value,
        found.start("word") + _raw_length(found["word"], word.particle),
        found.end("word"),
        has_and=found["and"] is not None or word.particle.startswith("و"),
        has_article=bool(word.article),
        has_tanween=_TANWEEN in raw,
    )


@lru_cache(maxsize=_CACHED_WORDS)
def _look_up(normalised: str) -> _Word | None:
    """The number word in `normalised`, with the particle and the article written before it."""
    if normalised in LOOK_ALIKES:
        return None
    for particle in PARTICLES:
        if not normalised.startswith(particle):
            continue
        rest = normalised[len(particle) :]
        for article in ("", "ال", "ل") if particle.endswith("ل") else ("", "ال"):
            bare = rest[len(article) :]
            if not rest.startswith(article) or (article and bare in NEVER_WITH_ARTICLE):
                continue
            if bare in NUMBER_WORDS:
                return _Word(particle, article, bare, NUMBER_WORDS[bare])
    return None


def _is_look_alike(raw: str, word: _Word, previous: str) -> bool:
    """Whether what `normalise` left out tells that this is another word, or part of a percentage."""
    if word.bare.startswith("مي") and word.entry.kind is Kind.HUNDRED and "ئ" not in raw:
        return True  # ميتا، ميتين
    if word.bare in _HUNDRED and word.article and (word.particle.endswith("ب") or previous == "في"):
        return True  # في المئة، بالمئة
    if word.entry.kind is Kind.ZERO and previous.endswith("شهر"):
        return True
    return word.entry.value == 10**3 and _SHADDA in raw  # ألّف


def _is_month(tokens: Sequence[Token], at: int) -> bool:
    """Whether the zero at `at` is the month of Safar in a date."""
    if tokens[at].kind is not Kind.ZERO:
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_before_year = after is not None and after.kind is Kind.DIGITS and after.follows
    return is_before_year or (tokens[at].follows and tokens[at - 1].kind is Kind.DIGITS)


def _raw_length(raw: str, particle: str) -> int:
    """How many characters of `raw` the particle takes, with the marks on its letters."""
    at = 0
    for letter in particle:
        if not raw.startswith(letter, at):
            return 0
        at += 1
        while at < len(raw) and raw[at] in _MARKS:
            at += 1
    return at
