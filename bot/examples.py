"""Questions to try, made of what the articles say by a few rules that keep to safe Arabic.

Each rule knows one shape of a headline or a sentence and turns it into the question that it answers;
what does not fit exactly gives none. A question keeps the words of the article, so that whoever asks it
lands there. Whether it is answered plainly is for the caller to see.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.schema import Answer, Article, Span
from rag.text.sentences import split_sentences
from rag.text.terms import content_words

MAX_EXAMPLES = 3
MAX_TRIES = 15
"""Questions that are asked to find three which are answered plainly: 10 to 20 ms each."""
MAX_SECONDS = 1.0
"""After which no further one is tried."""

MIN_QUESTION, MAX_QUESTION = 15, 75
"""Characters: less says nothing, more does not fit a button."""

_MAX_OF_A_RULE = 2
_SAME_STORY = 0.5
"""Share of the shorter headline's words in the other one."""
_MAX_SENTENCES = 12
"""Of an article: news tell what matters first."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and where in the article's text stands what it was made of."""

    question: str
    rule: str
    span: Span | None
    """None for the headline."""


def choose_examples(articles: Sequence[Article], answer: Callable[[str], Answer]) -> tuple[str, ...]:
    """At most three questions of different stories that `answer` answers plainly; of early articles sooner.

    Plainly: it is "answered" and cites the very sentence that the question was made of.
    """
    ends = time.monotonic() + MAX_SECONDS
    chosen: list[tuple[Example, Article]] = []
    num_tried = 0
    for example, article in _in_turn(articles):
        if len(chosen) == MAX_EXAMPLES or num_tried == MAX_TRIES or time.monotonic() > ends:
            break
        rules = [other.rule for other, _ in chosen]
        if rules.count(example.rule) == _MAX_OF_A_RULE or any(_is_same_story(article, other) for _, other in chosen):
            continue
        num_tried += 1
        if _is_plain(answer(example.question), example, article):
            chosen.append((example, article))
    return tuple(example.question for example, _ in chosen)


def _in_turn(articles: Sequence[Article]) -> list[tuple[Example, Article]]:
    """What is worth a try: events and figures before what somebody said, in the order of the articles."""
    found = [(example, article) for article in articles for example in examples_from(article)]
    return sorted(found, key=lambda pair: pair[0].rule == "said")


def _is_plain(answer: Answer, example: Example, article: Article) -> bool:
    start, end = example.span or (0, len(article.text))
    return answer.status == "answered" and any(
        cited.source == article.source and cited.start < end and cited.end > start for cited in answer.citations
    )


def _is_same_story(one: Article, other: Article) -> bool:
    words, others = set(content_words(one.title)), set(content_words(other.title))
    return len(words & others) >= _SAME_STORY * min(len(words), len(others))


def examples_from(article: Article) -> Iterator[Example]:
    """The questions that the rules make of an article, the headline's first."""
    for rule, question in _questions(article.title, _TITLE_RULES):
        yield Example(question, rule, None)
    spans = (span for start, end in article.body for span in split_sentences(article.text, start, end))
    for number, (start, end) in enumerate(spans):
        if number == _MAX_SENTENCES:
            return
        for rule, question in _questions(article.text[start:end], _SENTENCE_RULES):
            yield Example(question, rule, (start, end))


@dataclass(frozen=True, slots=True)
class _Rule:
    """`shape` names the group `about`, the words that the question takes over, and what `form` asks for."""

    name: str
    shape: re.Pattern[str]
    form: str


def _questions(text: str, rules: tuple[_Rule, ...]) -> Iterator[tuple[str, str]]:
    text = " ".join(text.split())
    for rule in rules:
        found = rule.shape.search(text)
        if found is None or _is_unfit(found["about"].split()):
            continue
        parts = found.groupdict()
        if noun := parts.get("noun"):
            parts["noun"] = noun if noun.endswith(_AS_COUNTED) else f"{noun}ا"
            parts["verb"] = _TOLLS[parts["event"]][noun.endswith("ة")]
        question = rule.form.format(**parts)
        if MIN_QUESTION <= len(question) <= MAX_QUESTION:
            yield rule.name, question


def _is_unfit(about: list[str]) -> bool:
    """Whether the words lean on something outside the question, or stop short."""
    return any(map(_LEANING.fullmatch, about)) or bool(_OPEN.fullmatch(about[-1]))


_WORD = r"[ء-ي\u064b-\u0652\u0670]+"
_NUMBER = r"[0-9٠-٩][0-9٠-٩.,٫٬]*"
_ABOUT_NUMBER = r"(?:نحو|قرابة|زهاء|حوالي|أكثر من|ما يقارب) "


def _words(least: int, most: int) -> str:
    """So many words, as few as the rest of the shape allows."""
    return rf"{_WORD}(?: {_WORD}){{{least - 1},{most - 1}}}?"


# A word that points outside the question: "كلفته", "هذا", "أمس".
_LEANING = re.compile(
    r"\w{2,}(?:ها|هم|هما|هن|نا)|(?!\w*(?:الله|مياه|تجاه|شبه|وجه|فقه|مشابه|عبده|نبيه)$)\w{3,}ه"
    r"|هذا|هذه|ذلك|تلك|الذي|التي|الذين|[أإ]نه?|قد|كان|كانت|بعض|أحد|أمس|اليوم|غدا|مصدر|مصادر|لا|لم|لن|ما|وقد|كما|بأن"
    r"|(?:ال)?صادرة?|له|السبت|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة"
)

