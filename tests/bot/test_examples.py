from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.examples import MAX_EXAMPLES, MAX_QUESTION, MAX_TRIES, choose_examples, examples_from
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.schema import Answer, Article, Citation, Sentence
from tests.bot.fakes import refused
from tests.corpus import settings_for


def article(title: str, text: str = "", source: str = "a.txt") -> Article:
    return Article(source, title, text, ((0, len(text)),) if text else ())


def questions(title: str = "", text: str = "") -> list[str]:
    return [example.question for example in examples_from(article(title, text))]


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("افتتاح جسر الوادي الجديد", "ماذا نعرف عن افتتاح جسر الوادي الجديد؟"),
        ("كارثة في وادي النسيم: عشرات المفقودين", "ماذا نعرف عن كارثة في وادي النسيم؟"),
        ("مقتل 12 شخصاً إثر انهيار مبنى في المدينة", "كم شخصاً قُتل إثر انهيار مبنى في المدينة؟"),
        ("إصابة 15 طالبة في حادث حافلة", "كم طالبة أصيبت في حادث حافلة؟"),
        ("مقتل 300 جندي قرب الحدود الشمالية", "كم جنديا قُتل قرب الحدود الشمالية؟"),
        ("وفاة 23 حاجا مصريا وتعطل القطار", "كم حاجا مصريا توفي؟"),
    ],
)
def test_a_headline_becomes_a_question(title: str, question: str) -> None:
    assert question in questions(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "السيول تغمر المدينة وتقتل 17 شخصا",  # a sentence with its verb
        "هدنة برعاية العاصمة توقف ليلة دامية",  # a verb among the nouns
        "مقتل 7 جنود قرب الحدود",  # after 3 to 10 the noun is another one
        "إصابة 15 آخرين في حادث حافلة",
        "افتتاحه اليوم",
        "زيارة هذا الوزير إلى المدينة",
        "محادثات في",
        "افتتاح <b>جسر</b> \u202eالوادي",
    ],
)
def test_a_headline_that_does_not_fit_gives_none(title: str) -> None:
    assert questions(title) == []


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("ويبلغ طول الجسر المعلق الجديد 340 مترا.", "كم يبلغ طول الجسر المعلق الجديد؟"),
        ("وقال الوزير إن نسبة المشاركة في الاقتراع بلغت 54.3%.", "كم بلغت نسبة المشاركة في الاقتراع؟"),
        ("افتتح وزير النقل جسر الوادي يوم الاثنين.", "متى افتتح وزير النقل جسر الوادي؟"),
        ("دخل المسبار مدار المريخ مساء الثلاثاء، بعد رحلة.", "متى دخل المسبار مدار المريخ؟"),
        ("وقالت هيئة الطيران المدني إن المطار أغلق.", "ماذا قالت هيئة الطيران المدني؟"),
        ("أعلنت وزارة الري، في بيان، أن السد امتلأ.", "ماذا أعلنت وزارة الري؟"),
    ],
)
def test_a_sentence_becomes_a_question(sentence: str, question: str) -> None:
    assert questions(text=sentence) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "وأضاف أن الرقم ليس نهائيا.",
        "وقالت منسقتها ليلى إن الشبكة سجلت مخالفات.",
        "وبلغت كلفته 12 مليون درهم.",
        "شهدت أسواق الطاقة مساء الاثنين ما لم تشهده من قبل.",
        "وأكد بيان صادر عن الهيئة أن الرحلات عادت.",
    ],
)
def test_a_sentence_that_leans_on_others_gives_none(sentence: str) -> None:
    assert questions(text=sentence) == []


def test_a_question_fits_a_button_and_carries_nothing_but_letters() -> None:
    long = " ".join(["جسر"] * 40)
    assert all(len(question) <= MAX_QUESTION for question in questions(f"افتتاح {long}", f"وقالت {long} إن كذا."))


def plain(question: str, source: str) -> Answer:
    cited = Citation(1, source, "عنوان", None, None, "نص", 0, 2)
    return Answer(question, question, "answered", sentences=(Sentence("نص", 1, (1,)),), citations=(cited,))


def opened(*places: str) -> list[Article]:
    return [article(f"افتتاح {place}", "نص الخبر.", f"{place}.txt") for place in places]


def source_named(question: str) -> str:
    return question.removeprefix("ماذا نعرف عن افتتاح ").removesuffix("؟") + ".txt"


def test_only_what_cites_its_own_article_is_chosen() -> None:
    articles = opened("المطار الدولي", "ميناء الصيد")
    assert choose_examples(articles, lambda question: plain(question, "ميناء الصيد.txt")) == (
        "ماذا نعرف عن افتتاح ميناء الصيد؟",
    )


def test_the_same_story_is_asked_about_once_and_one_form_twice_at_most() -> None:
    articles = opened("المطار الدولي", "المطار الدولي الجديد", "ميناء الصيد", "متحف الفنون", "حديقة المدينة")
    chosen = choose_examples(articles, lambda question: plain(question, source_named(question)))
    assert chosen == ("ماذا نعرف عن افتتاح المطار الدولي؟", "ماذا نعرف عن افتتاح ميناء الصيد؟")


def test_tries_no_more_than_it_may() -> None:
    asked: list[str] = []

    def answer(question: str) -> Answer:
        asked.append(question)
        return refused(question=question)

    assert choose_examples(opened("المطار الدولي") * 50, answer) == ()
    assert len(asked) == MAX_TRIES


def offered(folder: Path, home: Path) -> tuple[str, ...]:
    """What is offered of a folder; each is asked once more, as a person would."""
    settings = settings_for(home)
    ingest([folder], settings)
    catalogue = Catalogue(settings)
    try:
        with Pipeline(settings) as pipeline:
            chosen = catalogue.examples(pipeline.answer)
            assert {pipeline.answer(question).status for question in chosen} == {"answered"}
    finally:
        catalogue.close()
    assert len(set(chosen)) == len(chosen)
    return chosen


def test_the_starter_corpus_has_three(repository: Path, tmp_path: Path) -> None:
    assert len(offered(repository / "seeds", tmp_path)) == MAX_EXAMPLES


def test_five_pages_from_the_web_have_some(shared_data: Path, tmp_path: Path) -> None:
    folders = [folder / "seeds" for folder in (shared_data, shared_data.parent) if (folder / "seeds").is_dir()]
    if not folders:
        pytest.skip("needs the five pages, which are not there")
    assert len(offered(folders[0], tmp_path)) == MAX_EXAMPLES
