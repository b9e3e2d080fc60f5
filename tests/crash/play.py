"""The play that every crash test gives: an ingest of an edited folder, and what must hold whatever happens to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.corpus import PAGES
from tests.crash.children import Ended, Nursery
from tests.crash.scene import AFTER, BEFORE, answers_of, misquotes, write_folder, write_questions

Answers = list[dict[str, Any]]


class Play:
    """A folder that has been edited since it was read, and a home that knows it as it was."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self.nursery, self.folder = nursery, folder
        self.pages, self.before = folder / "pages", folder / "before"
        self._questions = write_questions(folder / "questions.jsonl")
        for pages in (PAGES, BEFORE):  # twice: a generation that was derived from another one
            write_folder(self.pages, pages)
            self.ingest(self.before)
        self.old = self.ask(self.before)[0]
        write_folder(self.pages, AFTER)
        with self.scratch("after") as home:
            self.ingest(home)
            self.new = self.ask(home)[0]
        assert self.old != self.new
        assert misquotes(self.old, BEFORE) == misquotes(self.new, AFTER) == []

    def ingest(self, home: Path, **wish: Any) -> Ended:
        """`isnad ingest` of the folder as it is now; it has to end well where nothing is wished for."""
        ended = self.nursery.run("--lang", "en", "ingest", self.pages, "--home", home, "--json", **wish)
        assert wish or ended.code == 0, ended.err
        return ended

    def ask(self, home: Path) -> tuple[Answers, str]:
        """What `isnad ask` answers to every question, and what it says besides."""
        ended = self.ask_anyhow(home)
        assert ended.code == 0, ended.err
        return answers_of(ended.lines), ended.err

    def ask_anyhow(self, home: Path) -> Ended:
        """The same, however it ends."""
        return self.nursery.run("--lang", "en", "ask", "--questions", self._questions, "--home", home, "--json")

    def copy_of_before(self, home: Path) -> Path:
        """A home of its own that knows the folder as it was."""
        return Path(shutil.copytree(self.before, home))

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A copy of the home of before, gone afterwards."""
        home = self.copy_of_before(self.folder / name)
        try:
            yield home
        finally:
            shutil.rmtree(home)

    def trace(self, *argv: str | Path, home: Path, how: str) -> list[str]:
        """What a run changes on disk ("fault", or "full": as Python sees it) or calls ("step"), one line each."""
        trace = self.folder / f"trace-{home.name}"
        wish: dict[str, Any] = {"trace": str(trace)}
        if how != "step":
            wish |= {"under": str(home), "at": 0}
        if how == "fault":
            wish["mode"] = "count"
        ended = self.nursery.run(*argv, **{how: wish})
        assert ended.code == 0, ended.err
        return trace.read_text("utf-8").splitlines()

    def judge(self, home: Path, old: Answers | None = None, new: Answers | None = None) -> tuple[str, list[str]]:
        """Which state a home answers from, and what is wrong with it then and after the next ingest."""
        old, new = old or self.old, new or self.new
        answers, _ = self.ask(home)
        state = "old" if answers == old else "new" if answers == new else "neither"
        wrong = ["neither the old nor the new answers"] if state == "neither" else []
        wrong += misquotes(answers, BEFORE if state == "old" else AFTER)
        ended = self.ingest(home, env={})
        answers, said = self.ask(home)
        wrong += [] if ended.code == 0 else [f"the next ingest: {ended.err}"]
        wrong += [] if answers == new else ["the next ingest does not lead to the new answers"]
        wrong += [] if not said else [f"after the next ingest: {said}"]
        return state, wrong + misquotes(answers, AFTER) + self.nursery.call("faults_of", home)


def spread(lines: list[str], num: int) -> list[int]:
    """`num` moments, from 1, of those that `lines` name: evenly over all, every kind of line among them."""
    kinds: dict[str, list[int]] = {}
    for number, line in enumerate(lines, start=1):
        kinds.setdefault(_kind(line), []).append(number)
    chosen = {numbers[len(numbers) // 2] for numbers in kinds.values()} if num >= 2 * len(kinds) else set()
    left = num - len(chosen)
    chosen |= {1 + (2 * place + 1) * len(lines) // (2 * left) for place in range(left)}
    return sorted(chosen)


def _kind(line: str) -> str:
    what, _, path = line.partition(" ")
    return f"{what} {Path(path).suffix or Path(path).name}" if path else what


def at_once(work: Any, items: list[Any]) -> list[Any]:
    """Do the work for all items, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, items))
