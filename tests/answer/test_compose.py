from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import compose
from rag.answer.choose import choose
from rag.answer.cite import Extract, cite, renumbered
from rag.answer.compose import NUM_NEAREST, answer_from, find_nearest, quotes_to_write_from
from rag.answer.features import find_candidates
from rag.answer.gate import Judgement, Verdict
from rag.answer.quote import MAX_CHARACTERS, quote
from rag.index.reader import Reader, open_index
from rag.ingest import ingest
from rag.schema import Answer, Article, Sentence
from rag.search.retrieve import retrieve
from tests.corpus import PAGES, settings_for, write_pages

LONG = "مؤتمر المياه في الواحة\n\n" + "\n".join(
    f"وقال الخبير رقم {number} إن مياه الواحة تكفي {number * 7} أسرة، {'ثم تحدث طويلا عن الآبار والسواقي، ' * 7}وانتهى."
    for number in range(2, 9)
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("compose")
    pages = PAGES | {"copy.txt": PAGES["bridge.txt"], "long.txt": LONG}
    settings = settings_for(folder / "home")
    ingest([write_pages(folder / "pages", pages)], settings)
    with open_index(settings) as index, index.reading() as opened:
        yield opened


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    """What the gate says, for tests of what follows from it."""
    verdicts: list[Verdict] = ["answered"]
    monkeypatch.setattr(compose, "judge", lambda *_: Judgement(verdicts[-1], 0.7))
    return verdicts


def ask(question: str, reader: Reader) -> Answer:
    return answer_from(question, retrieve(question, reader, top_k=30), reader.load_articles)


QUESTIONS = ("كم يبلغ طول جسر الوادي؟", "كم استمرت الأعمال؟", "من قال إن مياه الواحة تكفي؟", "لماذا تراجع المحصول؟")


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_is_a_quote_of_a_file_within_the_limits(reader: Reader, question: str) -> None:
    answer = ask(question, reader)
    assert answer.status == "answered"
    assert answer.reason is None
    assert 1 <= len(answer.text) <= MAX_CHARACTERS
    quotes = {citation.number: citation for citation in answer.citations}
    for citation in answer.citations:
        assert (
            reader.load_articles([citation.source])[citation.source].text[citation.start : citation.end]
            == citation.quote
        )
    for sentence in answer.sentences:
        assert quotes[sentence.citations[0]].quote == sentence.text
    assert sorted(sentence.rank for sentence in answer.sentences) == list(range(1, len(answer.sentences) + 1))


@pytest.mark.usefixtures("judged")
def test_an_antecedent_comes_along_and_comes_first(reader: Reader) -> None:
    answer = ask("كم شهرا استمرت الأعمال؟", reader)
    texts = [sentence.text for sentence in answer.sentences]
    best = next(sentence for sentence in answer.sentences if sentence.rank == 1)
    assert best.text == "وأضاف الوزير أن الأعمال استمرت 18 شهرا."
    before = texts.index(best.text) - 1
    assert texts[before] == "ويبلغ طول الجسر 340 مترا، وبلغت كلفته 12 مليون درهم."


@pytest.mark.usefixtures("judged")
def test_a_sentence_that_is_also_an_antecedent_is_said_once_and_keeps_its_rank(reader: Reader) -> None:
    evidence = retrieve("كم شهرا استمرت الأعمال؟ وكم بلغت الكلفة مترا؟", reader, top_k=30)
    by_text = {choice.candidate.text: choice for choice in choose(find_candidates(evidence.query, evidence))}
    leaning = by_text["وأضاف الوزير أن الأعمال استمرت 18 شهرا."]
    before = by_text["ويبلغ طول الجسر 340 مترا، وبلغت كلفته 12 مليون درهم."]
    extracts, _ = quote([leaning, before], evidence.passages, reader.load_articles)
    assert [(extract.text, extract.rank) for extract in extracts] == [
        (before.candidate.text, 2),
        (leaning.candidate.text, 1),
    ]


@pytest.mark.usefixtures("judged")
def test_sentences_of_one_article_stand_in_its_order(reader: Reader) -> None:
    answer = ask("كم يبلغ طول جسر الوادي؟", reader)
    starts = [answer.citations[sentence.citations[0] - 1].start for sentence in answer.sentences]
    assert len(starts) > 1
    assert starts == sorted(starts)
    assert {citation.source for citation in answer.citations} == {"bridge.txt", "copy.txt"}


def test_a_weak_answer_is_cited_and_says_so(reader: Reader, judged: list[Verdict]) -> None:
    judged.append("weak")
    answer = ask("كم يبلغ طول جسر الوادي؟", reader)
    assert (answer.status, answer.reason) == ("weak", "weak_evidence")
    assert answer.citations
    assert 1 <= len(answer.nearest) <= NUM_NEAREST


def test_a_refused_one_names_the_nearest_headlines_and_says_nothing(reader: Reader, judged: list[Verdict]) -> None:
    judged.append("refused")
    answer = ask("كم يبلغ طول جسر الوادي؟", reader)
    assert (answer.status, answer.reason, answer.text) == ("refused", "no_evidence", "")
    assert answer.passages
    titles = [nearest.title for nearest in answer.nearest]
    assert titles[0] == "افتتاح جسر الوادي الجديد"
    assert len(titles) == len(set(titles)), "a copy is not offered twice"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty_question"),
        (" \t\n", "empty_question"),
        ("؟!… «» \x00\u200f", "empty_question"),
        ("من هو أو هي", "not_understood"),
        ("ه" * 10_000, "not_understood"),
        ("2024", "not_understood"),
        ("٢٠٢٤/٥ -1", "not_understood"),
        ("How long is the bridge?", "not_understood"),
        ("SELECT * FROM articles; DROP TABLE chunks", "not_understood"),
        ("+title:(a OR b) AND *", "not_understood"),
        ("\ud800 ضصثقغغ", "not_understood"),
    ],
)
def test_why_nothing_is_looked_up(reader: Reader, question: str, reason: str) -> None:
    answer = ask(question, reader)
    assert (answer.status, answer.reason) == ("refused", reason)


