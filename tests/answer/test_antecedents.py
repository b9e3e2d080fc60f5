from __future__ import annotations

import pytest

from rag.answer.antecedents import find_antecedents, leans
from rag.schema import Article, Span


@pytest.mark.parametrize(
    "sentence",
    [
        "وأضاف أن الأعمال استمرت شهرين.",
        "واضاف ان الاعمال استمرت شهرين.",
        "وأضافت الوزارة أن الطريق مغلق.",
        "وأوضحت، أن الطريق مغلق.",
        "وتابع: «سنعود قريبا».",
        'وقالت الوكالة: "أصيب ثلاثة".',
        "وأشار إلى أن السعر ثابت.",
        "كما دعا المجلس إلى الهدوء.",
        "وهو ثاني فوز للفريق.",
        "وذلك بعد مفاوضات طويلة.",
        "هذا القرار يسري غدا.",
        "من جهته، قال إن الفريق جاهز.",
        "لكنه لم يحدد موعدا.",
    ],
)
def test_a_sentence_without_its_subject_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "وأضاف سامر الحلبي في بيان أن الموسم جيد.",
        "وقال المتحدث باسم الوزارة إن الطريق مغلق.",
        "من جانبه، أعلن وزير النقل فتح الطريق.",
        "افتتح الوزير الجسر.",
        "وبلغت الكلفة 12 مليون درهم.",
        "هواة الصيد يعودون إلى الشاطئ.",
        "",
    ],
)
def test_a_sentence_that_names_its_subject_stands_alone(sentence: str) -> None:
    assert not leans(sentence)


TITLE = "الجسر الجديد"
SENTENCES = (
    "افتتح وزير النقل الجسر يوم الاثنين.",
    "تفاصيل أخرى",
    "وأضاف أن طوله 340 مترا.",
    "وتابع: «العمل استمر شهرين».",
    "وختم بأن الصيانة تبدأ غدا.",
)
TEXT = "\n".join((TITLE, *SENTENCES))
ARTICLE = Article("bridge.txt", TITLE, TEXT, ((0, len(TEXT)),))


def span_of(sentence: str) -> Span:
    start = TEXT.index(sentence)
    return start, start + len(sentence)


def said_before(sentence: str) -> list[str]:
    return [TEXT[start:end] for start, end in find_antecedents(ARTICLE, span_of(sentence))]


def test_a_heading_explains_nothing() -> None:
    assert said_before(SENTENCES[2]) == [SENTENCES[0]]


def test_a_chain_is_followed_two_steps() -> None:
    assert said_before(SENTENCES[3]) == [SENTENCES[2], SENTENCES[0]]


def test_what_stands_alone_brings_nothing() -> None:
    assert said_before(SENTENCES[0]) == []


def test_the_first_sentence_has_nothing_before_it() -> None:
    text = "وأضاف أن الطريق مغلق. وقال إن السبب الثلج."
    article = Article("a.txt", "", text, ((0, len(text)),))
    assert find_antecedents(article, (0, 21)) == []


def test_another_article_of_the_page_is_no_antecedent() -> None:
    start = TEXT.index(SENTENCES[2])
    article = Article("bridge.txt", TITLE, TEXT, ((0, start), (start, len(TEXT))))
    assert find_antecedents(article, span_of(SENTENCES[2])) == []
