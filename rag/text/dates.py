"""Dates as Arabic newspapers write them, to ISO 8601; a date without its year is no date."""

from __future__ import annotations

import re
from datetime import date

from rag.text.normalise import normalise

# One row per month: the Gulf's and Egypt's name, the Levant's and Iraq's, the Maghreb's, English.
_MONTHS = (
    "يناير|كانون الثاني|جانفي|january|jan",
    "فبراير|شباط|فيفري|february|feb",
    "مارس|آذار|march|mar",
    "أبريل|نيسان|أفريل|april|apr",
    "مايو|أيار|ماي|may",
    "يونيو|يونيه|حزيران|جوان|june|jun",
    "يوليو|يوليه|تموز|جويلية|يوليوز|july|jul",
    "أغسطس|آب|أوت|غشت|august|aug",
    "سبتمبر|أيلول|شتنبر|september|sept|sep",
    "أكتوبر|تشرين الأول|october|oct",
    "نوفمبر|تشرين الثاني|نونبر|november|nov",
    "ديسمبر|كانون الأول|دجنبر|december|dec",
)
_MONTH_OF = {name: number for number, row in enumerate(_MONTHS, 1) for name in normalise(row).split("|")}
_MONTH = "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True))
_TWIN = rf"(?:\s*[/(\-]\s*(?P<twin>{_MONTH})\s*\)?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_BEFORE_YEAR = r"\.?\s*[,،]?\s*(?:من\s+)?(?:عام\s+|سنه\s+|لعام\s+)?"
_FORMS = (
    rf"(?<!\d){_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d)",
    rf"(?<!\d)(?P<day>\d{{1,2}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark){_YEAR}(?!\d)",
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*(?:من\s+)?(?:شهر\s+)?(?P<month>{_MONTH}){_TWIN}{_BEFORE_YEAR}{_YEAR}(?!\d)",
    rf"(?<!\w)(?P<month>{_MONTH}){_TWIN}\.?\s+(?P<day>\d{{1,2}})\s*[,،]?\s*{_YEAR}(?!\d)",
)
_DATES = tuple(re.compile(form) for form in _FORMS)
_ISO = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?!\d)")

# What may stand beside a date on a line of its own.
_BESIDE = frozenset(
    normalise(
        "السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة يوم في م ه ص مساء صباحا ظهرا الساعة بتوقيت "
        "غرينتش جرينتش مكة القاهرة الموافق تاريخ التاريخ النشر نشر نشرت كتب بتاريخ آخر تحديث التحديث حدث gmt utc am pm "
        "محرم صفر ربيع الأول الآخر الثاني جمادى الأولى الآخرة رجب شعبان رمضان شوال ذو ذي القعدة الحجة "
        "saturday sunday monday tuesday wednesday thursday friday published updated on at date"
    ).split()
)
_WORD = re.compile(r"[^\W\d_]+")
_MAX_DATE_LINE = 100


def find_date(text: str) -> str | None:
    """Return the first full date in `text` as `YYYY-MM-DD`, or None: no year is ever supposed.

    Day before month where both are numbers, as the Arab press writes; years 1900 to 2099, so a Hijri
    date is passed over.
    """
    if _ISO.match(text):
        return _iso(int(text[:4]), int(text[5:7]), int(text[8:10]))
    found = _search(normalise(text))
    return found[0] if found else None


def find_date_line(line: str) -> str | None:
    """Return the date of a line that says nothing but a date (with weekday, time or "نشر في"), or None."""
    if len(line) > _MAX_DATE_LINE or not any(character.isdigit() for character in line):
        return None
    folded = normalise(line)
    found = _search(folded)
    if found is None:
        return None
    value, start, end = found
    return value if all(word in _BESIDE for word in _WORD.findall(f"{folded[:start]} {folded[end:]}")) else None


def _search(folded: str) -> tuple[str, int, int] | None:
    found: list[tuple[int, int, str]] = []
    for form in _DATES:
        for match in form.finditer(folded):
            value = _value(match)
            if value is not None:
                found.append((match.start(), match.end(), value))
                break
    if not found:
        return None
    start, end, value = min(found)
    return value, start, end


def _value(match: re.Match[str]) -> str | None:
    named = match.groupdict()
    month = _MONTH_OF.get(named["month"]) or int(named["month"])
    twin = named.get("twin")
    if twin is not None and _MONTH_OF[twin] != month:
        return None
    return _iso(int(named["year"]), month, int(named["day"]))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
