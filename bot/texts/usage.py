"""Mistakes on the command line: English comes from Typer, Arabic is found by its form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.texts import Text
from rag.text.normalise import has_arabic

_VALUE = r"Invalid value for '([^']+)'[^:]*: "
_PATTERNS: Sequence[tuple[str, str]] = (
    (r"No such command '(.*)'\.", r"لا أمر باسم `\1`."),
    (r"No such option:? '?([^\s']+)'?.*", r"لا خيار باسم `\1`."),
    (r"Missing [^']*'(.*)'\.", r"ينقص الأمر: `\1`"),
    (r"Got unexpected extra argument\S* \((.*)\)", r"في الأمر زيادة لا يقبلها: `\1`."),
    (r"Option '(.*)' requires an argument\.", r"الخيار `\1` تلزمه قيمة."),
    (_VALUE + r".*not one of (.*)\.", r"قيمة `\1` غير مقبولة؛ المقبول: `\2`."),
    (_VALUE + r".*greater than or equal to (\S+)", r"يجب ألا تقل قيمة `\1` عن \2."),
    (_VALUE + r".*less than or equal to (\S+)", r"يجب ألا تزيد قيمة `\1` على \2."),
    (_VALUE + r".*valid integer.*", r"يجب أن تكون قيمة `\1` عددا صحيحا."),
    (_VALUE + r".*is a file\.", r"يجب أن تكون قيمة `\1` مجلدا لا ملفا."),
    (_VALUE + r".*is a directory\.", r"يجب أن تكون قيمة `\1` ملفا لا مجلدا."),
    (_VALUE + r"(.*)", r"قيمة `\1` غير مقبولة: `\2`."),
)
_ARABIC = tuple((re.compile(pattern, re.DOTALL), arabic) for pattern, arabic in _PATTERNS)

HELP = Text("للمساعدة: `{command} --help`", "For help: `{command} --help`")


def usage_in_arabic(mistake: str) -> str:
    """Typer's sentence in Arabic; one of ours, which is Arabic already, without what Typer puts before it."""
    if has_arabic(mistake) and mistake.startswith("Invalid value: "):
        return mistake.removeprefix("Invalid value: ")
    for pattern, arabic in _ARABIC:
        if found := pattern.fullmatch(mistake.replace("`", "'")):
            return found.expand(arabic).replace("'", "")
    return f"خطأ في كتابة الأمر: {mistake}"
