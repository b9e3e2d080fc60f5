"""The commands over an index of their own, in this process."""

from __future__ import annotations

import logging
import shlex
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import typer

from bot.cli import localised_command, main
from bot.direction import RLM
from bot.texts import LANGS, Lang
from bot.texts.help import COMMANDS, EXAMPLES
from bot.texts.messages import MESSAGES
from bot.texts.telegram_admin import ADMINISTRATION
from rag.articles.files import KINDS
from rag.errors import IndexBusy, IsnadError, SettingsError
from rag.text.normalise import has_arabic
from tests.bot.fakes import Terminal
from tests.bot.running import BRIDGE, MARKET, Run


@pytest.fixture(scope="module")
def seeds(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the starter articles."""
    home = tmp_path_factory.mktemp("seeds")
    assert main(["ingest", str(repository / "seeds"), "--home", str(home), "--json"]) == 0
    return home


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


def test_files_of_other_kinds_are_counted_by_their_kind(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for name in ("old.doc", "OLDER.DOC", "note.rtf", "Makefile", ".hidden.doc", "README.md", "~$open.docx"):
        (folder / name).write_text(MARKET, "utf-8")
    done = run("ingest", folder, "--home", tmp_path / "home", "--lang", "en")
    assert done.code == 1
    assert "Files of kinds that are not read: 4 (.doc 2 · ? 1 · .rtf 1)" in done.out
    (folder / "good.txt").write_text(MARKET, "utf-8")
    report = run("ingest", folder, "--home", tmp_path / "home", "--json").json
    assert (report["num_read"], report["other_kinds"]) == (1, {".doc": 2, ".rtf": 1, "": 1})
    assert run("ingest", folder / "good.txt", "--home", tmp_path / "home", "--json").json["other_kinds"] == {}


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_read_is_nothing_done(name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("ingest", tmp_path / name, "--home", tmp_path / "home")
    assert done.code == 1
    assert has_arabic(done.err)
    assert (".docx" in done.err) == (name == "empty")


def test_a_folder_that_was_emptied_is_not_told_of_kinds_of_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "emptied").mkdir()
    (tmp_path / "emptied" / "a.txt").write_text(MARKET, "utf-8")
    run("ingest", tmp_path / "emptied", "--home", tmp_path / "home")
    (tmp_path / "emptied" / "a.txt").unlink()
    done = run("ingest", tmp_path / "emptied", "--home", tmp_path / "home")
    assert (done.code, "--prune" in done.out, ".docx" in done.err) == (1, True, False)


@pytest.mark.parametrize("lang", LANGS)
def test_kinds_are_told_where_a_file_is_of_none_of_them_and_nowhere_else(lang: Lang, run: Run, tmp_path: Path) -> None:
    home = ("--home", tmp_path / "home", "--lang", lang)
    (tmp_path / "empty.txt").touch()
    empty = run("ingest", tmp_path / "empty.txt", *home)
    assert (empty.code, ".docx" in empty.out + empty.err) == (1, False)
    assert empty.err
    (tmp_path / "photo.jpg").touch()
    photo = run("ingest", tmp_path / "photo.jpg", *home)
    assert (photo.code, all(kind in photo.out for kind in KINDS)) == (1, True)
    photos = tmp_path / "photos"
    photos.mkdir()
    (tmp_path / "photo.jpg").rename(photos / "photo.jpg")
    of_folder = run("ingest", photos, *home)
    assert (of_folder.code, all(kind in of_folder.err for kind in KINDS)) == (1, True)
    assert all(kind in run("ingest", "--help", "--lang", lang).out for kind in KINDS)


def test_every_list_of_kinds_names_all_of_them(repository: Path) -> None:
    lists = [text.in_(lang) for text in (*MESSAGES.values(), *ADMINISTRATION.values()) for lang in LANGS]
    lists += [
        line for name in ("README.md", "README.ar.md") for line in (repository / name).read_text("utf-8").splitlines()
    ]
    listing = [said for said in lists if ".docx" in said and ".jsonl" in said]
    assert len(listing) >= 13
    assert [said for said in listing if not all(f"`{kind}`" in said for kind in KINDS)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_source_that_is_no_article_names_those_that_are_near(lang: Lang, run: Run, tmp_path: Path) -> None:
    folder, home = tmp_path / "pages", ("--home", tmp_path / "home", "--lang", lang)
    folder.mkdir()
    rows = [f'{{"id": "{number}", "text": "نص الخبر رقم {number} كامل."}}' for number in range(3)]
    (folder / "feed.jsonl").write_text("\n".join(rows), "utf-8")
    for name in ("water rising.md", "bridge.txt", "bridges.txt"):
        (folder / name).write_text(f"{MARKET}{name}", "utf-8")
    run("ingest", folder, *home)
    feed, water = run("sources", "--text", "feed.jsonl", *home), run("sources", "--text", "water", *home)
    command = f"--home {tmp_path / 'home'}"
    for name in ("feed.jsonl#0", "feed.jsonl#1"):
        assert f"isnad sources --text '{name}' {command}" in feed.err
    assert f"isnad sources --text 'water rising.md' {command}" in water.err
    of_two, of_none = run("sources", "--text", "bri", *home), run("sources", "--text", "w%r", *home)
    assert [done.code for done in (feed, water, of_two, of_none)] == [1, 1, 1, 1]
    assert "--text" not in of_two.err + of_none.err


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_text_ends_its_line_on_a_terminal_and_is_itself_behind_a_pipe(
    end: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"عنوان\n\nنص الخبر كامل.{end}"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    run("ingest", tmp_path / "a.txt", "--home", tmp_path / "home")
    assert run("sources", "--text", "a.txt", "--home", tmp_path / "home").out == text
    terminal = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", terminal)
        assert main(["sources", "--text", "a.txt", "--home", str(tmp_path / "home")]) == 0
    assert terminal.getvalue().replace(RLM, "") == "عنوان\n\nنص الخبر كامل.\n"


@pytest.mark.parametrize(("lang", "said"), [("ar", "والمقالات التي كانت فيه: 2"), ("en", "articles in it: 2")])
def test_removing_a_file_says_how_many_articles_went(lang: str, said: str, run: Run, tmp_path: Path) -> None:
    home = ("--home", tmp_path / "home", "--lang", lang)
    rows = [f'{{"id": "{number}", "text": "نص الخبر رقم {number} كامل."}}' for number in range(3)]
    (tmp_path / "feed.jsonl").write_text("\n".join(rows), "utf-8")
    run("ingest", tmp_path / "feed.jsonl", *home)
    assert "feed.jsonl#0" in run("remove", "feed.jsonl#0", *home).out.splitlines()[0]
    assert run("remove", "feed.jsonl", *home).out.splitlines()[0].rstrip(".").endswith(said)


@pytest.mark.parametrize("copied", ["\u2068market.txt\u2069", "\u200fmarket.txt\u200e", "\u2066\u200emarket.txt"])
def test_a_name_may_bring_the_marks_that_a_terminal_put_round_it(
    copied: str, run: Run, folder: Path, tmp_path: Path
) -> None:
    run("ingest", folder, "--home", tmp_path)
    assert run("sources", "--text", copied, "--home", tmp_path).out == MARKET
    assert run("sources", "--text", copied, "--home", tmp_path, "--json").json["source"] == "market.txt"
    assert run("remove", copied, "--home", tmp_path, "--json").json["num_removed"] == 1


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_question_in_another_language_is_told_to_be_asked_in_arabic(lang: str, run: Run, home: Path) -> None:
    said = run("ask", "When was the bridge opened?", "--home", home, "--lang", lang).out
    assert ("بالعربية" in said, "in Arabic" in said) == (lang == "ar", lang == "en")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_help_of_ingest_names_the_fields_of_a_line(lang: str, run: Run) -> None:
    said = run("ingest", "--help", "--lang", lang).out
    assert all(field in said for field in ("text", "id", "title", "url", "source", "date", "author"))


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


def test_what_the_library_says_of_its_index_is_arabic_in_arabic(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", folder, "--home", tmp_path)
    shutil.rmtree(tmp_path / "index")
    assert "الإصدار 1 من الفهرس غير موجود" in run("ask", "متى افتتح جسر النهر؟", "--home", tmp_path).err

    def wait(*_: object, on_wait: Callable[[str], None], **__: object) -> None:
        on_wait("process 7 (since 2026-01-02)")
        raise IndexBusy("", holder="process 7 (since 2026-01-02)")

    monkeypatch.setattr("rag.ingest.reindex", wait)
    assert run("reindex").err.count("العملية 7 (منذ 2026-01-02)") == 2


def test_a_damaged_index_is_rebuilt_with_a_message(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--home", tmp_path)
    shutil.rmtree(tmp_path / "index")
    done = run("ask", "متى افتتح جسر النهر؟", "--home", tmp_path, "--json", "--lang", "en")
    assert done.code == 0
    assert done.json["citations"][0]["source"] == "bridge.txt"
    assert done.err.startswith("The index is missing or broken and is being rebuilt")


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


@pytest.mark.parametrize("number", ["2", "٢", "۲"])
@pytest.mark.parametrize("command", ["search جسر -k", "questions new --count", "sources --limit"])
def test_a_whole_number_is_read_in_digits_of_any_kind(command: str, number: str, run: Run, home: Path) -> None:
    done = run(*command.split(), number, "--home", home)
    assert done.code == 0
    assert done == run(*command.split(), 2, "--home", home)


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
    assert "\nDate: 2024-05-12\n" in text
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


@pytest.mark.parametrize("home", ["~nosuchuser/x", "x" * 300])
@pytest.mark.parametrize("place", ["setting", "option"])
def test_a_home_that_cannot_be_looked_at_is_2(place: str, home: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    if place == "setting":
        monkeypatch.setenv("ISNAD_HOME", home)
    done = run("status", *(["--home", home] if place == "option" else []))
    assert (done.code, done.out) == (2, "")
    assert home in done.err
    assert has_arabic(done.err)


@pytest.mark.parametrize("wrong", [IsnadError("no"), SettingsError("no")])
def test_help_needs_no_settings(wrong: IsnadError, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise wrong

    monkeypatch.setattr("rag.settings.load_settings", refuse)
    done = run("--help")
    assert (done.code, done.err) == (0, "")
    assert has_arabic(done.out)


def test_what_goes_wrong_before_the_command_is_said_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("rag.settings.load_settings", broken)
    done = run("status")
    assert done.code == 1
    assert "ZeroDivisionError" in done.err


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
    words = shlex.split(example[example.index("isnad ") :])[1:]
    command = localised_command("en")
    context = command.make_context("isnad", words)
    while hasattr(command, "commands"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("example", [EXAMPLES[""][1], *EXAMPLES["ask"][:2]])
def test_a_question_of_the_help_is_answered_by_the_starter_articles(example: str, run: Run, seeds: Path) -> None:
    done = run("--home", seeds, *shlex.split(example)[1:], "--json")
    assert done.json["status"] == "answered"


def test_every_command_is_there_and_no_other() -> None:
    assert set(localised_command("ar").commands) | {"model pull", "questions new"} == set(COMMANDS)
    assert isinstance(localised_command("ar"), typer.core.TyperGroup)


def test_version(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--version").out.startswith("isnad ")

    def not_there(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", not_there)
    assert run("--version", "--lang", "en").out == "isnad (not installed)\n"
    assert has_arabic(run("--version").out)


def test_a_removed_file_that_stands_comes_back_and_that_is_said(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--home", tmp_path)
    assert "isnad ingest" in run("remove", "market.txt", "--home", tmp_path).err
    assert run("remove", "bridge.txt", "--home", tmp_path, "--json").err == ""
    assert run("ingest", folder, "--home", tmp_path, "--json").json["num_added"] == 2


@pytest.mark.parametrize(
    ("lines", "arabic", "english"),
    [("ISNAD_LANG=ar\nx y\n", "(السطر 2)", "(line 2)"), ("x\ny\nz\n", "(الأسطر: 1، 2، 3)", "(lines 1, 2, 3)")],
)
def test_lines_of_env_that_set_nothing_are_numbered(
    lines: str, arabic: str, english: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(lines, "utf-8")
    assert arabic in run("sources", "--home", tmp_path / "home", "--lang", "ar").err
    assert english in run("sources", "--home", tmp_path / "home", "--lang", "en").err


def test_what_is_wrong_with_a_database_is_said_in_arabic(run: Run, tmp_path: Path) -> None:
    (tmp_path / "isnad.db").write_bytes(b"\x17noise" * 4000)
    done = run("sources", "--home", tmp_path)
    assert done.code == 1
    assert f"قاعدة البيانات {tmp_path / 'isnad.db'} تالفة: ليس ملف قاعدة بيانات." in done.err


def test_the_attempts_of_a_download_are_not_told_one_by_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[logging.LogRecord] = []
    hub = logging.getLogger("huggingface_hub")

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record)

    def unreachable(*_: object) -> None:
        logging.getLogger("huggingface_hub.utils._http").warning("thrown while requesting GET …")
        raise ConnectionError

    ear = Ear()
    hub.addHandler(ear)
    monkeypatch.setattr("huggingface_hub.HfApi.list_repo_files", unreachable)
    done = run("model", "pull", "nope/nope", "--home", tmp_path)
    logging.getLogger("huggingface_hub.utils._http").warning("said by somebody else")
    hub.removeHandler(ear)
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert [record.getMessage() for record in told] == ["said by somebody else"]
