"""The commands over an index of their own, in this process."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from bot.cli import localised_command, main
from bot.texts import LANGS, Lang
from bot.texts.help import COMMANDS, EXAMPLES
from rag.errors import IndexBusy
from rag.schema import Answer
from rag.text.normalise import has_arabic
from tests.bot.fakes import FakePipeline, answered

BRIDGE = """افتتاح جسر النهر
المصدر: وكالة الواحة
التاريخ: 2024-05-12

افتتح الوزير جسر النهر يوم الاثنين في مدينة الواحة. وبلغت كلفته 3.5 مليون دينار.
"""
MARKET = "أسعار التمور\nارتفعت أسعار التمور في السوق بنسبة 12 في المئة.\n"


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> Done:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return run_command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    (folder / "market.txt").write_text(MARKET, "utf-8")
    return folder


@pytest.fixture(scope="module")
def home(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that the tests only read."""
    home = tmp_path_factory.mktemp("home")
    assert main(["ingest", str(folder), "--home", str(home), "--json"]) == 0
    return home


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    pipeline = FakePipeline()
    monkeypatch.setattr("rag.pipeline.Pipeline", pipeline)
    return pipeline


# reading articles


def test_ingest_reports_and_the_same_again_changes_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    first = run("ingest", folder, "--home", tmp_path, "--json")
    assert first.code == 0
    assert (first.json["num_read"], first.json["num_added"], first.json["skipped"]) == (2, 2, [])
    again = run("ingest", folder, "--home", tmp_path, "--lang", "en")
    assert again.code == 0
    assert "Articles read: 2 · new: 0 · changed: 0 · unchanged: 2" in again.out


