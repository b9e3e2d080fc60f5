"""Numbers below ten million in Arabic words, written from the grammar and not from the code under test."""

from __future__ import annotations

from dataclasses import dataclass

MASCULINE = ("", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
FEMININE = ("", "واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")
TENS = ("", "", "عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")
BEFORE_HUNDRED = ("", "", "", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")


@dataclass(frozen=True)
class Style:
    """What writers differ in, and what the sentence decides."""

    hundred: str = "مئة"
    is_oblique: bool = False
    is_feminine: bool = False
    is_apart: bool = False
    """ثلاث مئة, not ثلاثمئة."""


def spell(value: int, style: Style) -> str:
    """`value`, from 0 to 9,999,999, in words."""
    millions, thousands, rest = value // 10**6, value // 1000 % 1000, value % 1000
    parts = [
        _scaled(millions, ("مليون", "ملايين"), style),
        _scaled(thousands, ("ألف", "آلاف"), style),
        _below_thousand(rest, style),
    ]
    return " و".join(filter(None, parts)) or "صفر"


def _scaled(count: int, names: tuple[str, str], style: Style) -> str:
    singular, plural = names
    if count == 0:
        return ""
    if count == 1:
        return singular
    if count == 2:
        return singular + ("ين" if style.is_oblique else "ان")
    forms = {range(3): singular, range(3, 11): plural, range(11, 100): singular + "ا"}
    noun = next(form for counts, form in forms.items() if count % 100 in counts)
    counted = _below_thousand(count, Style(style.hundred, style.is_oblique, is_apart=style.is_apart))
    if count == 200:
        counted = counted[:-1]  # مئتا ألف
    return f"{counted} {noun}"


def _below_thousand(value: int, style: Style) -> str:
    hundreds, rest = divmod(value, 100)
    return " و".join(filter(None, [_hundreds(hundreds, style), _below_hundred(rest, style)]))


def _hundreds(count: int, style: Style) -> str:
    if count == 0:
        return ""
    if count == 1:
        return style.hundred
    if count == 2:
        return style.hundred[:-1] + ("تين" if style.is_oblique else "تان")
    return BEFORE_HUNDRED[count] + (" " if style.is_apart else "") + style.hundred


def _below_hundred(value: int, style: Style) -> str:
    units = FEMININE if style.is_feminine else MASCULINE
    if value <= 10:
        return _declined(units[value], style)
    tens, unit = divmod(value, 10)
    if tens == 1:
        return _teen(unit, style)
    ten = TENS[tens] + ("ين" if style.is_oblique else "ون")
    if unit == 1:
        return f"{'إحدى' if style.is_feminine else 'واحد'} و{ten}"
    return " و".join(filter(None, [_declined(units[unit], style), ten]))


def _teen(unit: int, style: Style) -> str:
    ten = "عشرة" if style.is_feminine else "عشر"
    if unit == 1:
        return f"{'إحدى' if style.is_feminine else 'أحد'} {ten}"
    if unit == 2:
        two = "اثنت" if style.is_feminine else "اثن"
        return f"{two}{'ي' if style.is_oblique else 'ا'} {ten}"
    return f"{(FEMININE if style.is_feminine else MASCULINE)[unit]} {ten}"


def _declined(word: str, style: Style) -> str:
    return word[:-2] + "ين" if style.is_oblique and word.startswith("اثن") else word
