"""Numbers with their nouns: Arabic has five forms where English has two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.texts import Lang

_FEW_FROM, _FEW_TO, _MANY_TO = 3, 10, 99


class Noun(NamedTuple):
    """The forms of a noun after a preposition, which is where every sentence of ours puts a number."""

    one: str
    """With its numeral: "مقال واحد"."""
    two: str
    """The dual, which needs no numeral: "مقالين"."""
    few: str
    """After 3 to 10: "مقالات"."""
    many: str
    """After 11 to 99: "مقالا"."""
    other: str
    """After 0 and whole hundreds, and after 101 or 102: "مقال"."""
    one_en: str
    many_en: str


NOUNS: Mapping[str, Noun] = {
    "articles": Noun("مقال واحد", "مقالين", "مقالات", "مقالا", "مقال", "article", "articles"),
    "outlets": Noun("جهة واحدة", "جهتين", "جهات", "جهة", "جهة", "outlet", "outlets"),
    "questions": Noun("سؤال واحد", "سؤالين", "أسئلة", "سؤالا", "سؤال", "question", "questions"),
    "days": Noun("يوم واحد", "يومين", "أيام", "يوما", "يوم", "day", "days"),
    "records": Noun("سجل واحد", "سجلين", "سجلات", "سجلا", "سجل", "record", "records"),
    "letters": Noun("حرف واحد", "حرفين", "أحرف", "حرفا", "حرف", "character", "characters"),
    "minutes": Noun("دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة", "دقيقة", "minute", "minutes"),
    "seconds": Noun("ثانية واحدة", "ثانيتين", "ثوان", "ثانية", "ثانية", "second", "seconds"),
}
"""By the name of the placeholder: `{articles}` in a sentence of the bot is a number and its noun."""


def counted(number: int, noun: str, lang: Lang) -> str:
    """`number` with its noun (a key of NOUNS), such as "3 مقالات" or "12 articles".

    Raises:
        KeyError: no such noun.
    """
    forms = NOUNS[noun]
    if lang == "en":
        return f"{number:,} {forms.one_en if number == 1 else forms.many_en}"
    if number in {1, 2}:
        return forms.one if number == 1 else forms.two
    last = number % 100
    if _FEW_FROM <= last <= _FEW_TO:
        return f"{number:,} {forms.few}"
    return f"{number:,} {forms.many if _FEW_TO < last <= _MANY_TO else forms.other}"
