"""Two ingests at once, and questions while the generations change: nothing is lost, nothing is between."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.crash.children import Ended
from tests.crash.play import Play
from tests.crash.scene import AFTER, BEFORE, misquotes, write_folder
from tests.told import tell

SIDES = ("east", "north", "south", "west")
PATIENCE_S = 30


def test_two_ingests_at_once_lose_nothing(play: Play, kills: int, tmp_path: Path) -> None:
    pages = {side: {f"{side}{n}.txt": f"خبر {side}\n\nالخبر رقم {n} من {side}." for n in range(3)} for side in SIDES}
    folders = [write_folder(tmp_path / side, pages[side]) for side in SIDES]
    outcomes = []
    for number in range(max(kills // 5, 1)):
        home = tmp_path / f"home{number}"
        writers = [play.nursery.start("ingest", folder, "--home", home, "--json") for folder in folders[:2]]
        ended = [writer.wait() for writer in writers]
        assert [end.code for end in ended] == [0, 0], ended
        outcomes.append("one waited for the other" if any(end.err for end in ended) else "did not meet")
        ended = meeting(play, home, folders[2:])
        assert [end.code for end in ended] == [0, 0], ended
        assert [bool(end.err) for end in ended] == [False, True]
        rows = play.nursery.run("sources", "--home", home, "--json").json["sources"]
        assert [row["source"] for row in rows] == [source for side in SIDES for source in pages[side]]
        assert play.nursery.call("faults_of", home) == []
        outcomes.append("made to meet")
        shutil.rmtree(home)
    tell("two ingests at once", outcomes)


def meeting(play: Play, home: Path, folders: list[Path]) -> list[Ended]:
    """Ingest two folders at once: the first stands still until the second waits for it.

    Into a store that is there already: while one is made, nobody else may look at it.
    """
    still = {"before": "tantivy.tantivy.commit", "signal": signal.SIGSTOP}
    first = play.nursery.start("ingest", folders[0], "--home", home, "--json", step=still)
    wait_until(lambda: stands_still(first.pid))
    second = play.nursery.start("ingest", folders[1], "--home", home, "--json")
    try:
        wait_until(lambda: str(first.pid) in second.err())
    finally:
        os.kill(first.pid, signal.SIGCONT)
    return [first.wait(), second.wait()]


def stands_still(pid: int) -> bool:
    """Whether a process was stopped by a signal; see proc_pid_stat(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_questions_during_a_swap_get_the_old_answers_or_the_new_ones(play: Play, home: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(play.ingest, home)
        seen: list[bool] = []
        while not (writing.done() and seen[-1]):
            answers, said = play.ask(home)
            assert said == ""
            for answer, old, new in zip(answers, play.old, play.new, strict=True):
                assert answer in (old, new)
                seen += [answer == new] if old != new else []
                assert misquotes([answer], AFTER if answer == new else BEFORE) == []
    assert seen == sorted(seen), "what is new stays new"
    assert play.judge(home)[1] == []
