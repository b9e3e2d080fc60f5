"""Deleted, cut short, filled with noise, made by another version: built again with a message, or a clear error."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.play import Play, at_once
from tests.crash.scene import BEFORE, answers_of, misquotes
from tests.told import tell

REBUILDING = "is being rebuilt"
SOMEWHERE = random.Random(7)  # noqa: S311 - places, no secrets


def missing(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def noise(path: Path) -> None:
    """As many bytes of noise, in four places; the size stays."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        for _ in range(4):
            file.seek(SOMEWHERE.randrange(max(size - 64, 1)))
            file.write(SOMEWHERE.randbytes(min(64, size)))


def all_noise(path: Path) -> None:
    path.write_bytes(SOMEWHERE.randbytes(path.stat().st_size))


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


PLACES: list[tuple[str, Callable[[Path], None]]] = [
    ("index", missing),
    ("lexical/chunks/*.term", halved),
    ("chroma/chroma.sqlite3", noise),
    ("chroma/*/data_level0.bin", noise),
    ("", missing),
    ("build", halved),
    ("build", noise),
    ("chroma", missing),
    ("chroma/chroma.sqlite3", empty),
    ("chroma/chroma.sqlite3", halved),
    ("chroma/chroma.sqlite3", all_noise),
    ("chroma/chroma.sqlite3", zeros),
    ("chroma/*/data_level0.bin", halved),
    ("chroma/*/header.bin", all_noise),
    ("chroma/*/length.bin", empty),
    ("chroma/*/link_lists.bin", missing),
    ("chroma/*/index_metadata.pickle", noise),
    ("lexical", missing),
    ("lexical/chunks/*.idx", noise),
    ("lexical/chunks/*.fast", all_noise),
    ("lexical/chunks/*.store", missing),
    ("lexical/articles/*.fieldnorm", zeros),
    ("lexical/articles/*.term", empty),
    ("lexical/articles/*.pos", halved),
    ("lexical/articles/meta.json", halved),
    ("lexical/chunks/meta.json", noise),
    ("lexical/chunks/.managed.json", empty),
]


def places(kills: int) -> list[tuple[int, tuple[str, Callable[[Path], None]]]]:
    return list(enumerate(PLACES if kills >= 100 else PLACES[:3]))


def do_damage(home: Path, place: str, damage: Callable[[Path], None]) -> None:
    """Damage the newest generation of a home, or all that there are."""
    newest = max((home / "index").iterdir())
    for path in [home / place] if place == "index" else newest.glob(place) if place else [newest]:
        damage(path)


def test_a_damaged_index_is_built_again_or_named(play: Play, kills: int) -> None:
    def one(numbered: tuple[int, tuple[str, Callable[[Path], None]]]) -> tuple[str, list[str]]:
        number, (place, damage) = numbered
        home = play.copy_of_before(play.folder / f"damaged-{number}")
        do_damage(home, place, damage)
        ended = play.nursery.run("--lang", "en", "search", "جسر الوادي", "--home", home, "--json")
        wrong = [] if ended.code == 0 or "isnad" in ended.err else [f"exit code {ended.code}: {ended.err}"]
        state, faults = play.judge(home)
        if state != "old":
            wrong.append(f"answers like {state}")
        shutil.rmtree(home)
        outcome = "error" if ended.code else "built again" if REBUILDING in ended.err else "unharmed"
        return outcome, [f"{place} {damage.__name__}: {line}" for line in wrong + faults]

    results = at_once(one, places(kills))
    tell("index damaged, then a question", [outcome for outcome, _ in results])
    assert [line for _, wrong in results for line in wrong] == []


@pytest.mark.parametrize("folder", ["changed", "unchanged"])
def test_an_ingest_that_meets_a_damaged_index_says_so_and_leaves_a_whole_one(
    play: Play, kills: int, home: Path, folder: str
) -> None:
    if folder == "unchanged":
        play.ingest(home)

    def one(numbered: tuple[int, tuple[str, Callable[[Path], None]]]) -> tuple[str, list[str]]:
        number, (place, damage) = numbered
        damaged = Path(shutil.copytree(home, home.with_name(f"damaged-{number}")))
        do_damage(damaged, place, damage)
        ended = play.ingest(damaged, env={})
        answers, said = play.ask(damaged)
        wrong = [] if ended.code == 0 else [f"exit code {ended.code}: {ended.err}"]
        wrong += [] if answers == play.new else ["not the new answers"]
        wrong += play.nursery.call("faults_of", damaged)
        outcome = "built again" if REBUILDING in ended.err else "unharmed"
        wrong += [f"after the ingest: {said}"] if said else []
        return outcome, [f"{place} {damage.__name__} ({outcome}): {line}" for line in wrong]

    results = at_once(one, places(kills))
    tell(f"index damaged, then an ingest ({folder} folder)", [outcome for outcome, _ in results])
    assert [line for _, wrong in results for line in wrong] == []
    assert [outcome for outcome, _ in results[:2]] == ["built again"] * 2


