"""The words Arabic spells numbers with, as `normalise` writes them."""

from __future__ import annotations

from enum import Enum, auto
from fractions import Fraction
from typing import NamedTuple


class Kind(Enum):
    """What a number word does beside its neighbours."""

    DIGITS = auto()
    ZERO = auto()
    UNIT = auto()
    """1 to 9: alone, before عشر, before "و" and a ten, before مئة."""
    TEEN_ONLY = auto()
    """أحد، إحدى، اثنا: nothing alone."""
    TEN = auto()
    """عشر، عشرة: ten, or the second half of 11 to 19."""
    TENS = auto()
    HUNDRED = auto()
    """100 to 900 in one word; the plain one can be multiplied."""
    SCALE = auto()
    """ألف، مليون، …: alone it counts one."""
    SCALE_DUAL = auto()
    """ألفان، مليوني، …: the count of two is inside."""
    SCALE_ACCUSATIVE = auto()
    """ألفا، مليونا: one after a number or with tanween, else the dual before a noun."""
    SCALE_PLURAL = auto()
    """آلاف، ملايين: no value without a number before it."""
    FRACTION = auto()
    FOURTHS = auto()
    POINT = auto()
    ORDINAL = auto()
    """الخامس: takes the ten behind it along and is no number."""


class NumberWord(NamedTuple):
    """What a word is and counts: 3 for "ثلاثة", a million for "ملايين"."""

    kind: Kind
    value: Fraction


_UNITS = {
    1: "واحد واحده واحدا",
    2: "اثنان اثنين اثنتان اثنتين",
    3: "ثلاث ثلاثه ثلاثا",
    4: "اربع اربعه اربعا",
    5: "خمس خمسه خمسا",
    6: "ست سته ستا",
    7: "سبع سبعه سبعا",
    8: "ثمان ثماني ثمانيه ثمانيا",
    9: "تسع تسعه تسعا",
}
_TEEN_ONLY = {1: "احد احدي", 2: "اثنا اثني اثنتا اثنتي"}
_TENS_STEMS = {20: "عشر", 30: "ثلاث", 40: "اربع", 50: "خمس", 60: "ست", 70: "سبع", 80: "ثمان", 90: "تسع"}
_HUNDRED_STEMS = {3: "ثلاث", 4: "اربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان ثماني", 9: "تسع"}
_HUNDRED = ("ميه", "مايه")
_DUAL_HUNDRED = tuple(stem + ending for stem in ("ميت", "مايت") for ending in ("ان", "ين", "ا", "ي"))
_SCALES = {
    10**3: ("الف", "الاف"),
    10**6: ("مليون", "ملايين"),
    10**9: ("مليار", "مليارات"),
    10**12: ("تريليون", "تريليونات"),
}
_MORE_SCALES = {10**9: ("بليون", "بلايين"), 10**12: ("ترليون", "ترليونات")}
_ORDINALS = "حادي ثاني ثالث رابع خامس سادس سابع ثامن تاسع"


def _words() -> dict[str, NumberWord]:
    table: dict[str, NumberWord] = {
        "صفر": NumberWord(Kind.ZERO, Fraction(0)),
        "عشر": NumberWord(Kind.TEN, Fraction(10)),
        "عشره": NumberWord(Kind.TEN, Fraction(10)),
        "نصف": NumberWord(Kind.FRACTION, Fraction(1, 2)),
        "ثلث": NumberWord(Kind.FRACTION, Fraction(1, 3)),
        "ربع": NumberWord(Kind.FRACTION, Fraction(1, 4)),
        "ارباع": NumberWord(Kind.FOURTHS, Fraction(1, 4)),
        "فاصله": NumberWord(Kind.POINT, Fraction(0)),
    }

    def add(kind: Kind, value: int, *forms: str) -> None:
        table.update(dict.fromkeys(forms, NumberWord(kind, Fraction(value))))

    for value, forms in _UNITS.items():
        add(Kind.UNIT, value, *forms.split())
    for value, forms in _TEEN_ONLY.items():
        add(Kind.TEEN_ONLY, value, *forms.split())
    for value, stem in _TENS_STEMS.items():
        add(Kind.TENS, value, stem + "ون", stem + "ين")
    add(Kind.HUNDRED, 100, *_HUNDRED)
    add(Kind.HUNDRED, 200, *_DUAL_HUNDRED)
    for value, stems in _HUNDRED_STEMS.items():
        add(Kind.HUNDRED, value * 100, *(stem + hundred for stem in stems.split() for hundred in _HUNDRED))
    for scales in (_SCALES, _MORE_SCALES):
        for value, (singular, plural) in scales.items():
            add(Kind.SCALE, value, singular)
            add(Kind.SCALE_DUAL, value, singular + "ان", singular + "ين", singular + "ي")
            add(Kind.SCALE_ACCUSATIVE, value, singular + "ا")
            add(Kind.SCALE_PLURAL, value, plural)
    add(Kind.ORDINAL, 0, *(stem + ending for stem in _ORDINALS.split() for ending in ("", "ه")))
    return table


NUMBER_WORDS = _words()

PARTICLES = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
"""What is written together with the word that follows it."""

LOOK_ALIKES = frozenset(("لست", "ولست", "فلست"))
"""Words that a particle and a number word would make up: "I am not" is no "for six"."""

NEVER_WITH_ARTICLE = frozenset(("اثنين", "احد", "احدي"))
"""With the article these are days of the week or "one of them"."""