def test_an_empty_index_is_its_own_reason(tmp_path: Path) -> None:
    with open_index(settings_for(tmp_path / "nowhere")) as index, index.reading() as reader:
        assert ask("كم يبلغ طول الجسر؟", reader).reason == "empty_index"


@given(st.text(max_size=300))
def test_any_question_gets_an_answer_or_a_refusal(reader: Reader, question: str) -> None:
    answer = ask(question, reader)
    assert len(answer.text) <= MAX_CHARACTERS
    assert (answer.status == "refused") is (not answer.citations)


@pytest.mark.parametrize(
    "question",
    ["ا" * 10_000, "هه" * 5_000, "الجسر " * 1700, "كم يبلغ طول جسر الوادي؟ " * 420],
    ids=["letter", "laughter", "word", "sentence"],
)
def test_a_question_of_ten_thousand_characters_is_answered_or_refused(reader: Reader, question: str) -> None:
    assert ask(question, reader).status in ("answered", "weak", "refused")


def test_a_model_is_told_more_than_is_quoted_and_each_thing_once(reader: Reader) -> None:
    told = quotes_to_write_from(retrieve("كم يبلغ طول جسر الوادي؟", reader, top_k=30), reader.load_articles)
    assert len({citation.quote for citation in told}) == len(told) > 3
    for citation in told:
        assert (
            reader.load_articles([citation.source])[citation.source].text[citation.start : citation.end]
            == citation.quote
        )


ARTICLES: Mapping[str, Article] = {"a": Article("a", "ع", "فتح الباب. أغلق الباب.", ((0, 22),))}


def test_a_quote_that_its_file_does_not_hold_is_left_out() -> None:
    right = Extract("فتح الباب.", 1, (("a", (0, 10)),))
    wrong = Extract("كسر الباب.", 2, (("a", (0, 10)),))
    gone = Extract("فتح الباب.", 3, (("b", (0, 10)),))
    sentences, citations = cite([wrong, gone, right], ARTICLES)
    assert sentences == (Sentence("فتح الباب.", 1, (1,)),)
    assert [(citation.number, citation.quote) for citation in citations] == [(1, "فتح الباب.")]


def test_what_is_not_used_is_not_numbered() -> None:
    _, citations = cite(
        [Extract("فتح الباب.", 1, (("a", (0, 10)),)), Extract("أغلق الباب.", 2, (("a", (11, 22)),))], ARTICLES
    )
    written, used = renumbered([Sentence("أغلق.", 1, (2,))], citations)
    assert written[0].citations == (1,)
    assert [(citation.number, citation.quote) for citation in used] == [(1, "أغلق الباب.")]


def test_headlines_are_offered_once(reader: Reader) -> None:
    passages = retrieve("الجسر", reader, top_k=30).passages
    assert len(find_nearest(passages)) <= NUM_NEAREST
