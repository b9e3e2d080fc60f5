"""`ask` and `search` over an index of their own, in this process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import IndexBusy
from rag.schema import Answer
from tests.bot.fakes import FakePipeline, answered
from tests.bot.running import Run


def test_ask_answers_with_a_source(run: Run, home: Path) -> None:
    done = run("ask", "متى", "افتتح", "جسر النهر؟", "--home", home)
    assert done.code == 0
    assert "يوم الاثنين" in done.out
    assert "[1]" in done.out
    assert "bridge.txt" in done.out
    assert done.err == ""


def test_ask_json_cites_what_the_stored_text_holds(run: Run, home: Path) -> None:
    record = run("ask", "متى افتتح جسر النهر؟", "--home", home, "--json").json
    assert record["status"] in {"answered", "weak"}
    for citation in record["citations"]:
        text = run("sources", "--text", citation["source"], "--home", home).out
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_search_counts_passages(run: Run, home: Path) -> None:
    assert [len(run("search", "أسعار التمور", "-k", k, "--home", home, "--json").json["passages"]) for k in (1, 2)] == [
        1,
        2,
    ]
    assert "market.txt" in run("search", "أسعار التمور", "-k", "1", "--home", home).out


def test_asking_before_any_ingest_says_what_to_run(run: Run, tmp_path: Path) -> None:
    done = run("ask", "متى؟", "--home", tmp_path)
    assert done.code == 0
    assert "isnad ingest FOLDER" in done.out
    assert f"--home {tmp_path}" in done.err
    done = run("ask", "متى افتتح الجسر؟", "--home", tmp_path, "--json")
    assert (done.code, done.json["status"], done.json["reason"]) == (0, "refused", "empty_index")
    assert "isnad ingest FOLDER" in done.err


@pytest.mark.parametrize("command", [["search", "متى؟"], ["sources"], ["status"]])
def test_every_reader_of_an_empty_index_says_so(command: list[str], run: Run, tmp_path: Path) -> None:
    done = run(*command, "--home", tmp_path)
    assert done.code == 0
    assert "isnad ingest FOLDER" in done.out + done.err
    assert f"--home {tmp_path}" in done.out + done.err


def test_history_and_dates_reach_the_pipeline(run: Run, fake: FakePipeline, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    history.write_text('["من فاز؟"]', "utf-8")
    done = run(
        "ask", "ومتى؟", "--history", history, "--since", "2024-01-01", "--until", "2024-12-31", "--home", tmp_path
    )
    assert done.code == 0
    assert fake.asked == [("ومتى؟", ("من فاز؟",))]
    assert fake.options == [{"since": "2024-01-01", "until": "2024-12-31"}]


def test_a_batch_keeps_order_and_survives_what_breaks(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def reply(question: str) -> Answer:
        if question == "انقطاع":
            raise IndexBusy("Process 7 is writing.", holder="process 7")
        if question == "عطل":
            raise ZeroDivisionError("secret")
        return answered(question)

    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline(reply))
    path = tmp_path / "questions.jsonl"
    rows = [{"id": word, "question": word} for word in ("أول", "انقطاع", "عطل", "أخير")]
    path.write_text("\n".join([*map(json.dumps, rows[:1]), "broken", *map(json.dumps, rows[1:])]), "utf-8")
    done = run("ask", "--questions", path, "--home", tmp_path, "--lang", "en")
    assert done.code == 0
    assert [(line.get("id"), line["status"]) for line in done.lines] == [
        ("أول", "answered"),
        (None, "failed"),
        ("انقطاع", "failed"),
        ("عطل", "failed"),
        ("أخير", "answered"),
    ]
    assert [line["reason"] for line in done.lines[1:4]] == ["error"] * 3
    assert done.lines[2]["error"] == "Process 7 is writing."
    assert "secret" not in done.out
    assert "Failed questions: 3 of 5" in done.err


def test_a_search_batch_fails_line_by_line_too(run: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": 1, "question": "أسعار التمور"}\n{"id": 2}\n', "utf-8")
    done = run("search", "--questions", path, "-k", 1, "--home", home)
    assert done.code == 0
    assert done.lines[0].keys() == {"id", "passages"}
    assert (len(done.lines[0]["passages"]), done.lines[0]["id"]) == (1, "1")
    assert (done.lines[1]["passages"], "error" in done.lines[1]) == ([], True)


def test_a_search_batch_completes_what_leans(run: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [{"question": "كم بلغت؟", "history": [before]} for before in ("من افتتح جسر النهر؟", "ما أسعار التمور؟")]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    done = run("search", "--questions", path, "-k", 1, "--home", home)
    assert [line["passages"][0]["source"] for line in done.lines] == ["bridge.txt", "market.txt"]


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_question_that_breaks_is_nothing_done(options: list[str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(question: str) -> Answer:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline(broken))
    done = run("ask", "متى؟", *options)
    assert done.code == 1
    assert "ZeroDivisionError" in done.err
    assert "Traceback" not in done.err
    found = run("search", "متى؟", *options)
    assert (found.code, found.err) == (1, done.err)
    if options:
        assert (done.json["status"], done.json["reason"], done.json["question"]) == ("failed", "error", "متى؟")
        assert found.json == {"passages": [], "error": done.json["error"]}
    else:
        assert done.out == found.out == ""


def test_a_history_that_cannot_be_read_is_a_failed_record_too(run: Run, tmp_path: Path) -> None:
    done = run("ask", "ومتى؟", "--history", tmp_path / "missing.json", "--json", "--home", tmp_path)
    assert (done.code, done.json["status"], done.json["question"]) == (1, "failed", "ومتى؟")
    assert "missing.json" in done.json["error"]


def test_debug_shows_the_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(question: str) -> Answer:
        raise ZeroDivisionError

    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline(broken))
    assert "Traceback" in run("--debug", "ask", "متى؟").err
    assert "Traceback" not in run("ask", "متى؟").err


@pytest.mark.parametrize("words", ["", "؟؟", "zzzz"])
def test_a_search_for_what_is_not_there_finds_nothing(words: str, run: Run, home: Path) -> None:
    done = run("search", words, "--home", home, "--lang", "en")
    said = "No passages match.\n" if words == "zzzz" else run("ask", words, "--home", home, "--lang", "en").out
    assert (done.code, done.out, done.err) == (0, "", said)
    assert run("search", words, "--home", home, "--json").json == {"passages": []}


def test_a_search_that_finds_nothing_says_so(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakePipeline, "search", lambda *_: [])
    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline())
    done = run("search", "zzzz", "--home", home, "--lang", "en")
    assert (done.code, done.out) == (0, "")
    assert "No passages match" in done.err


def test_a_refusal_between_dates_names_what_states_none(run: Run, home: Path) -> None:
    asked = ("ask", "كم بلغت كلفة جسر النهر؟", "--home", home, "--lang", "en")
    undated = "state no date, and were not searched: 1"
    assert undated in run(*asked, "--since", "2030-01-01").err
    assert undated in run(*asked, "--until", "2001-01-01", "--json").err
    assert undated not in run(*asked, "--since", "2024-01-01").err
    assert undated not in run(*asked).err
    assert run("ask", "متى؟", "--home", home, "--since", "2030-01-01").err == ""


@pytest.mark.parametrize(
    ("question", "said"),
    [("من توفي؟", "No article uses these words."), ("متى؟", "in Arabic"), ("7", "in Arabic")],
)
def test_words_that_no_article_uses_are_told_from_what_is_no_question(
    question: str, said: str, run: Run, home: Path
) -> None:
    assert said in run("ask", question, "--home", home, "--lang", "en").out
    assert run("ask", question, "--home", home, "--json").json["reason"] == "not_understood"


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_file_without_a_question_is_said_to_be_one(command: str, run: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("\n \n", "utf-8")
    done = run(command, "--questions", path, "--home", home, "--lang", "en")
    assert (done.code, done.out, done.err) == (0, "", "What --questions names holds no question.\n")


@pytest.mark.parametrize(("lang", "said"), [("en", "cannot be reached"), ("ar", "لا يُوصل إلى النموذج اللغوي")])
def test_why_a_language_model_wrote_nothing_is_said_once(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    monkeypatch.setenv("ISNAD_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ISNAD_LLM_MODEL", "m")
    asked = [{"question": "متى افتتح جسر النهر؟"}, {"question": "كم بلغت كلفة جسر النهر؟"}]
    (questions := tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    done = run("ask", "--questions", questions, "--json", "--lang", lang, "--home", home)
    assert [json.loads(line)["mode"] for line in done.out.splitlines()] == ["quoted_after_llm_failure"] * 2
    assert done.err.count(said) == 1
    assert "127.0.0.1:9" in done.err
    assert "ISNAD_LLM_URL" in done.err


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (("--since", "2025-01-01"), True),
        (("--until", "2023-12-31"), True),
        (("--since", "2024-05-13", "--until", "2024-06-01"), True),
        (("--since", "2024-05-12"), False),
        (("--until", "2024-05-12"), False),
    ],
)
def test_a_period_without_any_article_is_said_beside_the_refusal(
    period: tuple[str, ...], run: Run, home: Path, *, said: bool
) -> None:
    asked = ("ask", "كم عدد سكان المريخ؟", *period, "--home", home)
    done = run(*asked, "--lang", "en")
    assert done.code == 0
    assert ("No article is of that period: the only date in the articles is 2024-05-12." in done.err) == said
    assert ("لا مقال من هذه الفترة" in run(*asked).err) == said
    as_json = run(*asked, "--json", "--lang", "en")
    assert (as_json.json["status"], "No article is of that period" in as_json.err) == ("refused", said)
