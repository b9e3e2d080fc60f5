"""Invented names for generated articles: towns and people, so that one story can be told from another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

KINDS_OF_PLACE = (
    *("دار", "تل", "عين", "بندر", "مرسى", "وادي", "بر", "كفر", "دير", "رأس", "جبل", "بئر", "باب", "برج", "خان", "مرج"),
    *("ضفة", "كهف", "سهل", "جسر", "خور", "عقبة", "قصر", "ظهر"),
)
NAMES_OF_PLACE = (
    *("الزيتون", "الريحان", "النخيل", "الغزال", "الحمام", "الياسمين", "الرمان", "اللوز", "البيلسان", "السنديان"),
    *("القصب", "الرمل", "العقاب", "الهدهد", "الصنوبر", "التوت", "العنب", "الشيح", "الخزامى", "الدفلى", "الحور"),
    *("السماق", "الزعتر", "القرنفل", "الصخر", "الفيروز", "المرجان", "اللؤلؤ", "الطين", "الفخار", "النحاس", "الغدير"),
    *("الشلال", "الضباب", "الثلج", "الشمس", "النجم", "الهلال", "الحصان", "القطا", "الكروان", "البجع", "السنابل"),
)
MEN = (
    *("سامر", "رامي", "زياد", "طارق", "جابر", "فارس", "نادر", "مازن", "غسان", "وليد", "باسل", "ماهر", "سليم", "عدي"),
    *("كريم", "بهاء", "حازم", "رشيد", "منذر", "صفوان"),
)
WOMEN = (
    *("هيفاء", "لمياء", "نوال", "سهى", "مها", "رولا", "عبير", "دانية", "هالة", "منى", "أسيل", "جمانة", "ريما", "نجوى"),
    *("ميسون", "سوسن", "لبنى", "عفاف", "هند", "أروى"),
)
FAMILY_NAMES = (
    *("النجار", "الحلاق", "الصباغ", "العطار", "الخياط", "البيطار", "السقا", "الدباغ", "الفران", "القصاب", "الوراق"),
    *("الساعاتي", "المنجد", "الكحال", "الطحان", "الملاح", "الصائغ", "الرفاء", "الغزال", "الخباز", "السمان", "الفلكي"),
    *("الجوهري", "القنواتي", "الزجاج", "الخزاف", "السروجي", "العجلاني", "الترجمان", "الخطاط", "الرسام", "الناسخ"),
    *("البزاز", "الحصري", "القطان", "الكتبي", "المرعشي", "النحوي", "الطرازي", "الشماع", "البواب", "القباني"),
)

SEEDS_PLACES = re.compile(
    r"(?:دار السرو|تل العوسج|عين الصفصاف|بندر المها|مرسى النورس|وادي النسيم|بني رامح|بر[ّ]? الملح|تل الفخار)"
)
SEEDS_MEN = re.compile(
    "(?:عدنان الكيلاني|فواز الخليل|بشير المالح|نعيم شقير|رائد البنّ?ا|كمال الحديدي|مروان الدجاني|عبد الرحيم زيدان"
    "|حسّ?ان الأتاسي|هيثم عوّ?اد|وائل الخطيب)"
)
SEEDS_WOMEN = re.compile("(?:سلمى الراوي|سلمى الحدّ?اد|ليلى حمدان|هدى الصيرفي|رنا القاسم|وداد الفقيه|فاديا الأسمر)")
_MONTH = "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|كانون|شباط|آذار|نيسان|تشرين"
_NUMBER = re.compile(rf"(?<![\d.,/:-])\d{{1,4}}(?![\d/:-])(?! (?:{_MONTH}))")
_YEARS = range(1900, 2100)


@dataclass(slots=True)
class Cast:
    """Who and what one story is about: the same seed's name becomes the same new name throughout."""

    chance: Random
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def town(self) -> str:
        """Where it happens."""
        return self._named("", KINDS_OF_PLACE, NAMES_OF_PLACE)

    def recast(self, text: str) -> str:
        """`text` with the invented names and the plain numbers of the starter articles replaced by this story's."""
        text = SEEDS_PLACES.sub(lambda found: self._named(found[0], KINDS_OF_PLACE, NAMES_OF_PLACE), text)
        text = SEEDS_MEN.sub(lambda found: self._named(found[0], MEN, FAMILY_NAMES), text)
        text = SEEDS_WOMEN.sub(lambda found: self._named(found[0], WOMEN, FAMILY_NAMES), text)
        return _NUMBER.sub(lambda found: self._number(found[0]), text)

    def _named(self, name: str, first: tuple[str, ...], second: tuple[str, ...]) -> str:
        if name not in self._known:
            self._known[name] = f"{self.chance.choice(first)} {self.chance.choice(second)}"
        return self._known[name]

    def _number(self, digits: str) -> str:
        """Another number of as many digits; a year stays."""
        if int(digits) in _YEARS or digits.startswith("0"):
            return digits
        if digits not in self._known:
            low = 10 ** (len(digits) - 1)
            self._known[digits] = str(self.chance.randrange(max(low, 2), 10 * low))
        return self._known[digits]
