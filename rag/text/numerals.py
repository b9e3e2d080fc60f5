"""Numbers written in digits: Western, Arabic-Indic and Persian, with the separators newspapers use."""

from __future__ import annotations

import re
from fractions import Fraction

from rag.text.normalise import normalise

DIGIT = "[0-9٠-٩۰-۹]"
_FIXED_SPACE = "\u00a0\u202f\u2009"
_UNITS = "km|kg|cm|mm|ml|kw|mw|gb|mb|tb|mhz|ghz"
_THREE = rf"{DIGIT}{{3}}(?!{DIGIT})"
_ALONE = rf"(?<!{DIGIT}[.,٫٬،])"
_END = rf"(?!{DIGIT}|[.,٫٬،]{DIGIT})"

_SHAPES = {
    # No number, yet consumed whole: its digits would be taken for one.
    "code": rf"{DIGIT}+(?!(?i:{_UNITS})\b)[A-Za-z_@][A-Za-z0-9_@.-]*",
    # 1,234,567.8 and 1.234.567,8
    "grouped": rf"{_ALONE}{DIGIT}{{1,3}}(?:(?:[,٬]{_THREE})+|(?:[،{_FIXED_SPACE}]{_THREE})+)(?:[.٫]{DIGIT}+)?{_END}",
    "dot_grouped": rf"{_ALONE}{DIGIT}{{1,3}}(?:\.{_THREE}){{2,}}(?:,{DIGIT}+)?{_END}",
    # 1.500 people are 1500, 1.500 million are one and a half.
    "dot_or_group": rf"{_ALONE}(?![0٠۰]){DIGIT}{{1,3}}\.{DIGIT}(?:00|٠٠|۰۰){_END}",
    "decimal": rf"{_ALONE}{DIGIT}+(?:[.٫]{DIGIT}+|[,،٬]{DIGIT}{{1,2}}){_END}",
    # Agencies type the fraction first, around ر for "فاصلة", for it to look right on the page: 5ر6 is 6.5.
    "fraction_first": rf"{DIGIT}+ر{DIGIT}+(?!{DIGIT})",
    "plain": rf"{DIGIT}+",
}
NUMERAL = "|".join(f"(?P<{name}>{shape})" for name, shape in _SHAPES.items())
"""Pattern of everything in digits that is to be read as one."""

_NUMERAL = re.compile(NUMERAL)
_DECIMAL_MARKS = {"grouped": ".٫", "dot_grouped": ",", "decimal": ".٫,،٬", "fraction_first": "ر"}
_NO_DIGIT = re.compile("[^0-9]")
_LONGEST = 30


def numeral_value(numeral: str, *, is_scaled: bool = False) -> Fraction | None:
    """The value of one match of `NUMERAL`; None for codes ("4K") and what is longer than a quantity.

    `is_scaled` says that a scale or a percent sign follows, which makes the dot of "1.500" a decimal point.
    """
    found = _NUMERAL.fullmatch(numeral)
    shape = found.lastgroup if found else None
    if shape is None or shape == "code" or len(numeral) > _LONGEST:
        return None
    marks = "." if shape == "dot_or_group" and is_scaled else _DECIMAL_MARKS.get(shape, "")
    digits = normalise(numeral)
    parts = re.split(f"[{marks}]", digits) if marks else [digits]
    if shape == "fraction_first":
        parts.reverse()
    whole, fraction = parts[0], "".join(parts[1:]) or "0"
    return Fraction(f"{_NO_DIGIT.sub('', whole)}.{fraction}")
