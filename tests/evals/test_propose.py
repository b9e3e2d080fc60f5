from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import QuestionSetUnusable
from evals.propose import FileTaken, candidates, propose, write_skeletons
from evals.questions import load_questions
from rag.errors import NothingStored
from rag.index.status import load_text
from rag.ingest import ingest
from rag.settings import Settings
from tests.corpus import PAGES, settings_for, write_pages

MORE = {
    "council.txt": "بيان المجلس\n\nوقالت مديرة المدرسة هدى الراوي إن الصفوف ستفتح في قرية البيادر "
    "يوم الأحد 3 مارس 2024. "
    "وتأجل الافتتاح بسبب انقطاع الماء عن الحي.\n\nالأحد 3 مارس 2024 | المحليات | خاص",
    "copy.txt": "موسم الزيتون يبدأ في سهل النور\n\nبدأ المزارعون في سهل النور قطاف الزيتون هذا الأسبوع. "
    "وقال رئيس التعاونية سامر الحلبي إن المحصول تراجع بنسبة 20% بسبب الجفاف.",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_for(tmp_path_factory.mktemp("home"))
    ingest([write_pages(tmp_path_factory.mktemp("pages"), PAGES | MORE)], settings)
    return settings


def test_a_skeleton_points_to_its_sentence(settings: Settings) -> None:
    skeletons = propose(50, settings)
    assert {one.kind for one in skeletons} == {"when", "who", "where", "how_many", "why"}
    for one in skeletons:
        assert load_text(one.sources[0], settings)[one.start : one.end] == one.quote
        assert one.answer in " ".join(one.quote.split())
    assert len({(one.sources[0], one.start) for one in skeletons}) == len(skeletons)
    assert all("|" not in one.quote for one in skeletons)


def test_copies_are_sources_too_and_not_asked_twice(settings: Settings) -> None:
    (sources,) = {
        one.sources for one in propose(50, settings) if "harvest.txt" in one.sources or "copy.txt" in one.sources
    }
    assert set(sources) == {"harvest.txt", "copy.txt"}


def test_as_many_as_wanted_from_all_articles_the_same_each_time(settings: Settings) -> None:
    some = propose(3, settings)
    assert len(some) == 3
    assert len({one.sources for one in some}) == 3
    assert some == propose(3, settings)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("ويبلغ طول الجسر 340 مترا، وهو الأطول في البلاد.", {("how_many", "340 مترا")}),
        ("وبلغت كلفة الأعمال كلها 12 مليون درهم في العام.", {("how_many", "12 مليون درهم")}),
        ("تراجع المحصول بنسبة 20% عن العام الماضي.", {("how_many", "20%")}),
        ("افتتح الجسر في 12 مايو 2024 بحضور الأهالي.", {("when", "12 مايو 2024")}),
        ("وتأسست الجمعية عام 1954 على يد معلمين.", {("when", "عام 1954")}),
        ("وقال وزير النقل عادل ناصر إن الأعمال انتهت.", {("who", "عادل ناصر")}),
        ("وأقيم الحفل في مدينة الواحة بعد الظهر.", {("where", "مدينة الواحة")}),
        ("وتأخر القطاف بسبب انقطاع الماء عن الحقول.", {("why", "انقطاع الماء عن الحقول")}),
        ("سار الناس في الطريق الطويل حتى المساء.", set()),
        ("انتهت المباراة 3-1 بعد وقت إضافي طويل.", set()),
    ],
)
def test_what_can_be_asked(sentence: str, found: set[tuple[str, str]]) -> None:
    assert set(candidates(sentence)) == found


@given(st.text())
def test_any_sentence_is_looked_at(sentence: str) -> None:
    for kind, answer in candidates(sentence):
        assert kind
        assert answer.strip()


def test_the_lines_are_a_question_set_once_a_person_has_written_them(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    lines = write_skeletons(propose(4, settings), path)
    assert path.read_text("utf-8") == lines
    with pytest.raises(QuestionSetUnusable):  # nothing is asked that nobody wrote
        load_questions(path)
    records = [json.loads(line) for line in lines.splitlines()]
    records[0]["question"] = "كم؟"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    read = load_questions(path)
    assert [(one.question_id, one.text) for one in read.questions] == [("new-001", "كم؟")]
    assert read.questions[0].answers == tuple(records[0]["answers"])
    assert {problem.what for problem in read.problems} == {"no_question"}


def test_a_file_is_never_overwritten(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    path.write_text("mine", "utf-8")
    with pytest.raises(FileTaken):
        write_skeletons(propose(1, settings), path)
    assert path.read_text("utf-8") == "mine"


def test_without_articles_there_is_nothing_to_propose(tmp_path: Path) -> None:
    with pytest.raises(NothingStored):
        propose(3, settings_for(tmp_path / "home"))
    assert not (tmp_path / "home").exists()