def test_what_is_skipped_is_named_and_counted_and_the_rest_is_read(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text(MARKET, "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (folder / "lines.jsonl").write_text('{"id": "1", "text": "نص الخبر الأول كامل."}\nnot json\n', "utf-8")
    done = run("ingest", folder, "--home", tmp_path / "home", "--lang", "en")
    assert done.code == 0
    assert "Articles read: 2 · new: 2" in done.out
    assert "Skipped: 3" in done.out
    assert all(name in done.out for name in ("empty.txt: empty", "binary.txt: not text", "lines.jsonl"))


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_read_is_nothing_done(name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("ingest", tmp_path / name, "--home", tmp_path / "home")
    assert done.code == 1
    assert has_arabic(done.err)


def test_removing_and_rebuilding(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--home", tmp_path)
    removed = run("remove", "market.txt", "--home", tmp_path, "--json")
    assert (removed.code, removed.json["num_removed"], removed.json["num_articles"]) == (0, 1, 1)
    again = run("remove", "market.txt", "--home", tmp_path)
    assert again.code == 1
    assert "market.txt" in again.err
    rebuilt = run("reindex", "--home", tmp_path, "--json")
    assert (rebuilt.code, rebuilt.json["num_articles"]) == (0, 1)


def test_who_is_waited_for_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, on_wait: Callable[[str], None], **__: object) -> None:
        on_wait("process 7")
        raise IndexBusy("process 7 is writing this index.", holder="process 7")

    monkeypatch.setattr("rag.ingest.reindex", busy)
    done = run("reindex", "--lang", "en")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "process 7 is writing the index; waiting until it is done.",
        "process 7 is writing this index.",
    ]


def test_a_damaged_index_is_rebuilt_with_a_message(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--home", tmp_path)
    shutil.rmtree(tmp_path / "index")
    done = run("ask", "متى افتتح جسر النهر؟", "--home", tmp_path, "--json", "--lang", "en")
    assert done.code == 0
    assert done.json["citations"][0]["source"] == "bridge.txt"
    assert done.err.startswith("The index is missing or broken and is being rebuilt")


# asking


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
    assert (done.code, done.err) == (0, "")
    assert "isnad ingest FOLDER" in done.out
    done = run("ask", "متى افتتح الجسر؟", "--home", tmp_path, "--json")
    assert (done.code, done.json["status"], done.json["reason"]) == (0, "refused", "empty_index")
    assert "isnad ingest FOLDER" in done.err


@pytest.mark.parametrize("command", [["search", "متى؟"], ["sources"], ["status"]])
def test_every_reader_of_an_empty_index_says_so(command: list[str], run: Run, tmp_path: Path) -> None:
    done = run(*command, "--home", tmp_path)
    assert done.code == 0
    assert "isnad ingest FOLDER" in done.out + done.err


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


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_question_that_breaks_is_nothing_done(options: list[str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(question: str) -> Answer:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline(broken))
    done = run("ask", "متى؟", *options)
    assert done.code == 1
    assert "ZeroDivisionError" in done.err
    assert "Traceback" not in done.err
    if options:
        assert (done.json["status"], done.json["reason"], done.json["question"]) == ("failed", "error", "متى؟")


def test_debug_shows_the_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(question: str) -> Answer:
        raise ZeroDivisionError

    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline(broken))
    assert "Traceback" in run("--debug", "ask", "متى؟").err
    assert "Traceback" not in run("ask", "متى؟").err


def test_a_search_that_finds_nothing_says_so(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakePipeline, "search", lambda *_: [])
    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline())
    done = run("search", "zzzz", "--home", home, "--lang", "en")
    assert (done.code, done.out) == (0, "")
    assert "No passages match" in done.err


# what is there


def test_sources_behind_a_pipe_are_rows_of_tabs(run: Run, home: Path) -> None:
    rows = [line.split("\t") for line in run("sources", "--home", home, "--lang", "en").out.splitlines()]
    assert rows[0] == ["Source", "Outlet", "Date", "Chunks", "Title"]
    assert rows[1][:3] == ["bridge.txt", "وكالة الواحة", "2024-05-12"]
    assert len(rows) == 3
    assert [row["source"] for row in run("sources", "--home", home, "--json").json["sources"]] == [
        "bridge.txt",
        "market.txt",
    ]
    assert len(run("sources", "--home", home, "--json", "--limit", 1).json["sources"]) == 1


def test_a_text_is_printed_as_it_is(run: Run, home: Path) -> None:
    assert run("sources", "--text", "bridge.txt", "--home", home).out == BRIDGE
    assert run("sources", "--text", "bridge.txt", "--home", home, "--json").json == {
        "source": "bridge.txt",
        "text": BRIDGE,
    }
    assert run("sources", "--text", "nothing.txt", "--home", home).code == 1


def test_status(run: Run, home: Path) -> None:
    status = run("status", "--home", home, "--json").json
    assert (status["num_articles"], status["outlets"]["وكالة الواحة"], status["first_date"]) == (2, 1, "2024-05-12")
    text = run("status", "--home", home, "--lang", "en").out
    assert "Articles: 2" in text
    assert str(home) in text


# the command line itself


@pytest.mark.parametrize(
    "arguments",
    [
        "ask",
        "search",
        "ask متى --questions f.jsonl",
        "ask --questions f.jsonl --history h.json",
        "ask متى --since أمس",
        "ask متى --since 2024-02-01 --until 2024-01-01",
        "ask متى --lang fr",
        "search متى -k 0",
        "search متى -k x",
        "ingest",
        "remove",
        "sources --limit -1",
        "frobnicate",
        "ask متى --frobnicate",
        "model",
        "eval",
        "bot",
    ],
)
def test_usage_mistakes_are_2(arguments: str, run: Run, tmp_path: Path) -> None:
    done = run(*shlex.split(arguments))
    assert done.code == 2
    assert done.err + done.out
    assert "Traceback" not in done.err


def test_a_wrong_setting_is_2_and_names_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_EMBED_WEIGHT", "7")
    done = run("ask", "متى؟")
    assert done.code == 2
    assert "ISNAD_EMBED_WEIGHT" in done.err
    assert "7" in done.err


def test_a_home_that_cannot_be_used_is_named(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert run("status", "--home", tmp_path / "file").code == 2
    monkeypatch.setenv("ISNAD_HOME", str(tmp_path / "file"))
    done = run("ingest", folder)
    assert done.code == 2
    assert str(tmp_path / "file") in done.err


def test_a_missing_file_of_questions_is_nothing_done(run: Run, tmp_path: Path) -> None:
    done = run("ask", "--questions", tmp_path / "missing.jsonl", "--home", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "missing.jsonl" in done.err


@pytest.mark.parametrize("place", ["before", "after"])
def test_home_and_lang_go_before_or_after_the_command(place: str, run: Run, home: Path) -> None:
    common = ["--home", home, "--lang", "en"]
    done = run(*common, "status") if place == "before" else run("status", *common)
    assert "Articles: 2" in done.out


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_describes_everything_in_its_language(name: str, lang: Lang, run: Run) -> None:
    done = run(*name.split(), "--help", "--lang", lang) if not name else run("--lang", lang, *name.split(), "--help")
    assert done.code == 0
    described = [line for line in done.out.splitlines() if line.startswith("  -")]
    assert described
    assert all(has_arabic(line) == (lang == "ar") for line in described if len(line.split("  ")) > 2)
    assert all(example in done.out for example in EXAMPLES[name])


@pytest.mark.parametrize("example", [example for examples in EXAMPLES.values() for example in examples])
def test_every_example_of_the_help_parses(example: str) -> None:
    words = shlex.split(example.partition(" > ")[0])[1:]
    command = localised_command("en")
    context = command.make_context("isnad", words)
    while hasattr(command, "commands"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)


def test_every_command_is_there_and_no_other() -> None:
    assert set(localised_command("ar").commands) | {"model pull"} == set(COMMANDS)
    assert isinstance(localised_command("ar"), typer.core.TyperGroup)


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("isnad ")
