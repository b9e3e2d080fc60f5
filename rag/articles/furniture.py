"""Page furniture at the very end of a page: share rows, tags, follow-us lines, related links, disclaimers.

Only lines that cannot be anything else are known here: what is left standing is searched, what is
cut is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.schema import Span
from rag.text.normalise import normalise

_LINE = re.compile(r"\S[^\n\r\v\f\u0085\u2028\u2029]*")
_EDGE = " \t\u00a0:.…|-–—•*#«»←→<>()[]،,\u200f\u200e"


def _phrases(*rows: str) -> tuple[str, ...]:
    return tuple(normalise(phrase.strip()) for row in rows for phrase in row.split("|"))


_RELATED = frozenset(
    _phrases(
        "مقالات مشابهة|مواضيع مشابهة|أخبار مشابهة|مقالات ذات صلة|مواضيع ذات صلة|موضوعات ذات صلة|أخبار ذات صلة",
        "مواضيع متعلقة|موضوعات متعلقة|أخبار متعلقة|مقالات متعلقة|مواد ذات صلة|ذات صلة|روابط ذات صلة",
        "اقرأ أيضا|اقرأ المزيد|اقرأ كذلك|شاهد أيضا|قد يهمك|قد يهمك أيضا|قد يعجبك أيضا|قد يعجبك",
        "اقرأوا أيضا|اقرؤوا أيضا|طالع أيضا|وقد يهمك أيضا|قد يهمكم|قد يهمكم أيضا|قد تهمك|قد تهمك أيضا",
        "الوسوم|وسوم|كلمات دلالية|الكلمات الدلالية|كلمات مفتاحية|الكلمات المفتاحية|تاغات|تاجات|tags|keywords",
        "الأكثر قراءة|الأكثر مشاهدة|الأكثر تداولا|اخترنا لك|اخترنا لكم|أحدث الأخبار|آخر الأخبار",
        "المزيد من الأخبار|المزيد من المواضيع|المزيد من المقالات|أخبار أخرى|مواضيع أخرى|مقالات أخرى",
        "related|related articles|related news|read also|read more|most read",
    )
)
_WHOLE = _RELATED | frozenset(
    _phrases(
        "رابط مختصر|الرابط المختصر|رابط الخبر|نسخ الرابط|تم نسخ الرابط|ابق على اتصال|ابق على تواصل|كن على اتصال",
        "احصل على النشرة الإخبارية|النشرة الإخبارية|النشرة البريدية|اشترك|اشترك الآن|اشتراك|سجل الآن",
        "تابعنا|تابعونا|تابعنا على|تابعونا على|شارك|شاركها|شارك الخبر|شارك المقال|شارك هذا الخبر|شارك هذا المقال",
        "شارك على|مشاركة|مشاركة الخبر|مشاركة المقال|المزيد|إعلان|إعلانات|التعليقات|أضف تعليقا|أضف تعليق",
        "اترك تعليقا|اترك تعليق|لا توجد تعليقات|الصفحة الرئيسية|العودة للأعلى|جميع الحقوق محفوظة|next previous",
        "advertisement|share|share this|follow us|comments|leave a comment|all rights reserved|short link",
    )
)
_SHARE_WORDS = frozenset(
    _phrases(
        "فيسبوك|فيس|بوك|تويتر|واتساب|واتس|اب|تلغرام|تليغرام|تيليجرام|تليجرام|انستغرام|إنستغرام|لينكد|لينكدإن|إن",
        "ماسنجر|يوتيوب|طباعة|اطبع|إرسال|أرسل|حفظ|نسخ|بريد|البريد|الإلكتروني|إلكتروني|إيميل|مشاركة|شارك|عبر|على",
        "facebook|twitter|whatsapp|telegram|linkedin|pinterest|messenger|instagram|youtube|tiktok|email|print|x|rss",
        "share|tweet|pin|it|copy|link|إكس|إلى|صديق|شاركها|تابعنا|تابعونا",
    )
)
_LABELS = _phrases(
    "المصدر|مصدر الخبر|كلمات دلالية|الكلمات الدلالية|كلمات مفتاحية|الكلمات المفتاحية|الوسوم|وسوم|تاغات|تاجات|هاشتاغ",
    "هاشتاج|رابط مختصر|الرابط المختصر|رابط الخبر|الأقسام|التصنيفات|tags|keywords|source|short link",
    "شارك الخبر|شارك المقال|شارك هذا الخبر|شارك هذا المقال",
    "شاركها على|شارك على|شارك عبر|تابعنا على|تابعونا على|تابعنا عبر|تابعونا عبر",
    "اقرأ أيضا|اقرأ المزيد|اقرأ كذلك|شاهد أيضا|قد يهمك|قد يهمك أيضا|قد يعجبك أيضا|مواضيع ذات صلة|أخبار ذات صلة",
)
_BEGINNINGS = _phrases(
    "تابعونا على|تابعنا على|تابعنا عبر|تابعونا عبر|تابعوا آخر|تابع آخر|تابعوا صفحتنا|تابعوا قناتنا|تابع قناتنا",
    "اشترك في النشرة|اشترك في نشرتنا|اشترك في نشرة|اشتركوا في نشرة",
    "اشترك في قناة|اشترك في قناتنا|اشترك في خدمة|اشتركوا في قناة|للاشتراك في",
    "اقرأ المزيد في|انضم إلى قناة|انضموا إلى قناة|انضم إلى قناتنا|انضم لقناة|احصل على النشرة|احصل على آخر الأخبار",
    "حمل التطبيق|حمل تطبيق|حملوا تطبيق|لتحميل تطبيق|للتواصل مع الكاتب|للتواصل أرسل|لمراسلة الكاتب",
    "لمتابعة آخر الأخبار|لمتابعة أحدث الأخبار|لمتابعة كل جديد|لمتابعة المزيد من|شارك هذا الخبر|شارك هذا المقال",
    "جميع الحقوق محفوظة|كافة الحقوق محفوظة|حقوق النشر محفوظة|حقوق الطبع محفوظة|© |copyright|all rights reserved",
    "follow us on|subscribe to our|download our app",
)
_MAX_BEGINNING = 200
_DISCLAIMERS = tuple(
    re.compile(normalise(begin) + ".*" + normalise(then))
    for begin, then in (
        ("تفاصيل الاحداث قد تم", "فريق التحرير"),
        ("^شاكرين لكم? تفهمكم", ""),
        (
            "^(?:(?:إن )?الآراء|المقالات|المواد|التعليقات|ما ينشر|هذا المقال|المقال)",
            " (?:ولا|لا|وليس|ليس) .*(?:تعبر|يعبر|تعكس|يعكس|تمثل|يمثل)",
        ),
        (
            "^(?:ملحوظة|ملاحظة|تنويه|تنبيه)[ :]",
            "(?:مضمون|محتوى|الموقع|الخبر|المقال|مسؤولية|مسؤول|منقول|نقلا)",
        ),
        ("^إخلاء (?:ال)?مسؤولية", ""),
        ("^(?:هذا|تم نقل هذا) (?:الخبر|المحتوى|المقال)", "(?:منقول|المصدر|دون تدخل|آليا)"),
    )
)
_MAX_DISCLAIMER = 700
_HASHTAGS_OR_RULE = re.compile(r"(?:#\w+\s*)+|[\W_]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")
_URL = re.compile(r"(?:https?://|www\.)\S+")

_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_WORD = re.compile(r"\w+")
_BULLET = re.compile(r"[•●▪◾■◦*·–-]\s*\S")
_SENTENCE_END = (".", "؛", ":", "،", "»", '"')
_MAX_LINK = 150
_MAX_LINKS = 40


def find_lines(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the lines of `text[start:end]` that are not blank, each without the white space around it."""
    for match in _LINE.finditer(text, start, end):
        yield match.start(), match.start() + len(match.group().rstrip())


