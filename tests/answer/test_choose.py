from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag.answer.choose import Choice, choose, find_copies, places_of, worth_saying
from rag.answer.features import distinct_passages, find_candidates
from rag.answer.likeness import SAME_WORD, likeness
from rag.index.reader import Reader, open_index
from rag.ingest import ingest
from rag.schema import Evidence
from rag.search.retrieve import retrieve
from rag.text.normalise import normalise
from tests.corpus import PAGES, settings_for, write_pages

LABELS = (
    "معرض الكتاب يفتح أبوابه في المدينة\n\nيفتح معرض الكتاب أبوابه يوم الخميس في قاعة المدينة.\n\nإقرأ أيضا:\n\n"
    "وسوم معرض الكتاب المدينة قاعة المدينة وزارة الثقافة معرض الكتاب دور النشر كتاب المدينة أبواب المعرض ناشرون\n\n"
    "وهل يستمر معرض الكتاب طويلا؟\n\nويستمر المعرض تسعة أيام بمشاركة 120 ناشرا."
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("choose")
    retold = PAGES["bridge.txt"].replace("يوم الاثنين", "صباح الاثنين").replace("340", "٣٤٠")
    pages = PAGES | {"retold.txt": retold, "fair.txt": LABELS}
    settings = settings_for(folder / "home")
    ingest([write_pages(folder / "pages", pages)], settings)
    with open_index(settings) as index, index.reading() as opened:
        yield opened


def ask(question: str, reader: Reader) -> tuple[Evidence, list[Choice]]:
    evidence = retrieve(question, reader, top_k=20)
    return evidence, choose(find_candidates(question, evidence))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("كم يبلغ طول جسر الوادي؟", "مترا"),
        ("كم استمرت الأعمال في الجسر؟", "18 شهرا"),
        ("لماذا تراجع محصول الزيتون؟", "بسبب الجفاف"),
        ("من سجل هدفي فريق الميناء؟", "عادل ناصر"),
        ("كم ناشرا يشارك في معرض الكتاب؟", "120 ناشرا"),
    ],
)
def test_the_best_sentence_answers(reader: Reader, question: str, said: str) -> None:
    _, choices = ask(question, reader)
    assert said in choices[0].candidate.text


def test_nothing_is_said_twice(reader: Reader) -> None:
    _, choices = ask("كم يبلغ طول جسر الوادي؟", reader)
    said = [normalise(choice.candidate.text) for choice in choices]
    assert len(said) == len(set(said))
    assert sum("340" in text for text in said) == 1
    assert sum(choice.share for choice in choices) <= 1 + 1e-9


def test_what_hardly_ever_answers_is_not_said(reader: Reader) -> None:
    _, choices = ask("كم يبلغ طول جسر الوادي؟", reader)
    best = replace(choices[0], share=0.9)
    assert worth_saying([best, replace(choices[1], share=0.05), replace(choices[1], share=0.01)]) == [
        best,
        replace(choices[1], share=0.05),
    ]
    assert len(worth_saying([best] * 5)) == 3


def test_a_sentence_that_two_files_carry_has_two_places(reader: Reader) -> None:
    evidence, choices = ask("كم يبلغ طول جسر الوادي؟", reader)
    places = places_of(choices[0].candidate, find_copies(evidence.passages))
    assert {source for source, _ in places} == {"bridge.txt", "retold.txt"}
    assert places[0][0] == choices[0].candidate.passage.source
    quotes = [reader.load_articles([source])[source].text[start:end] for source, (start, end) in places]
    assert len(set(map(normalise, quotes))) == 1
    assert len(set(quotes)) == 2, "each file is quoted in its own spelling"


def test_labels_and_tag_lists_are_no_candidates(reader: Reader) -> None:
    evidence, _ = ask("معرض الكتاب المدينة", reader)
    texts = [candidate.text for candidate in find_candidates(evidence.query, evidence)]
    assert any(text.startswith("يفتح معرض الكتاب") for text in texts)
    assert not any(text.startswith(("وسوم", "إقرأ")) for text in texts)


def test_a_question_in_the_article_is_not_its_answer(reader: Reader) -> None:
    _, choices = ask("هل يستمر معرض الكتاب طويلا؟", reader)
    assert "؟" not in choices[0].candidate.text


def test_candidates_are_spans_of_their_articles(reader: Reader) -> None:
    evidence, choices = ask("من افتتح الجسر؟", reader)
    for choice in choices:
        start, end = choice.candidate.span
        assert (
            reader.load_articles([choice.candidate.passage.source])[choice.candidate.passage.source].text[start:end]
            == choice.candidate.text
        )
    assert len(list(distinct_passages(evidence.passages, 2))) == 2


def test_no_passages_give_no_choice() -> None:
    assert choose(find_candidates("أين؟", Evidence("أين؟", (), {}, frozenset(), (), 0))) == []


@pytest.mark.parametrize(
    ("word", "other", "same"),
    [
        ("اشتباكات", "الاشتباكات", True),
        ("جنديا", "جندي", True),
        ("قتلوا", "قتلت", True),
        ("قتلوا", "مقتل", True),
        ("يبلغ", "بلغت", True),
        ("افتتح", "افتتاح", False),
        ("باشينيان", "باشينيان", True),
        ("مدينه", "مدير", False),
        ("كاس", "كلام", False),
        ("اااااا", "ا" * 900, False),
    ],
)
def test_forms_of_one_word_are_alike(word: str, other: str, same: bool) -> None:  # noqa: FBT001 (a table)
    assert (likeness(word, other) >= SAME_WORD) is same
    assert likeness(word, other) == likeness(other, word)