def test_a_process_that_may_open_few_files_harms_nothing(play: Play, kills: int) -> None:
    questions: list[str | Path] = ["ask", "متى افتتح الجسر؟"]
    wishes = [(argv, num) for argv in (questions, ["ingest", play.pages]) for num in range(5, 45)]

    def one(wish: tuple[list[str | Path], int]) -> tuple[str, list[str]]:
        argv, num = wish
        home = play.copy_of_before(play.folder / f"few-{argv[0]}-{num}")
        seal = home / "index" / "2" / "build"
        serving = seal.stat()
        ended = play.nursery.run("--lang", "en", *argv, "--home", home, files=num)
        wrong = []
        if ended.code:
            is_named = re.search(r"cannot be used.*\n(Add to the command: .*\n)?$", ended.err)
            wrong += [] if is_named else [f"said: {ended.err}"]
            is_there = seal.exists() and os.path.samestat(seal.stat(), serving)
            wrong += [] if is_there else ["the generation that serves is gone"]
            wrong += [] if play.ask(home) == (play.old, "") else ["not the old answers, or not without a word"]
        wrong += [REBUILDING] if REBUILDING in ended.err else []
        wrong += play.judge(home)[1]
        shutil.rmtree(home)
        return "error" if ended.code else "enough", [f"{argv[0]} with {num} files: {line}" for line in wrong]

    results = at_once(one, wishes if kills >= 100 else wishes[8::40])
    tell("few files may be open", [outcome for outcome, _ in results])
    assert [line for _, wrong in results for line in wrong] == []
    assert "error" in {outcome for outcome, _ in results}


def test_files_that_are_cut_short_under_an_open_index_do_not_end_the_process(play: Play, home: Path) -> None:
    before, after, said = play.nursery.call("search_while_files_are_cut", home)
    assert before == after != []
    assert len(said) == 1


@pytest.mark.parametrize("damage", [empty, halved, all_noise, zeros])
def test_a_damaged_store_is_named_with_what_to_do(play: Play, home: Path, damage: Callable[[Path], None]) -> None:
    damage(home / "isnad.db")
    for argv in (["ask", "كم طول الجسر؟"], ["ingest", play.pages]):
        ended = play.nursery.run("--lang", "en", *argv, "--home", home)
        assert ended.code == 1
        assert re.search(r"is damaged .*isnad ingest FOLDER", ended.err), ended.err


def test_where_the_store_is_gone_an_ingest_begins_anew(play: Play, home: Path) -> None:
    missing(home / "isnad.db")
    assert play.nursery.run("ask", "كم طول الجسر؟", "--home", home, "--json").json["reason"] == "empty_index"
    play.ingest(home)
    assert play.nursery.call("faults_of", home) == []


def test_noise_in_a_store_is_never_quoted(play: Play, kills: int) -> None:
    def one(number: int) -> tuple[str, list[str]]:
        home = play.copy_of_before(play.folder / f"noisy-{number}")
        noise(home / "isnad.db")
        ended = play.ask_anyhow(home)
        shutil.rmtree(home)
        if ended.code:
            return "error", [] if re.search(r"is damaged .*isnad ingest FOLDER", ended.err) else [ended.err]
        failed = [line for line in ended.lines if line["status"] == "failed"]
        wrong = [line["error"] for line in failed if "isnad ingest FOLDER" not in line["error"]]
        outcome = "error" if failed else "unharmed" if answers_of(ended.lines) == play.old else "other answers"
        return outcome, wrong + misquotes(ended.lines, BEFORE)

    results = at_once(one, list(range(kills // 5 + 1)))
    tell("noise in the store", [outcome for outcome, _ in results])
    assert [line for _, wrong in results for line in wrong] == []


def test_an_index_of_another_version_names_the_command(play: Play, home: Path) -> None:
    with closing(sqlite3.connect(home / "isnad.db")) as store, store:
        store.execute("UPDATE facts SET value = replace(value, 'hashing', 'crushing') WHERE name = 'fingerprint'")
    ended = play.nursery.run("--lang", "en", "ask", "كم طول الجسر؟", "--home", home)
    assert ended.code == 1
    assert "isnad reindex" in ended.err
    assert play.nursery.run("reindex", "--home", home, "--json").code == 0
    assert play.judge(home)[1] == []
