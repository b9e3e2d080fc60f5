from __future__ import annotations

import builtins
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import LEAVE, run_chat, welcome_lines
from bot.session import COMMANDS, Session
from bot.streams import OutputLost
from bot.texts import LANGS, Lang
from bot.texts.messages import MESSAGES
from rag.errors import IndexBusy, StoreUnusable
from rag.index.encoders import HashingEncoder
from rag.index.status import IndexStatus
from rag.schema import Answer
from rag.text.normalise import has_arabic
from tests.bot.fakes import FIRST, SECOND, FakePipeline, answered
from tests.bot.running import Run

EMPTY = IndexStatus(0, 0, {}, None, None, 0, 0, None, None, 0, (), ())
Typed = str | type[BaseException]


def talk(monkeypatch: pytest.MonkeyPatch, typed: Iterable[Typed], pipeline: FakePipeline | None = None) -> FakePipeline:
    """A chat in which a person types these lines; an exception is a key such as Ctrl-C at the prompt."""
    lines: Iterator[Typed] = iter(typed)

    def fake_input(prompt: str = "") -> str:
        line = next(lines, EOFError)
        if isinstance(line, str):
            return line
        raise line

    monkeypatch.setattr(builtins, "input", fake_input)
    pipeline = pipeline or FakePipeline()
    run_chat(Session(pipeline), "en")
    assert next(lines, None) is None, "the chat ended early"
    return pipeline


def test_questions_are_answered_until_the_input_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = talk(monkeypatch, ["متى افتتح الجسر؟", "", "   ", "ومن حضر؟"])
    assert [question for question, _ in pipeline.asked] == ["متى افتتح الجسر؟", "ومن حضر؟"]
    assert capsys.readouterr().out.count(FIRST) == 2


def test_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    talk(monkeypatch, ["/sources", "سؤال", "/sources", "/quote 2", "/quote 9", "/what", "/new", "/help"])
    out = capsys.readouterr().out
    assert "There is no answer with sources yet" in out
    assert f"[2] {SECOND}" in out
    assert "characters 17–" in out
    assert "Choose one of: 1 2 3" in out
    assert "I do not know /what. The commands: /sources, /quote 1, /new, /help, /exit" in out
    assert "A new conversation" in out
    assert "/quote 2 or /اقتباس 2" in out


def test_arabic_hints_name_arabic_commands() -> None:
    welcomes = [key for key in MESSAGES if key.startswith("chat.welcome")]
    for key in ("chat.which_quote", "chat.unknown_command", "chat.help", *welcomes):
        named = re.findall(r"`/(\S+?)[ `]", MESSAGES[key].ar)
        assert named
        assert has_arabic(named[0])
        arabic = [name for name in named if has_arabic(name)]
        assert all(COMMANDS.get(name) or name in LEAVE for name in arabic)
        assert {COMMANDS.get(name) for name in named} == {COMMANDS.get(name) for name in arabic}


@pytest.mark.parametrize(
    ("num_articles", "first", "last", "said"),
    [
        (0, None, None, "No articles yet"),
        (1408, "2020-01-02", "2024-05-12", "Articles: 1,408, 2020-01-02 to 2024-05-12."),
        (2, "2024-05-12", "2024-05-12", "Articles: 2, of 2024-05-12."),
        (2, None, None, "Articles: 2. I answer"),
    ],
)
def test_the_welcome_counts_articles_and_names_their_days(
    num_articles: int, first: str | None, last: str | None, said: str
) -> None:
    status = replace(EMPTY, num_articles=num_articles, first_date=first, last_date=last)
    assert "".join(shown.text for shown in welcome_lines(status, "en")).startswith(said)


