"""What Typer says itself, of mistakes on the command line and around help: Arabic is found by the form of its English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.texts import Text
from rag.text.normalise import has_arabic

_VALUE = r"Invalid value for '(?P<what>[^']+)'[^:]*: "
_MEANT = r"(?:\.? Did you mean (?:one of: )?(?P<names>.*)\?| \(Possible \w+: (?P<possible>.*)\))"
_PATTERNS: Sequence[tuple[str, str]] = (
    (rf"No such command '(?P<what>.*)'{_MEANT}", "لا أمر باسم `{what}`. لعلك تقصد: `{names}`"),
    (r"No such command '\s*'\.", "اسم الأمر فارغ."),
    (r"No such command '(?P<what>.*)'\.", "لا أمر باسم `{what}`."),
    (rf"No such option:? '?(?P<what>[^\s']+)'?{_MEANT}", "لا خيار باسم `{what}`. لعلك تقصد: `{names}`"),
    (r"No such option:? '?(?P<what>[^\s']+)'?.*", "لا خيار باسم `{what}`."),
    (r"Missing [^']*'(?P<what>.*)'\.", "لم تكتب: `{what}`"),
    (r"Got unexpected extra argument\S* \(\s*\)", "في آخر الأمر قيمة فارغة لا يقبلها."),
    (r"Got unexpected extra argument\S* \((?P<what>.*)\)", "في الأمر زيادة لا يقبلها: `{what}`."),
    (r"Option '(?P<what>.*)' requires an argument\.", "الخيار `{what}` تلزمه قيمة."),
    (r"Option '(?P<what>.*)' requires 2 arguments\.", "الخيار `{what}` تلزمه قيمتان."),
    (r"Option '(?P<what>.*)' does not take a value\.", "الخيار `{what}` لا يأخذ قيمة."),
    (_VALUE + r".*not one of (?P<names>.*)\.", "قيمة `{what}` غير مقبولة؛ المقبول: `{names}`."),
    (_VALUE + r".*greater than or equal to (?P<limit>\S+)", "يجب ألا تقل قيمة `{what}` عن {limit}."),
    (_VALUE + r".*less than or equal to (?P<limit>\S+)", "يجب ألا تزيد قيمة `{what}` على {limit}."),
    (_VALUE + r".*valid integer.*", "يجب أن تكون قيمة `{what}` عددا صحيحا."),
    (_VALUE + r".*is a file\.", "يجب أن تكون قيمة `{what}` مجلدا لا ملفا."),
    (_VALUE + r".*is a directory\.", "يجب أن تكون قيمة `{what}` ملفا لا مجلدا."),
    (_VALUE + r"it is empty\.", "قيمة `{what}` فارغة."),
    (_VALUE + r"(?P<why>.*)", "قيمة `{what}` غير مقبولة: `{why}`."),
)
_ARABIC = tuple((re.compile(pattern, re.DOTALL), arabic) for pattern, arabic in _PATTERNS)

# The page is wrapped already: within brackets a line may break at each space.
_HELP_PATTERNS: Sequence[tuple[str, str]] = (
    (r"^Usage: ", "الاستعمال:\n  "),
    (r"^Arguments:$", "المدخلات:"),
    (r"^Options:$", "الخيارات:"),
    (r"^Commands:$", "الأوامر:"),
    (r"\[required\]", "[لازم]"),
    (r"\[default:", "[المعتاد:"),
    (r";(?=\s+\d+<=x)", "؛"),
    (r"(\d+)<=x<=(\d+)\]", r"من \1 إلى \2]"),
    (r"\[x>=(\d+)\]", r"[\1 فأكثر]"),
    (r" <list\[\w+\]>", ""),
)
_ARABIC_HELP = tuple((re.compile(pattern, re.MULTILINE), arabic) for pattern, arabic in _HELP_PATTERNS)

HELP = Text("للمساعدة: `{command} --help`", "For help: `{command} --help`")
NO_COMMAND = "Missing command."
"""Typer's own sentence for a command line that stops before the command's name."""


def usage_in_arabic(mistake: str) -> str:
    """Typer's sentence in Arabic; one of ours, which is Arabic already, without what Typer puts before it."""
    if has_arabic(mistake) and mistake.startswith("Invalid value: "):
        return mistake.removeprefix("Invalid value: ")
    for pattern, arabic in _ARABIC:
        if found := pattern.fullmatch(mistake.replace("`", "'")):
            said = {name: value.replace("'", "") for name, value in found.groupdict().items() if value is not None}
            names = said.get("names") or said.get("possible") or ""
            return arabic.format(**{**said, "names": names.replace(", ", "` أو `")})
    return f"خطأ في كتابة الأمر: {mistake}"


def help_in_arabic(page: str) -> str:
    """A page of help with Typer's own words in Arabic."""
    for pattern, arabic in _ARABIC_HELP:
        page = pattern.sub(arabic, page)
    return page
