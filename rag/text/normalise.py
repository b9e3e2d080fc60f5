"""Text as it is matched: one spelling for what Arabic writes in many.

Lossy on purpose, and therefore never shown to anyone.
"""

from __future__ import annotations

import re
import unicodedata

_DIACRITICS = (
    *range(0x0610, 0x061B),
    *range(0x064B, 0x0660),
    0x0670,
    *range(0x06D6, 0x06DD),
    *range(0x06DF, 0x06E9),
    *range(0x06EA, 0x06EE),
    *range(0x08D3, 0x0900),
)
_TATWEEL = 0x0640
_INVISIBLE = (0x00AD, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)

_LETTERS = {
    "ا": "أإآٱ",
    "ي": "ىئیې",
    "ه": "ةۀہھەۃ",
    "و": "ؤۆۇ",
    "ك": "گکڪ",
    "ف": "ڤ",
    "ب": "پ",
    "ج": "چ",
    "ز": "ژ",
}
_DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"

_FOLD: dict[int, str | None] = dict.fromkeys((*_DIACRITICS, _TATWEEL, *_INVISIBLE))
_FOLD |= {ord(variant): letter for letter, variants in _LETTERS.items() for variant in variants}
_FOLD |= {ord(digit): str(value % 10) for value, digit in enumerate(_DIGITS)}

_ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")


def normalise(text: str) -> str:
    """Return `text` folded for matching; folding twice changes nothing more.

    Compatibility forms (presentation forms, ligatures, full-width letters) become their letters,
    diacritics, tatweel and invisible characters go, the forms of alef, ya, ta marbuta, hamza
    carriers and Persian letters become one letter each, the three kinds of digits become 0-9, and
    Latin letters become lower case. Surrogates stay as they are.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_FOLD).lower()
    # Dropping a mark can bring together what NFKC composes, and lower() can make new marks ("İ").
    return folded if unicodedata.is_normalized("NFKC", folded) else normalise(folded)


def has_arabic(text: str) -> bool:
    """Whether any letter of the Arabic script stands in `text`."""
    return _ARABIC_LETTER.search(text) is not None
