"""What kind of answer a question asks for, and what such an answer looks like in a sentence.

Cues are words, matched on normalised text (`rag.text.normalise`), for written Arabic and for the
question words of the dialects. They help to choose a sentence; none of them decides alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.text.terms import words

Kind = Literal["number", "date", "place", "person", "reason", "manner", "definition", "yes_no", "other"]

_QUANTITIES = "عدد|نسبه|حجم|قيمه|سعر|تكلفه|كلفه|مساحه|طول|ارتفاع|عمر|درجه|حصيله|ميزانيه|راتب|مبلغ|معدل"
_TIMES = "عام|سنه|يوم|تاريخ|شهر|قرن|ساعه|وقت|موعد|عقد|حقبه|فتره|زمن"
_PLACES = "مدينه|دوله|بلد|مكان|قاره|منطقه|محافظه|قريه|ولايه|اقليم|عاصمه|ملعب|موقع|دول|مدن"
_PEOPLE = "رئيس|وزير|مدير|قائد|ملك|امير|مخرج|مؤلف|كاتب|مدرب|لاعب|شخص|متحدث|سفير|ممثل|مطرب|شاعر"

# In the order in which they are tried; the first that matches names the kind.
_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("reason", r"\b(?:لماذا|لما|لم|ليش|ليه|علاش|وعلاش|لاي سبب|(?:ما|ماهي|ماهو)(?: هو| هي)? (?:ال)?(?:سبب|اسباب|دوافع))\b"),
        ("date", rf"\b(?:متي|امتي|ايمتي|ايمتا|امتا|وقتاش|اي(?:ه)? (?:{_TIMES})|(?:ما|ماهو|ما هو) (?:تاريخ|موعد))\b"),
        ("number", rf"\b(?:كم|بكم|وكم|لكم|كام|بكام|قديش|اديش|قداش|شحال|بشحال|(?:ما|ماهو|ماهي|ما هو|ما هي|بلغ|بلغت) (?:ال)?(?:{_QUANTITIES}))\b"),
        ("place", rf"\b(?:اين|واين|فين|وين|منين|(?:في|الي|من|ب|علي)?\s?اي (?:{_PLACES})|(?:ما|ماهي|ما هي) (?:عاصمه|مدينه|دوله))\b"),
        ("person", rf"^(?:و|ف)?(?:من|لمن|مين|منو|شكون|ومن)\b(?! (?:خلال|حيث|اجل|اي|اين))|\b(?:مين|منو|شكون|من (?:هو|هي|هم|الذي|التي|الذين))\b|\b(?:ما|ماهو|ما هو) اسم (?:ال)?(?:{_PEOPLE})"),
        ("manner", r"\b(?:كيف|وكيف|ازاي|شلون|كيفاش|كيفيه)\b"),
        ("yes_no", r"^(?:و|ف)?(?:هل|اليس|الم)\b"),
        ("definition", r"^(?:و|ف)?(?:ما|ماذا|ماهو|ماهي|شو|شنو|ايش|وش|اش|ايه|اشنو)\b|\b(?:يعني ايه|معني|تعريف)\b"),
    )
)  # fmt: skip

_NUMERALS = (
    r"\d+|واحده?|اثن(?:ان|ين|تان|تين)|[وبل]?ثلاثه?|[وبل]?اربعه?|[وبل]?خمسه?|[وبل]?سته?|[وبل]?سبعه?|[وبل]?ثماني?ه?|[وبل]?تسعه?|[وبل]?عشره?|[وبل]?عشرين|"
    r"عشرون|(?:ثلاث|اربع|خمس|ست|سبع|ثمان|تسع)(?:ون|ين|مئه|مائه)|مئ(?:ه|ات|تين|تان|تي)|مائ(?:ه|تين|تان|تي)|الف(?:ا|ين|ان|ي)?|الاف|"
    r"ملي(?:ون|ونا|ونين|ونان|ار|ارا|ارين|اران)|ملايين|بليون|تريليون|عشرات|نصف|ربع|ثلث|ثلثي|جندي(?:ان|ين)|شخص(?:ان|ين)"
)
_MONTHS = (
    "يناير|فبراير|مارس|ابريل|مايو|يونيو|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر|كانون|شباط|اذار|نيسان|ايار|حزيران|تموز|"
    "اب|ايلول|تشرين|محرم|صفر|ربيع|جمادي|رجب|شعبان|رمضان|شوال|القعده|الحجه|جانفي|فيفري|ماي|جوان|جويليه|اوت"
)
_DAYS = "السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|اليوم|امس|غدا|البارحه"

_SHOWS: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(rf"^(?:{pattern})$")
    for kind, pattern in {
        "number": _NUMERALS,
        "date": rf"1\d\d\d|20\d\d|[وبل]?(?:{_MONTHS})|[وبلف]?(?:{_DAYS})|[وبل]?(?:ال)?(?:عام|سنه|قرن|ساعه|صباح|مساء|فجر)|منذ|عقب",
        "place": rf"في|[وب]?(?:ال)?(?:{_PLACES}|شمال|جنوب|شرق|غرب|وسط|شرقي|غربي|شمالي|جنوبي)|قرب|داخل|بمدينه|بمنطقه",
        "person": rf"[وبل]?(?:ال)?(?:{_PEOPLE}|رئيسه|سيد|سيده|دكتور|شيخ|عضو|امين|نائب|بن|بنت|ابن|ابو|عبد|محمد)",
        "reason": r"بسبب|[ول]?لان\w*|نتيجه|جراء|اثر|اجل|نظرا|سبب|اسباب|يعود|تعود|بهدف|احتجاجا?|لذلك|لهذا|بعدما|لكي|كي|بغيه|خشيه|ادي|ادت|بفعل",
        "manner": r"طريق|بواسطه|عبر|خلال|باستخدام|بطريقه|وسيله|طريقه|حيث|بشكل|اسلوب",
        "definition": r"هو|هي|وهو|وهي|عباره|تعني|يعني|نوع|احد|احدي|مصطلح|يعرف|تعرف|يسمي|تسمي|اسم|يطلق",
    }.items()
}

_COUNTS = frozenset("كم بكم وكم لكم كام بكام قديش اديش قداش شحال بشحال عدد".split())
_ASKING = (
    frozenset(
        "من لمن مين منو شكون متي امتي ايمتي ايمتا امتا وقتاش اين واين فين وين منين لماذا ليش ليه علاش كيف وكيف ازاي شلون "
        "كيفاش هل ما ماذا ماهو ماهي شو شنو ايش وش اش ايه اي ايه هو هي اسم بحسب وفق".split()
    )
    | _COUNTS
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of a question, and for a number the word that is counted ("كم جنديا": "جنديا")."""

    kind: Kind
    unit: str | None = None


def read_question(question: str) -> Asked:
    """What `question` asks for."""
    spoken = words(question)
    text = " ".join(spoken)
    kind = next((kind for kind, asks in _ASKS if asks.search(text)), "other")
    return Asked(kind, _unit(spoken) if kind == "number" else None)


def _unit(spoken: list[str]) -> str | None:
    for word, following in zip(spoken, spoken[1:], strict=False):
        if word in _COUNTS and following not in _ASKING:
            return following
    return None


def is_asking_word(word: str) -> bool:
    """Whether a normalised word asks instead of naming what is asked about."""
    return word in _ASKING


def cue_positions(kind: Kind, spoken: list[str]) -> list[int]:
    """Where in the normalised words of a sentence an answer of this kind may stand."""
    shows = _SHOWS.get(kind)
    return [at for at, word in enumerate(spoken) if shows.match(word)] if shows else []
