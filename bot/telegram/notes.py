"""What became of a question, written down until it is: a person who was answered must not be answered again."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

from bot.telegram.logs import describe

EVERY_S = 3.0
"""A backup, a full disk or a database that starts anew rarely takes long."""
_MOST = 1000
"""Notes that are kept; beyond them the oldest is given up, and its question may be answered again."""

_log = logging.getLogger(__name__)


class Notes:
    """Writes what has to be written, and tries again what failed."""

    def __init__(
        self,
        call: Callable[[Callable[[], object]], Awaitable[object]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`call` does blocking work on another thread."""
        self._call = call
        self._sleep = sleep
        self._left: list[_Note] = []
        self._trying: asyncio.Task[None] | None = None

    @property
    def num_left(self) -> int:
        """Notes that are not written yet."""
        return len(self._left)

    async def write(self, work: Callable[[], object]) -> None:
        """Do `work`, which writes to the state: now, or as soon as that can be written again. Never raises."""
        note = _Note(work)
        self._left.append(note)  # first of all: whoever is stopped meanwhile has not done it
        del self._left[:-_MOST]
        if not await self._is_written(note, logging.ERROR) and self._trying is None:
            self._trying = asyncio.create_task(self._try_again())

    async def finish(self) -> None:
        """Try what is left once more: the next start would answer it again."""
        if self._trying is not None:
            self._trying.cancel()
        await self._try_all()

    async def _try_again(self) -> None:
        while self._left:
            await self._sleep(EVERY_S)
            await self._try_all()
        self._trying = None
        _log.info("what became of the last questions is written")

    async def _try_all(self) -> None:
        for note in tuple(self._left):
            if not await self._is_written(note, logging.DEBUG):
                if note in self._left:
                    self._left.remove(note)
                    self._left.append(note)
                return  # the others would most likely fail too, each after a while

    async def _is_written(self, note: _Note, level: int) -> bool:
        try:
            await asyncio.shield(self._call(note.write))
        except Exception as error:  # noqa: BLE001  whatever the database raises, it is tried again
            _log.log(level, "what became of a question could not be written, trying again: %s", describe(error))
            return False
        if note in self._left:
            self._left.remove(note)
        return True


class _Note:
    """Work that is done once, though several threads may come to it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._is_done = False

    def write(self) -> None:
        with self._lock:
            if not self._is_done:
                self._work()
                self._is_done = True
