"""How long work shows that it goes on: a bar on standard error where that is a terminal, else nothing."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.screen import Screen
from bot.texts import Lang, say
from bot.texts.messages import MESSAGES

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressBar:
    """A context manager that is called with a stage, what is done of it, and of how much (None: unknown)."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._screen = Screen.err()
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._screen.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=self._screen.console, transient=True)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Move the bar of `stage`; a new stage gets a new bar."""
        if self._bar is None:
            return
        if stage not in self._tasks:
            key = f"stage.{stage}"
            self._tasks[stage] = self._bar.add_task(say(key, self._lang) if key in MESSAGES else stage, total=total)
        self._bar.update(self._tasks[stage], completed=done, total=total)