def num_kept(text: str, lines: list[Span]) -> int:
    """Return how many of `lines` are left when the furniture at the end goes; the first always stays."""
    kept = len(lines)
    while kept > 1:
        above, last = (text[slice(*line)] for line in lines[kept - 2 : kept])
        if is_furniture(last) or _is_address(last, above):
            kept -= 1
            continue
        heading = _related_heading(text, lines, kept)
        if heading is None:
            break
        kept = heading
    return max(kept, 1)


def is_furniture(line: str) -> bool:
    """Whether a page's last line is none of its article."""
    if len(line) > _MAX_DISCLAIMER and ":" not in line[:30]:
        return False
    folded = normalise(line)
    bare = folded.strip(_EDGE)
    if bare in _WHOLE or _is_heading(folded) or _HASHTAGS_OR_RULE.fullmatch(folded):
        return True
    label, colon, _ = folded.partition(":")
    if colon and label.strip(_EDGE) in _LABELS:
        return True
    if all(word in _SHARE_WORDS for word in _WORD.findall(bare)):
        return True
    if len(folded) <= _MAX_BEGINNING and bare.startswith(_BEGINNINGS):
        return True
    return len(folded) <= _MAX_DISCLAIMER and any(pattern.search(folded) for pattern in _DISCLAIMERS)


def _is_address(line: str, above: str) -> bool:
    """Whether a line is only an address that the text does not lead up to."""
    if _EMAIL.fullmatch(line):
        return is_furniture(above) or not above.endswith(":")
    return _URL.fullmatch(line) is not None and is_furniture(above)


def is_related_links(line: str, beside: str) -> bool:
    """Whether a line is a heading of related links and nothing but links; `beside` is what of it no link holds."""
    label = _bare(beside) or _bare(line.partition(":")[0])
    return label in _RELATED and _bare(line).startswith(label)


def may_be_related(beginning: str) -> bool:
    """Whether a text that begins so may be related links."""
    return _bare(beginning).startswith(tuple(_RELATED))


def _bare(line: str) -> str:
    return " ".join(normalise(line).split()).strip(_EDGE)


def _is_heading(folded: str) -> bool:
    """Whether a line is a heading of related links and no more, whatever arrows and marks point down from it."""
    return len(folded) <= _MAX_LINK and _AROUND.sub("", folded) in _RELATED


def is_link(line: str) -> bool:
    """Whether a line under a heading of related links is one of them: a bullet, or short and no full sentence."""
    return len(line) <= _MAX_LINK and (bool(_BULLET.match(line)) or not line.endswith(_SENTENCE_END))


def _related_heading(text: str, lines: list[Span], kept: int) -> int | None:
    """The heading of the related links that end `lines[:kept]`, or None where they do not."""
    for at in range(kept - 1, max(kept - 2 - _MAX_LINKS, 0), -1):
        line = text[lines[at][0] : lines[at][1]]
        if len(line) <= _MAX_LINK and _is_heading(normalise(line)):
            return at
        if not is_link(line):
            return None
    return None
