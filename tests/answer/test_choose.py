from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag.answer.choose import Choice, choose, find_copies, places_of, worth_saying
from rag.answer.constants import CHOICE
from rag.answer.features import Candidate, distinct_passages, find_candidates
from rag.answer.likeness import SAME_WORD, likeness
from rag.index.reader import Reader, open_index
from rag.ingest import ingest
from rag.schema import Evidence, Passage
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


def passage(source: str, text: str) -> Passage:
    return Passage(f"id-{source}", source, "", text, 0, len(text), 1, 1.0)


def whole(given: Passage) -> Candidate:
    """The one sentence of a passage, no better than any other."""
    return Candidate(given, 0, len(given.text), dict.fromkeys(CHOICE, 0.0))


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
    evidence, choices = ask("كم استمرت الأعمال في الجسر؟", reader)
    places = places_of(choices[0].candidate, find_copies(evidence.passages))
    assert len(places) == 2
    assert places[0][0] == choices[0].candidate.passage.source
    quotes = [reader.load_articles([source])[source].text[start:end] for source, (start, end) in places]
    assert len(set(quotes)) == 1


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("بلغت الحرارة في الرمال -5 درجات.", "بلغت الحرارة في الرمال 5 درجات."),
        ("بلغت الكلفة في الرمال $500 هذا العام.", "بلغت الكلفة في الرمال €500 هذا العام."),
        ("بلغت الزيادة 5% في عام واحد.", "بلغت الزيادة 5 في عام واحد."),
        ("قَتَلَ الحارس في مدينة الرمال.", "قُتِلَ الحارس في مدينة الرمال."),
        ("زار الرئيس علي مدينة الرمال.", "زار الرئيس على مدينة الرمال."),
        ("بلغت الخسائر 12 مليونا.", "بلغت الخسائر 12 مليونا؟"),
    ],
)
def test_sentences_that_differ_in_a_sign_are_no_copies(said: str, other: str) -> None:
    spaced = said.replace(" ", "  ")
    passages = [passage(source, text) for source, text in (("a.txt", said), ("b.txt", other), ("c.txt", spaced))]
    places = places_of(whole(passages[0]), find_copies(passages))
    assert [source for source, _ in places] == ["a.txt", "c.txt"]


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
