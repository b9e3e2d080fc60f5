"""kill -9 at moments that cover every step, and at random ones: the old state or the new one, nothing between."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.crash.children import KILLED, Ended
from tests.crash.play import Play, at_once, spread
from tests.crash.scene import write_folder
from tests.told import tell


class Moment(NamedTuple):
    number: int
    how: str
    """kill or tear: at a change on disk; step: at a call; random: after some seconds."""
    at: float


def wish_for(moment: Moment, home: Path) -> dict[str, Any]:
    if moment.how == "step":
        return {"step": {"at": int(moment.at)}}
    return {"fault": {"under": str(home), "mode": moment.how, "at": int(moment.at)}}


def moments(play: Play, num: int, argv: Callable[[Path], list[Any]], prepare: Callable[[Path], Any]) -> list[Moment]:
    """Where to kill: half at changes on disk, the rest torn writes, calls into libraries, and anywhere."""
    shares = {"kill": num - num // 2, "tear": num // 6, "step": num // 6, "random": num // 2 - 2 * (num // 6)}
    if play.nursery.faults is None:
        shares = {"step": num - num // 4, "random": num // 4}
    found: list[tuple[str, float]] = []
    chance = random.Random(5)  # noqa: S311 - moments, no secrets
    for how, share in shares.items():
        if how == "random":
            home = play.folder / "timed"
            prepare(home)
            started = time.monotonic()
            play.nursery.run(*argv(home))
            seconds = time.monotonic() - started
            found += [("random", chance.uniform(0, 0.9 * seconds)) for _ in range(share)]
        elif share:
            home = play.folder / f"traced-{how}"
            prepare(home)
            lines = play.trace(*argv(home), home=home, how="step" if how == "step" else "fault")
            found += [(how, at) for at in spread(lines, share)]
        shutil.rmtree(home, ignore_errors=True)
    return [Moment(number, how, at) for number, (how, at) in enumerate(found)]


def kill(play: Play, moment: Moment, argv: list[Any], home: Path) -> Ended:
    """Run it until the moment comes."""
    if moment.how == "random":
        return play.nursery.run_killed(moment.at, *argv)
    return play.nursery.run(*argv, **wish_for(moment, home))


def earlier(moment: Moment) -> Moment:
    """A moment that comes sooner: half the seconds, or a twentieth less of the calls."""
    return moment._replace(at=moment.at / 2 if moment.how == "random" else int(moment.at * 0.95))


def kill_at(
    play: Play, num: int, argv: Callable[[Path], list[Any]], prepare: Callable[[Path], Any], **states: Any
) -> tuple[list[str], list[str]]:
    """Kill it at `num` moments; return which state each left, and what was wrong."""

    def one(moment: Moment) -> tuple[str, list[str]]:
        home = play.folder / f"killed-{moment.number}"
        prepare(home)
        while (ended := kill(play, moment, argv(home), home)).code == 0:  # it was over before: no two runs are alike
            shutil.rmtree(home)
            prepare(home)
            moment = earlier(moment)
        state, wrong = play.judge(home, **states)
        shutil.rmtree(home)
        if ended.code != KILLED:
            wrong.append(f"not killed: {ended}")
        return state, [f"{moment}: {line}" for line in wrong]

    results = at_once(one, moments(play, num, argv, prepare))
    return [state for state, _ in results], [line for _, wrong in results for line in wrong]


def test_a_killed_ingest_leaves_the_old_state_or_the_new_one(play: Play, kills: int) -> None:
    states, wrong = kill_at(
        play, kills, lambda home: ["ingest", play.pages, "--home", home, "--json"], play.copy_of_before
    )
    tell("ingest killed", states)
    assert wrong == []
    assert "old" in states


def test_a_killed_first_ingest_leaves_nothing_or_everything(play: Play, kills: int) -> None:
    with_nothing, _ = play.ask(play.folder / "nowhere")
    home = play.folder / "first"
    play.ingest(home)
    everything, _ = play.ask(home)
    shutil.rmtree(home)
    argv = lambda home: ["ingest", play.pages, "--home", home, "--json"]  # noqa: E731
    states, wrong = kill_at(play, max(kills // 6, 1), argv, Path.mkdir, old=with_nothing, new=everything)
    tell("first ingest killed", states)
    assert wrong == []


@pytest.mark.parametrize("what", ["reindex", "mend"])
def test_a_killed_rebuilding_changes_no_answer(play: Play, kills: int, what: str) -> None:
    def prepare(home: Path) -> None:
        play.copy_of_before(home)
        if what == "mend":
            shutil.rmtree(home / "index")

    def argv(home: Path) -> list[Any]:
        return ["reindex", "--home", home] if what == "reindex" else ["ask", "متى افتتح الجسر؟", "--home", home]

    states, wrong = kill_at(play, max(kills // 6, 1), argv, prepare)
    tell(f"{what} killed", states)
    assert wrong == []
    assert set(states) == {"old"}


def test_what_a_killed_first_ingest_left_goes_though_its_folder_was_emptied(play: Play, tmp_path: Path) -> None:
    home, pages = tmp_path / "home", write_folder(tmp_path / "pages", {"one.txt": "خبر\n\nعن المدينة."})
    argv: list[str | Path] = ["ingest", pages, "--home", home, "--json"]
    ended = play.nursery.run(*argv, step={"before": "tantivy.tantivy.commit"})
    assert (ended.code, [path.name for path in (home / "index").iterdir()]) == (KILLED, ["1"])
    (pages / "one.txt").unlink()
    play.nursery.run(*argv)
    assert list((home / "index").iterdir()) == []