_OPEN = re.compile("في|من|على|عن|إلى|مع|بين|منذ|بعد|قبل|خلال|حول|ضد|عبر|حتى|نحو|أو|غير|كل|يوم|مساء|صباح")
# "توقف", "يفوز"; but "توقيع" and "تنمية" are nouns.
_VERB = r"(?!و?(?:يوم|ت\w\w?ي\w|يوليو|يونيو|يناير)(?!\w)|\w+ة(?!\w))و?[يت]\w{3,}"

_TOLLS = {
    "مقتل": ("قُتل", "قُتلت"),
    "وفاة": ("توفي", "توفيت"),
    "إصابة": ("أصيب", "أصيبت"),
    "اعتقال": ("اعتُقل", "اعتُقلت"),
    "إنقاذ": ("أُنقذ", "أُنقذت"),
}
_AS_COUNTED = ("ا", "اً", "ًا", "ة")
# After 11 to 99 the counted noun has the form that "كم" asks for, "جنديا"; after hundreds it lacks the last letter.
_KILLED = (
    rf"^(?P<event>{'|'.join(_TOLLS)}) (?:[2-9][0-9]|1[1-9]|[1-9][0-9]*00) "
    rf"(?P<noun>(?!(?:من|على|في|آخر|ألف)(?!\w)|\w+(?:ين|ون|ات|اء|ى)(?!\w)){_WORD}) "
)
_WHERE = rf"(?P<about>(?:في|قرب|خلال|جراء|إثر) {_words(1, 8)})$"
_WHICH = rf"(?P<about>\w{{3,}}(?:{'|'.join(_AS_COUNTED)}))(?= و|$)"

_QUANTITY = (
    "عدد|نسبة|قيمة|كلفة|تكلفة|حجم|طول|ارتفاع|عرض|عمق|مساحة|سعر|متوسط|معدل|حصيلة|إجمالي|إيرادات|أرباح|ميزانية"
    "|سرعة|سعة|صادرات|واردات|إنتاج|مدة|وزن"
)
_REACHES = "(?P<verb>بلغت?|[يت]بلغ)"
_AMOUNT = f"(?P<about>(?:{_QUANTITY}) {_words(2, 6)})"

_DAY = "(?:السبت|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة)"
_MONTH = "(?:يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)"
_HAPPENED = "افتتح|دش[ّ]?ن|اختتم|انطلق|بدأ|وصل|غادر|زار|دخل|انهار|اندلع|وقع|توفي|فاز|أُطلق|استأنف|انتهى|عاد|تسلم|استعاد"
_WHEN = (
    rf"^(?P<about>(?:{_HAPPENED})ت? {_words(2, 8)}) "
    rf"(?:(?:يوم|مساء|صباح|فجر|ظهر|في) )?(?:{_DAY}|{_NUMBER} {_MONTH})(?=[.،؛]|$| {_NUMBER}| في )"
)

_SAID = (
    rf"^و?(?P<verb>أعلنت?|أكدت?|أوضحت?|قالت?|ذكرت?|كشفت?|أفادت?) (?P<about>{_words(2, 7)})"
    rf"(?: في بيان(?: لها| له)?)?(?: اليوم)?(?:،[^،\"«»]{{1,30}}،)? (?:أنّ?|إنّ?|بأنّ?|عن) "
)

_EVENT = (
    r"^(?P<about>(?:افتتاح|إطلاق|انطلاق|تدشين|توقيع|انتخاب|تعيين|إقالة|استقالة|زيارة|اجتماع|مباحثات|محادثات|مفاوضات"
    r"|هدنة|اشتباكات|مواجهات|هجوم|انفجار|حريق|زلزال|انهيار|إغلاق|فوز|اكتشاف|إنقاذ|بدء|ختام|تأجيل|إلغاء|اعتقال"
    r"|ارتفاع|انخفاض|تراجع|مقتل|وفاة|إصابة|مشروع|اتفاق|خلاف|كارثة|موسم|مهرجان|معرض) "
    rf"(?!{_VERB})(?:{_WORD})(?: (?!{_VERB}){_WORD}){{0,7}}?)(?=[.،؛:!…](?!\w)|$)"
)

_TITLE_RULES = (
    _Rule("toll", re.compile(_KILLED + _WHERE), "كم {noun} {verb} {about}؟"),
    _Rule("toll", re.compile(_KILLED + _WHICH), "كم {noun} {about} {verb}؟"),
    _Rule("event", re.compile(_EVENT), "ماذا نعرف عن {about}؟"),
)
_SENTENCE_RULES = (
    _Rule("amount", re.compile(rf"^و?{_REACHES} {_AMOUNT} (?:{_ABOUT_NUMBER})?{_NUMBER}"), "كم {verb} {about}؟"),
    _Rule(
        "amount",
        re.compile(rf"(?:^| [أإ]نّ? ){_AMOUNT} {_REACHES} (?:{_ABOUT_NUMBER})?{_NUMBER}"),
        "كم {verb} {about}؟",
    ),
    _Rule("when", re.compile(_WHEN), "متى {about}؟"),
    _Rule("said", re.compile(_SAID), "ماذا {verb} {about}؟"),
)
