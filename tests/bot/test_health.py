from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from bot.texts import LANGS, Lang
from tests.bot.running import BRIDGE, MARKET, Run


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


@pytest.fixture
def spaced(tmp_path: Path) -> Path:
    """A folder whose name needs quotes, with two articles."""
    folder = tmp_path / "my articles"
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    (folder / "market.txt").write_text(MARKET, "utf-8")
    return folder


def command_in(said: str) -> list[str]:
    """The command that ends the one line which names it, as a shell would read it."""
    (line,) = (line for line in said.splitlines() if "isnad ingest" in line)
    return shlex.split(line.partition("isnad ")[2])


@pytest.mark.parametrize("lang", LANGS)
def test_articles_of_a_folder_that_was_emptied_are_told_with_what_drops_them(
    lang: Lang, run: Run, spaced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ("--home", tmp_path / "a home", "--lang", lang)
    run("ingest", spaced, *home)
    assert "--prune" not in run("status", *home).out
    for file in spaced.iterdir():
        file.unlink()
    told = command_in(run("status", *home).out)
    assert told == ["ingest", str(spaced), "--prune", "--home", str(tmp_path / "a home")]
    monkeypatch.chdir(tmp_path)
    assert command_in(run("ingest", spaced.name, *home).out) == told
    assert run(*told, "--json").json["num_removed"] == 2
    assert "--prune" not in run("status", *home).out


def test_a_folder_in_it_that_was_emptied_is_told_by_the_folder_that_was_given(
    run: Run, spaced: Path, tmp_path: Path
) -> None:
    (spaced / "sub").mkdir()
    (spaced / "market.txt").rename(spaced / "sub" / "market.txt")
    run("ingest", spaced, "--home", tmp_path / "home")
    (spaced / "sub" / "market.txt").unlink()
    told = command_in(run("status", "--home", tmp_path / "home").out)
    assert told[1:3] == [str(spaced), "--prune"]
    report = run(*told, "--json").json
    assert (report["num_removed"], report["num_unchanged"]) == (1, 1)


def test_a_file_that_was_emptied_and_then_deleted_is_forgotten_by_the_next_ingest(
    run: Run, spaced: Path, tmp_path: Path
) -> None:
    home = ("--home", tmp_path / "home")
    (spaced / "market.txt").unlink()
    run("ingest", spaced, *home)
    (spaced / "bridge.txt").write_bytes(b"")
    run("ingest", spaced, *home)
    assert run("status", *home, "--json").json["skipped"]
    (spaced / "bridge.txt").unlink()
    assert "Mend" not in run("status", *home, "--lang", "en").out, "nothing is there to be mended"
    run("ingest", spaced, *home)
    status = run("status", *home, "--json").json
    assert (status["num_articles"], status["skipped"]) == (1, [])
    (spaced / "bridge.txt").write_bytes(b"")  # as when the disk is there again
    assert [item["source"] for item in run("ingest", spaced, *home, "--json").json["skipped"]] == ["bridge.txt"]


def test_what_can_be_mended_is_named_where_it_is(run: Run, spaced: Path, tmp_path: Path) -> None:
    home = ("--home", tmp_path / "a home")
    run("ingest", spaced, *home)
    (spaced / "late.txt").touch()
    (tmp_path / "alone.txt").touch()
    run("ingest", spaced, tmp_path / "alone.txt", *home)
    told = command_in(run("status", *home).out)
    assert told == ["ingest", str(spaced), str(tmp_path / "alone.txt"), "--home", str(tmp_path / "a home")]
    (spaced / "late.txt").write_text("افتتاح المتحف\nافتتح المتحف أبوابه أمس.\n", "utf-8")
    (tmp_path / "alone.txt").write_text("موسم الزيتون\nبدأ موسم الزيتون أمس.\n", "utf-8")
    assert run(*told, "--json").json["num_added"] == 2
    assert "isnad ingest" not in run("status", *home).out


def test_no_more_places_are_named_than_a_line_can_hold(run: Run, spaced: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"empty{number}.txt" for number in range(8)]
    for file in files:
        file.touch()
    run("ingest", spaced, *files, "--home", tmp_path / "home")
    said = run("status", "--home", tmp_path / "home", "--lang", "en").out
    assert command_in(said)[1:-2] == [str(file) for file in files[:5]]
    assert "more places: 3" in said


def test_a_file_of_another_kind_that_was_named_once_is_forgotten_with_its_folder(
    run: Run, spaced: Path, tmp_path: Path
) -> None:
    home = ("--home", tmp_path / "home")
    (spaced / "photo.jpg").write_bytes(b"x")
    run("ingest", spaced, spaced / "photo.jpg", *home)
    said = run("status", *home).out
    assert "photo.jpg" in said
    assert "isnad ingest" not in said, "mending makes no article of it"
    run("ingest", spaced, *home)
    assert run("status", *home, "--json").json["skipped"] == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_misspelt_setting_is_told_in_a_line_by_status_alone(
    lang: Lang, run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("ask", "متى افتتح جسر النهر؟", "--home", home, "--lang", lang)
    status = ("status", "--home", home, "--lang", lang)
    assert run(*status).err == ""
    (tmp_path / ".env").write_text("ISNAD_LANGG=en\nISNAD_KEEP_DAYS=7\nISNAD_LLM_API_KY=secret\n", "utf-8")
    (line,) = run(*status).err.splitlines()
    assert "ISNAD_LANGG, ISNAD_LLM_API_KY" in line
    assert f"isnad doctor --home {home}" in line
    assert "secret" not in line
    assert "KEEP_DAYS" not in line
    assert run(*status, "--json").json["num_articles"] == 2
    assert run(*asked).err == ""
