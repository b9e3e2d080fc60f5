from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bot.texts import LANGS, Lang
from tests.bot.running import Run


def test_before_the_first_ingest_the_next_step_is_an_ingest(run: Run, tmp_path: Path) -> None:
    status = run("status", "--home", tmp_path, "--json", "--lang", "en").json
    assert (status["health"], status["problem"]) == ("empty", None)
    assert status["next"] == [f"Add your articles: isnad ingest FOLDER --home {tmp_path}"]
    assert "isnad ingest FOLDER" in run("status", "--home", tmp_path).out


def test_a_healthy_index_waits_for_questions(run: Run, home: Path) -> None:
    status = run("status", "--home", home, "--json").json
    assert (status["health"], status["problem"]) == ("healthy", None)
    assert "isnad ask" in status["next"][-1]
    assert "healthy" in run("status", "--home", home, "--lang", "en").out


@pytest.fixture
def own_home(run: Run, folder: Path, tmp_path: Path) -> Path:
    """A home to break."""
    articles = tmp_path / "articles"
    shutil.copytree(folder, articles)
    (articles / "empty.txt").touch()
    run("ingest", articles, "--home", tmp_path / "home")
    return tmp_path / "home"


def generation_of(home: Path) -> Path:
    return next((home / "index").iterdir())


@pytest.mark.parametrize("lang", LANGS)
def test_a_missing_index_is_to_be_rebuilt(lang: Lang, run: Run, own_home: Path) -> None:
    shutil.rmtree(own_home / "index")
    status = run("status", "--home", own_home, "--json", "--lang", lang).json
    assert (status["health"], status["num_articles"]) == ("missing", 2)
    assert status["problem"]
    assert f"isnad reindex --home {own_home}" in status["next"][0]
    assert not (own_home / "index").exists(), "looking mends nothing"


@pytest.mark.parametrize("part", ["chroma/chroma.sqlite3", "lexical/chunks/meta.json"])
def test_noise_in_the_index_is_damage(part: str, run: Run, own_home: Path) -> None:
    (generation_of(own_home) / part).write_bytes(b"\x17noise" * 4000)
    status = run("status", "--home", own_home, "--json").json
    assert (status["health"], run("status", "--home", own_home).code) == ("damaged", 0)


def test_what_a_disk_changed_without_a_trace_is_damage(run: Run, own_home: Path) -> None:
    (file,) = (generation_of(own_home) / "lexical" / "chunks").glob("*.fast")
    found, content = file.stat(), file.read_bytes()
    file.write_bytes(bytes(8) + content[8:])
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert run("status", "--home", own_home, "--json").json["health"] == "damaged"


def test_other_settings_are_named(run: Run, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_EMBED_MODEL", "someone/not-here")
    assert run("status", "--home", own_home, "--json").json["health"] == "no_model"
    monkeypatch.delenv("ISNAD_EMBED_MODEL")
    monkeypatch.setenv("ISNAD_CHROMA_URL", "http://127.0.0.1:9")
    assert run("status", "--home", own_home, "--json").json["health"] == "unreachable"


def test_the_state_stands_above_what_was_skipped_and_many_are_summed_up(
    run: Run, own_home: Path, tmp_path: Path
) -> None:
    for number in range(30):
        (tmp_path / "articles" / f"empty{number}.txt").touch()
    run("ingest", tmp_path / "articles", "--home", own_home)
    lines = run("status", "--home", own_home, "--lang", "en").out.splitlines()
    assert lines.index("Index: healthy") < lines.index("Skipped: 31") == lines.index("empty: 31") - 1
    assert lines[-3:][0] == "What next"


def test_no_value_breaks_a_line(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new`s\nfrom here"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "افتتاح الجسر\nالمصدر: وكالة `الواحة`\nالتاريخ: 2024-05-12\n\nافتتح الوزير الجسر.\n", "utf-8"
    )
    run("ingest", folder, "--home", tmp_path / "home")
    out = run("status", "--home", tmp_path / "home").out
    assert f"المجلد المقروء: {tmp_path / 'new`s from here'}" in out
    assert "التاريخ: 2024-05-12" in out
    assert "الجهات: 1 (وكالة `الواحة` 1)" in out


def test_what_was_skipped_and_what_is_gone_are_steps(run: Run, own_home: Path, tmp_path: Path) -> None:
    said = run("status", "--home", own_home, "--lang", "en").out
    assert "empty.txt" in said
    assert "Mend what was skipped" in said
    shutil.rmtree(tmp_path / "articles")
    assert "--prune" in run("status", "--home", own_home).out
