"""The detail of why something was skipped: English is the library's but for other libraries' words, Arabic goes by form.

What no pattern knows stays as it is: it is a system's or a library's own word for what happened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.texts import Lang
from bot.texts.system import system_word

_PATTERNS: Sequence[tuple[str, str]] = (
    # the reason says it already
    (r"the file is empty|not a text file|no word in it|not a word in any paragraph|no article in the page", ""),
    (r"its Arabic comes out in an order that cannot be read|it asks for a password to be opened", ""),
    (r"an earlier line has this id", ""),
    (r"no `text`", "ليس فيه الحقل `text`"),
    (r"`text` is empty", "الحقل `text` فارغ"),
    (r"nothing but white space", "ليس فيه إلا مسافات"),
    (r"not a regular file", "ليس ملفا عاديا"),
    (r"(\d+) bytes; at most (\d+)", r"حجمه \1 بايت، والحد \2"),
    (r"(\d+) bytes of XML in one part; at most (\d+)", r"في جزء منه \1 بايت من XML، والحد \2"),
    (r"longer than (\d+) bytes", r"أطول من \1 بايت"),
    (r"(\d+) characters of text; at most (\d+)", r"عدد حروفه \1، والحد \2"),
    (r"(\d+) pages; at most (\d+)", r"صفحاته \1، والحد \2"),
    (r"(\d+) letters on (\d+) pages", r"حروفه \1 في \2 من الصفحات"),
    (r"(\d+) entries; at most (\d+)", r"أجزاؤه \1، والحد \2"),
    (r"unpacks to (\d+) bytes; at most (\d+)", r"يصير \1 بايت عند فتحه، والحد \2"),
    (r"unpacks to (\d+) times its size; at most (\d+) times", r"يصير عند فتحه بحجمه مضروبا في \1، والحد \2"),
    (r"unpacks to more than (\d+) bytes", r"يزيد على \1 بايت عند فتحه"),
    (r"not read after ([\d.]+) seconds(?: of computing)?", r"المهلة بالثواني: \1"),
    (r"damaged ([\w-]+) at byte (\d+)", r"ترميزه \1 تالف عند البايت \2"),
    (r"not ([\w-]+) at byte (\d+) of the line", r"ليس بترميز \1 عند البايت \2 من السطر"),
    (
        r"neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6",
        "ليس UTF-8 ولا UTF-16 ولا windows-1256 ولا ISO-8859-6",
    ),
    (r"more than one encoding in it: UTF-8 is one of them", "فيه أكثر من ترميز، أحدها UTF-8"),
    (r"no encoding is recognised", "لم يُعرف ترميزه"),
    (r"damaged characters in the article", "في المقال حروف تالفة"),
    (r"its fonts do not say which letters they paint", "خطوطه لا تذكر أي حروف ترسم"),
    (r"no page in it", "لا صفحة فيه"),
    (r"a NUL character in its text|`text` has a NUL character", "في نصه محرف NUL"),
    (r"`text` has half a surrogate pair at (\d+)", r"في `text` نصف محرف عند الموضع \1"),
    (r"nested too deeply", "متداخل أكثر من المسموح"),
    (r"not an object but \w+", "ليس كائن JSON"),
    (r"`id` is neither a string nor a number but \w+", "`id` ليس نصا ولا رقما"),
    (r"`text` is not a string but \w+", "`text` ليس نصا"),
    (r"encrypted by Word", "شفّره Word"),
    (r"a Word file of before 2007: save it as \.docx", "ملف Word أقدم من 2007: احفظه بصيغة docx"),
    (r"packed in a way that Word does not use", "مضغوط على غير طريقة Word"),
    (r"its XML declares entities, which no Word file does", "يعرّف في XML ما لا يعرّفه ملف Word"),
    (r"not a PDF file", "ليس ملف PDF"),
    (r"not a whole (PDF|Word) file: fetch or save it again \(.*\)", r"ليس ملف \1 كاملا: نزّله أو احفظه من جديد"),
    (r"not a Word document(?:: .*)?", "ليس مستند Word"),
    (r"the process that read it (?:ended with \S+|gave no answer)", "توقفت قراءته فجأة"),
    (r"the process that reads it does not start: (.*)", r"لم تبدأ قراءته: \1"),
    (r"(\w+) while it was read: see isnad doctor", r"\1 أثناء قراءته: شغّل `isnad doctor`"),
    (r"its name is not UTF-8: rename it", "اسمه ليس UTF-8: غيّر اسمه"),
    (
        r"it is named like (.+), or like an article of it: rename one of the two",
        r"اسمه كاسم \1 أو كاسم مقال فيه: غيّر أحدهما",
    ),
    (r"Permission denied", "لا إذن بقراءته"),
    (r"No such file or directory", "لم يعد موجودا"),
    (r"Is a directory|Not a directory", "ليس ملفا"),
    (r"Too many levels of symbolic links", "روابطه تدور في حلقة"),
    (r"no suffix: not one of (.*)", r"اسمه بلا امتداد من هذه: \1"),
    (r"(\S+): not one of (.*)", r"\1 ليس من: \2"),
    (r"[A-Z][^()]*: line \d+ column (\d+) \(char \d+\)", r"عند الحرف \1"),
    (r"(?:Pdf|BadZip|Package|XML)\w*: .*", ""),  # a library's own words, which say no more to a reader
)
_ARABIC = tuple((re.compile(pattern), arabic) for pattern, arabic in _PATTERNS)
_ENGLISH = tuple(
    (re.compile(pattern), english)
    for pattern, english in (
        (r"[A-Z][^()]*: line \d+ column (\d+) \(char \d+\)", r"at character \1"),
        (r"(not a whole (?:PDF|Word) file: fetch or save it again) \(.*\)", r"\1"),
        (r"(not a Word document): .*", r"\1"),
        (r"(?:Pdf|BadZip|Package|XML)\w*: .*", ""),
    )
)
"""What libraries say to programmers."""
_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


def skip_detail(detail: str, lang: Lang) -> str:
    """The detail in `lang`; empty where the reason beside it says as much."""
    if numbered := _LINE.fullmatch(detail):
        rest = skip_detail(numbered[2], lang)
        return f"{'السطر' if lang == 'ar' else 'line'} {numbered[1]}" + (f": {rest}" if rest else "")
    for pattern, said in _ARABIC if lang == "ar" else _ENGLISH:
        if found := pattern.fullmatch(detail):
            return found.expand(said)
    return system_word(detail, lang)
