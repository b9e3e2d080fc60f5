"""Whether Arabic can be read: its letters named plainly, and in the order that its words begin and end in."""

from __future__ import annotations

import re
import unicodedata

from rag.articles.formats.extracted import RefusedError

_FORMS = re.compile(r"[\ufb50-\ufdcf\ufe70-\ufefc]")
_WORD = re.compile(r"[\u0621-\u063a\u0641-\u064a\u064b-\u0652]{2,}")
_MARKS = re.compile(r"[\u064b-\u0652\u0640]")
_COMMON = frozenset(
    re.findall(r"\S+", "في من على إلى عن أن إن هذا هذه التي الذي مع كان قد بعد قبل بين كل ما لم لا أو ثم غير حتى عند")
)
_COMMON_TURNED = frozenset(word[::-1] for word in _COMMON) - _COMMON
# "األول" for "الأول": a ligature whose letters were turned once too often. No word is written so.
_TORN = re.compile(r"\b[وفبك]?ا(?:[أإآ]ل|ال(?=[\u0621-\u064a]{3}))")
_ARABIC = re.compile(r"[\u0621-\u063a\u0641-\u064a]")
# How windows-1256 shows the first bytes of Arabic in UTF-8. Real articles reach 6 % of their letters.
_OF_TWO_BYTES = re.compile(r"[طظ]")
_MOST_OF_TWO_BYTES = 0.25
_LONGEST_MEAN = 9.0
_FEW = 3


def plain_letters(text: str) -> str:
    """Return `text` with its presentation forms (letters by their shape in the word) as letters."""
    return _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match.group()).strip(" "), text)


def readable(text: str) -> str:
    """Return `text` in plain letters, where a person can read it.

    Raises:
        RefusedError: it is turned, or was decoded twice.
    """
    text = plain_letters(text)
    if order_score(text) < 0:
        raise RefusedError("visual_order", "its Arabic comes out in an order that cannot be read")
    if len(_OF_TWO_BYTES.findall(text)) > _MOST_OF_TWO_BYTES * len(_ARABIC.findall(text)):
        raise RefusedError("bad_encoding", "UTF-8 that was taken for windows-1256 before it was saved")
    return text


def order_score(text: str) -> float:
    """Return how much speaks for the order of the letters: from -1, all words turned, to 1; 0 where nothing does."""
    good = bad = 0
    for match in _WORD.finditer(text):
        word = _MARKS.sub("", match.group())
        if word in _COMMON or (len(word) >= _FEW and (word.startswith("ال") or word.endswith(("ة", "ى")))):
            good += 1
        elif word in _COMMON_TURNED or (len(word) >= _FEW and (word.endswith("لا") or word.startswith(("ة", "ى")))):
            bad += 1
    return (good - bad) / (good + bad) if good + bad >= _FEW else 0.0


def is_torn(text: str) -> bool:
    """Whether words run together, or their ligatures are turned in more than a slip here and there."""
    words = _WORD.findall(text)
    if not words:
        return False
    if sum(map(len, words)) / len(words) > _LONGEST_MEAN:
        return True
    return len(_TORN.findall(text)) > max(1, len(words) // 200)
