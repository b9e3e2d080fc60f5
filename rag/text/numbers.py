"""Numbers in Arabic text and their values: in digits, spelled out, or both ("6 آلاف و500").

A small grammar over the tokens: a group is below a thousand ("مئة وخمسين") or in digits, a term is a
group with its scale ("150 ألف"), a number is terms joined by "و", each smaller than the scale before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from rag.text.number_tokens import Token, number_tokens
from rag.text.number_words import Kind


@dataclass(frozen=True, slots=True)
class Number:
    """A value and where it stands: `text` is the slice `start:end` of what was searched."""

    value: int | float
    start: int
    end: int
    text: str
    is_percent: bool = False


class _Read(NamedTuple):
    value: Fraction
    scale: Fraction
    """Of the last term; 1 for a bare group."""
    behind: int
    """The index of the token behind."""


_PERCENT = re.compile(r"\s?[%٪]|\s+في\s+ال?م(?:ئ|ائ)[ةه](?!\w)|\s+بال?م(?:ئ|ائ)[ةه](?!\w)")
_ONE = Fraction(1)
_THOUSAND = Fraction(1000)
_HUNDRED = Fraction(100)
_PLURAL_COUNTS = range(3, 10)
_MULTIPLIED = (Kind.SCALE, Kind.SCALE_ACCUSATIVE, Kind.SCALE_PLURAL)


def find_numbers(text: str) -> list[Number]:
    """Every number of `text` with its value, in order and without overlap.

    A particle written together with the number (و ب ل ك ف) is not part of its span; a percent sign
    or "في المئة" is. Dates, times and scores are the numbers they are written with, and a dash is no
    minus sign. No numbers: ordinals, vague words ("عشرات", "آلاف"), digits in Latin names ("G20").
    """
    tokens = number_tokens(text)
    numbers: list[Number] = []
    at = 0
    while at < len(tokens):
        read = _number(tokens, at)
        if read is None:
            at = _after_ordinal(tokens, at)
        else:
            number = _as_number(text, read.value, tokens[at].start, tokens[read.behind - 1].end)
            if numbers and number.start < numbers[-1].end:
                # "5%6": the sign belongs to the number before it.
                number = Number(number.value, number.start + 1, number.end, number.text[1:])
            numbers.append(number)
            at = read.behind
    return numbers


def _as_number(text: str, value: Fraction, start: int, end: int) -> Number:
    percent = _PERCENT.match(text, end)
    is_percent = percent is not None
    if percent:
        end = percent.end()
    elif start > 0 and text[start - 1] in "%٪":
        start, is_percent = start - 1, True
    plain = value.numerator if value.denominator == 1 else float(value)
    return Number(plain, start, end, text[start:end], is_percent)


def _number(tokens: Sequence[Token], at: int) -> _Read | None:
    read = _term(tokens, at)
    while read is not None:
        longer = _joined(tokens, read)
        if longer is None:
            break
        read = longer
    return read


def _joined(tokens: Sequence[Token], read: _Read) -> _Read | None:
    """`read` with the term that "و" joins to it: "ستة آلاف" with "وخمسمئة", "مليون" with "ونصف"."""
    token = _next(tokens, read.behind, has_and=True)
    if token is None:
        return None
    if token.kind is Kind.FRACTION:
        return _joined_fraction(tokens, read, token.value)
    term = _term(tokens, read.behind) if read.scale > _ONE else None
    if term is None:
        return None
    if term.value < read.scale:
        return _Read(read.value + term.value, term.scale, term.behind)
    count = term.value / term.scale
    if read.scale == _THOUSAND < term.scale and _HUNDRED <= count < _THOUSAND:
        # "ألف وخمسمئة مليون": what is counted in millions is one thousand five hundred.
        return _Read((read.value + count) * term.scale, term.scale, term.behind)
    return None


def _joined_fraction(tokens: Sequence[Token], read: _Read, fraction: Fraction) -> _Read | None:
    """`read` with "ونصف", "وربع": of its own scale, or of the one named behind ("ونصف المليون")."""
    behind = read.behind + 1
    token = _next(tokens, behind, *_MULTIPLIED)
    if token is None:
        return _Read(read.value + fraction * read.scale, _ONE, behind)
    if read.scale == _ONE:
        return _Read((read.value + fraction) * token.value, token.value, behind + 1)
    if token.value > read.scale:
        return None
    return _Read(read.value + fraction * token.value, _ONE, behind + 1)


def _term(tokens: Sequence[Token], at: int) -> _Read | None:
    """A group with its scales, a scale alone, or a part of a scale ("نصف مليون")."""
    token = tokens[at]
    part = _part(tokens, at)
    if part is not None:
        return part
    if token.kind is Kind.SCALE:
        read = _Read(token.value, token.value, at + 1)
    elif token.kind in (Kind.SCALE_DUAL, Kind.SCALE_ACCUSATIVE):
        # "ألفًا" is one, and so is "ألفا وخمسمئة": before "و" the dual would be ألفان or ألفين.
        is_single = token.has_tanween or _next(tokens, at + 1, has_and=True)
        count = 1 if token.kind is Kind.SCALE_ACCUSATIVE and is_single else 2
        read = _Read(count * token.value, token.value, at + 1)
    else:
        group = _group(tokens, at)
        if group is None:
            return None
        read = group
    while (scale := _next(tokens, read.behind, *_MULTIPLIED)) and scale.value > read.scale:
        read = _Read(read.value * scale.value, scale.value, read.behind + 1)
    return read


def _part(tokens: Sequence[Token], at: int) -> _Read | None:
    """A part of a scale: "نصف مليون", "ثلاثة أرباع المليون"."""
    share, behind = tokens[at].value, at + 1
    if tokens[at].kind is Kind.UNIT:
        fourths = _next(tokens, behind, Kind.FOURTHS)
        if fourths is None:
            return None
        share, behind = share * fourths.value, behind + 1
    elif tokens[at].kind is not Kind.FRACTION:
        return None
    scale = _next(tokens, behind, *_MULTIPLIED)
    return None if scale is None else _Read(share * scale.value, scale.value, behind + 1)


def _group(tokens: Sequence[Token], at: int) -> _Read | None:
    """Digits, or words for less than a thousand, with what follows "فاصلة"."""
    read = _hundreds(tokens, at) or _below_hundred(tokens, at)
    if read is None and tokens[at].kind is Kind.DIGITS:
        read = _Read(tokens[at].value, _ONE, at + 1)
    if read is None or _next(tokens, read.behind, Kind.POINT) is None:
        return read
    decimals = _group(tokens, read.behind + 1) if _next(tokens, read.behind + 1) else None
    if decimals is None or decimals.value.denominator != 1:
        return read
    shift = 10 ** len(str(decimals.value.numerator))
    return _Read(read.value + decimals.value / shift, _ONE, decimals.behind)


def _hundreds(tokens: Sequence[Token], at: int) -> _Read | None:
    """Hundreds with what "و" joins to them: "مئة", "ثلاثمئة", "ثلاث مئة وخمسين"."""
    if tokens[at].kind is Kind.HUNDRED:
        value, behind = tokens[at].value, at + 1
    else:
        hundred = _next(tokens, at + 1, Kind.HUNDRED)
        is_counted = tokens[at].kind in (Kind.UNIT, Kind.DIGITS) and tokens[at].value in _PLURAL_COUNTS
        if hundred is None or hundred.value != _HUNDRED or not is_counted:
            return None
        value, behind = tokens[at].value * _HUNDRED, at + 2
    rest = _next(tokens, behind, has_and=True)
    if rest is None:
        return _Read(value, _ONE, behind)
    if rest.kind is Kind.DIGITS:
        return _Read(value + rest.value, _ONE, behind + 1) if rest.value < _HUNDRED else _Read(value, _ONE, behind)
    small = _below_hundred(tokens, behind)
    return _Read(value + small.value, _ONE, small.behind) if small else _Read(value, _ONE, behind)


def _below_hundred(tokens: Sequence[Token], at: int) -> _Read | None:
    token = tokens[at]
    if token.kind in (Kind.ZERO, Kind.TEN, Kind.TENS):
        return _Read(token.value, _ONE, at + 1)
    if token.kind not in (Kind.UNIT, Kind.TEEN_ONLY) or _next(tokens, at + 1, Kind.FOURTHS):
        return None
    ten = _next(tokens, at + 1, Kind.TEN) if token.kind is Kind.TEEN_ONLY or token.value in _PLURAL_COUNTS else None
    ten = ten or _next(tokens, at + 1, Kind.TENS, has_and=True)
    if ten:
        return _Read(token.value + ten.value, _ONE, at + 2)
    return _Read(token.value, _ONE, at + 1) if token.kind is Kind.UNIT else None


def _next(tokens: Sequence[Token], at: int, *kinds: Kind, has_and: bool = False) -> Token | None:
    """The token at `at` if it follows the one before, with or without "و" as asked, and is of these kinds."""
    if at >= len(tokens) or not tokens[at].follows or tokens[at].has_and is not has_and:
        return None
    return tokens[at] if not kinds or tokens[at].kind in kinds else None


def _after_ordinal(tokens: Sequence[Token], at: int) -> int:
    """Where to go on: an ordinal takes its ten along ("الخامسة عشرة", "الحادي والعشرين")."""
    if tokens[at].kind is not Kind.ORDINAL:
        return at + 1
    is_compound = _next(tokens, at + 1, Kind.TEN) or (
        tokens[at].has_article and _next(tokens, at + 1, Kind.TENS, has_and=True)
    )
    return at + 2 if is_compound else at + 1
