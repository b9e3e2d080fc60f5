from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.demo import OUT_OF_SCOPE, SEED_QUESTIONS, SEED_UNANSWERED, home_for, main, questions_for
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.settings import load_settings


def test_the_starter_articles_answer_four_questions_and_refuse_one(repository: Path, tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    ingest([repository / "seeds"], settings)
    with Pipeline(settings) as pipeline:
        answers = [pipeline.answer(question) for question in (*SEED_QUESTIONS, SEED_UNANSWERED)]
    assert [answer.status for answer in answers] == ["answered"] * 4 + ["refused"]


def test_the_tour_prints_them_and_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert all(f"؟ {question}" in out for question in (*SEED_QUESTIONS, SEED_UNANSWERED))
    assert out.count("المصادر\n[1]") == 4
    assert f"isnad chat --home {tmp_path}" in out


def test_another_folder_is_asked_its_own_headlines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number, town in enumerate(("الواحة", "المرسى", "التلال", "السهل", "الميناء", "الجبل")):
        text = f"افتتاح جسر {town}\nافتتح الوزير جسر {town} يوم الاثنين بحضور الأهالي.\n"
        (folder / f"{number}.txt").write_text(text, "utf-8")
    assert main([str(folder), "--home", str(tmp_path / "home")]) == 0
    questions = questions_for(folder, load_settings(home=tmp_path / "home"))
    assert questions[-1] == OUT_OF_SCOPE
    assert len(set(questions)) == 5
    assert all(question.startswith("افتتاح جسر") for question in questions[:-1])
    assert "make demo" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_read_is_nothing_done(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / name), "--home", str(tmp_path / "home")]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_every_folder_has_an_index_of_its_own(tmp_path: Path, repository: Path) -> None:
    homes = {home_for(folder) for folder in (repository / "seeds", tmp_path / "a" / "news", tmp_path / "b" / "news")}
    assert len(homes) == 3
    assert not any(outer in inner.parents for inner in homes for outer in homes)


def test_make_chat_talks_to_the_index_of_the_tour(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    chat = makefile.partition("\nchat:")[2].partition("\n\n")[0]
    assert set(re.findall(r"--home (\S+)", chat)) == {str(home_for(repository / "seeds"))}


@pytest.mark.parametrize("server", ["", "ISNAD_DATABASE_URL", "ISNAD_CHROMA_URL"])
def test_what_the_tour_says_to_type_talks_to_its_own_articles(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, home = tmp_path / "a folder", tmp_path / "home"
    folder.mkdir()
    (folder / "bridge.txt").write_text("افتتاح جسر الواحة\nبلغ طول جسر الواحة 420 مترا.\n", "utf-8")
    addresses = {"ISNAD_DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}", "ISNAD_CHROMA_URL": "http://127.0.0.1:9"}
    if server:
        monkeypatch.setenv(server, addresses[server])
    assert main([str(folder), "--home", str(home)]) == 0
    told = next(line for line in capsys.readouterr().out.splitlines() if "--home" in line).partition(": ")[2]
    assert ("isnad chat" in told) is (not server)
    talk = subprocess.run(
        shlex.split(told),
        input="كم بلغ طول جسر الواحة؟\n",
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "420" in talk.stdout, talk.stderr
    assert not (tmp_path / "own.db").exists()


@pytest.mark.parametrize("chat", [[], ["--chat"]])
def test_no_server_of_the_person_is_written_to(
    chat: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISNAD_DATABASE_URL", f"sqlite:///{tmp_path / 'own.db'}")
    monkeypatch.setenv("ISNAD_CHROMA_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main([*chat, "--home", str(tmp_path / "home")]) == 0
    assert (tmp_path / "home" / "isnad.db").exists()
    assert not (tmp_path / "own.db").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_takes_a_folder_with_a_space_in_its_name(repository: Path) -> None:
    command = ["make", "--no-print-directory", "--dry-run", "demo", "SEEDS=my articles"]
    told = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    assert shlex.split(told.splitlines()[-1])[-1] == "my articles"
