from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rag.answer import generate
from rag.errors import LLMFailed, SettingsError
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.schema import Citation, Sentence
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

KNOWN = "كم يبلغ طول جسر الوادي الجديد؟"
UNKNOWN = "من فاز بجائزة نوبل للآداب عن رواياته التاريخية؟"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("pipeline")
    settings = settings_for(folder / "home")
    ingest([write_pages(folder / "pages")], settings)
    return settings


@pytest.fixture(scope="module")
def pipeline(settings: Settings) -> Iterator[Pipeline]:
    with Pipeline(settings) as opened:
        yield opened


def test_a_question_gets_a_cited_answer(pipeline: Pipeline) -> None:
    answer = pipeline.answer(KNOWN)
    assert (answer.status, answer.mode, answer.searched) == ("answered", "quoted", KNOWN)
    assert "340 مترا" in answer.text
    assert {citation.source for citation in answer.citations} == {"bridge.txt"}
    assert {"complete", "retrieve", "answer", "total"} <= set(answer.timings_ms)


def test_what_the_articles_do_not_say_is_refused(pipeline: Pipeline) -> None:
    answer = pipeline.answer(UNKNOWN)
    assert (answer.status, answer.reason, answer.text) == ("refused", "no_evidence", "")


def test_a_question_that_leans_is_completed_and_shows_how(pipeline: Pipeline) -> None:
    answer = pipeline.answer("وكم بلغت كلفته؟", [KNOWN])
    assert answer.question == "وكم بلغت كلفته؟"
    assert "جسر" in answer.searched
    assert "12 مليون درهم" in answer.text


def test_search_gives_passages_of_the_files(pipeline: Pipeline) -> None:
    first, *_ = pipeline.search("قطاف الزيتون", 2)
    assert (first.source, first.rank) == ("harvest.txt", 1)


def test_undated_articles_drop_out_of_a_dated_question(pipeline: Pipeline) -> None:
    answer = pipeline.answer(KNOWN, since="2020-01-01")
    assert (answer.status, answer.nearest) == ("refused", ())


def test_a_home_without_articles_is_no_failure(tmp_path: Path) -> None:
    with Pipeline(settings_for(tmp_path / "none")) as pipeline:
        assert pipeline.answer(KNOWN).reason == "empty_index"
        assert pipeline.search(KNOWN, 3) == []


def test_a_damaged_index_is_rebuilt_and_the_question_answered(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.home, tmp_path / "home")
    copy = settings_for(tmp_path / "home")
    shutil.rmtree(copy.index_folder)
    messages: list[str] = []
    with Pipeline(copy, on_message=messages.append) as pipeline:
        assert pipeline.answer(KNOWN).status == "answered"
    assert messages


@pytest.fixture
def writing(settings: Settings) -> Iterator[Pipeline]:
    values = {"llm_url": "http://127.0.0.1:9/v1", "llm_model": "any"}
    with Pipeline(settings_for(settings.home, **values)) as opened:
        yield opened


def test_a_written_answer_cites_what_it_was_told(writing: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(_question: str, told: Sequence[Citation], _settings: Settings) -> tuple[Sentence, ...]:
        return (Sentence("طوله 340 مترا.", 1, (next(one.number for one in told if "340" in one.quote),)),)

    monkeypatch.setattr(generate, "write_answer", write)
    answer = writing.answer(KNOWN)
    assert (answer.status, answer.mode, answer.text) == ("answered", "written", "طوله 340 مترا.")
    assert [(citation.number, "340" in citation.quote) for citation in answer.citations] == [(1, True)]
    assert "write" in answer.timings_ms


def test_the_quoted_answer_stands_where_the_model_fails(writing: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> tuple[Sentence, ...]:
        raise LLMFailed("The server is gone.")

    monkeypatch.setattr(generate, "write_answer", fail)
    answer = writing.answer(KNOWN)
    assert (answer.status, answer.mode) == ("answered", "quoted_after_llm_failure")
    assert "340 مترا" in answer.text


def test_a_model_is_not_asked_what_the_articles_do_not_say(writing: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "write_answer", lambda *_: pytest.fail("asked"))
    assert writing.answer(UNKNOWN).status == "refused"


@pytest.mark.parametrize("write", [False, lambda: False], ids=["a word", "a function"])
def test_an_answer_stays_quoted_where_writing_is_not_allowed(
    writing: Pipeline, monkeypatch: pytest.MonkeyPatch, *, write: bool | Callable[[], bool]
) -> None:
    monkeypatch.setattr(generate, "write_answer", lambda *_: pytest.fail("asked"))
    answer = writing.answer(KNOWN, write=write)
    assert (answer.status, answer.mode) == ("answered", "quoted")
    assert "write" not in answer.timings_ms


def test_leave_to_write_is_asked_once_and_only_where_there_is_something_to_write_from(
    writing: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "write_answer", lambda _q, told, _s: (Sentence("قيل.", 1, (told[0].number,)),))
    asked: list[str] = []
    for question in (UNKNOWN, KNOWN):
        writing.answer(question, write=lambda question=question: not asked.append(question))  # type: ignore[misc,func-returns-value]
    assert asked == [KNOWN]


def test_half_a_model_is_a_wrong_setting(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="ISNAD_LLM_URL"):
        Pipeline(settings_for(settings.home, llm_model="any"))