@pytest.mark.parametrize(
    "leave",
    ["/exit", "/quit", "/خروج", " /EXIT ", "/ خروج", "exit", "quit", "خروج", " Exit ", "/exit now", "/خروج الآن"],
)
def test_leaving(leave: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert talk(monkeypatch, [leave]).asked == []
    assert "I do not know" not in capsys.readouterr().out


def test_a_command_needs_no_slash_where_nothing_else_stands_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = ["مساعده", "help", "مصادر", "sources", "اقتباس 1", "quote ٢", "1", "[2]", "٩", "جديد"]
    asked = ["1", "مصادر الخبر", "اقتباس من الكتاب", "exit now"]  # after "جديد" there is no quote 1
    pipeline = talk(monkeypatch, ["سؤال", *bare, *asked])
    assert [question for question, _ in pipeline.asked] == ["سؤال", *asked]


def test_a_number_alone_is_that_quote(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    talk(monkeypatch, ["سؤال", "٢", "9"])
    out = capsys.readouterr().out
    assert f"{SECOND} [2]" in out.partition("characters 17–")[0]
    assert "Choose one of: 1 2 3" in out


@pytest.mark.parametrize("lost", [BrokenPipeError(), OutputLost(28, "full")])
def test_a_chat_that_cannot_be_heard_ends(lost: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(question: str) -> Answer:
        raise lost

    with pytest.raises(type(lost)):
        talk(monkeypatch, ["سؤال", "آخر"], FakePipeline(fail))


def test_one_ctrl_c_cancels_and_a_second_one_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = talk(monkeypatch, [KeyboardInterrupt, "سؤال", KeyboardInterrupt, KeyboardInterrupt])
    assert len(pipeline.asked) == 1
    assert capsys.readouterr().out.count("Press Ctrl-C again to leave") == 2


def test_ctrl_c_while_answering_cancels_that_answer_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(question: str) -> Answer:
        if question == "طويل":
            raise KeyboardInterrupt
        return answered(question)

    pipeline = talk(monkeypatch, ["طويل", "سؤال", "/exit"], FakePipeline(interrupted))
    assert pipeline.asked[1] == ("سؤال", ())
    out = capsys.readouterr().out
    assert "Cancelled" in out
    assert FIRST in out


@pytest.mark.parametrize(
    ("error", "said"), [(IndexBusy("It is busy."), "It is busy."), (ZeroDivisionError(), "unexpected")]
)
def test_the_chat_outlives_an_answer_that_fails(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = iter([error])

    def fail_once(question: str) -> Answer:
        for broken in errors:
            raise broken
        return answered(question)

    talk(monkeypatch, ["ا", "ب"], FakePipeline(fail_once))
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert FIRST in captured.out


@pytest.mark.parametrize("lang", LANGS)
def test_a_command_that_the_chat_names_brings_its_home(
    lang: Lang, run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "my home"
    monkeypatch.setattr("sys.stdin", io.StringIO("متى افتتح جسر النهر؟\n"))
    empty = run("chat", "--home", home, "--lang", lang)
    assert "isnad ingest FOLDER" in empty.out
    assert f"--home '{home}'" in empty.out
    run("ingest", folder, "--home", home)
    monkeypatch.setattr(HashingEncoder, "name", "hashing-256/other")
    monkeypatch.setattr("sys.stdin", io.StringIO("متى افتتح جسر النهر؟\n"))
    failed = run("chat", "--home", home, "--lang", lang)
    assert failed.code == 0, "the chat goes on"
    assert f"isnad reindex --home '{home}'" in failed.err


def test_a_command_that_an_error_only_mentions_has_its_home_in_a_line_below(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(question: str) -> Answer:
        raise StoreUnusable(
            "Its text is damaged: isnad remove a.txt, then isnad ingest FOLDER", command="isnad remove a.txt"
        )

    monkeypatch.setattr("rag.pipeline.Pipeline", FakePipeline(fail))
    monkeypatch.setattr("sys.stdin", io.StringIO("سؤال\n"))
    *_, said, to_add = run("chat", "--home", home, "--lang", "en").err.splitlines()
    assert said == "Its text is damaged: isnad remove a.txt, then isnad ingest FOLDER"
    assert to_add == f"Add to the command: --home {home}"
