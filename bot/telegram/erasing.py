"""When the state's files are made anew: for all who wait for it at once, and for a small share of the time only.

Making them anew takes the longer the more is kept, and nobody is answered meanwhile. Anyone can ask for it by
asking a question and having it forgotten, as often as they like: so it is done at once where little of that
was done lately, and else when it is time again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.store import State

REST = 50
"""Times as long as it took, the files are left alone: 80 MB take half a second, and 25 seconds of rest."""


class Eraser:
    """Erases what was deleted."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._in_turn = asyncio.Lock()
        self._rests_until = 0.0
        self._next: asyncio.Future[None] | None = None

    async def erase(self, state: State) -> None:
        """Return when no file holds what was deleted before this call; at once where there is nothing to erase.

        Raises:
            StoreUnusable: the state cannot be read or written.
        """
        if not await state.call(state.has_to_erase):
            return
        if self._next is None:
            self._next = asyncio.ensure_future(self._erase_when_it_is_time(state))
        await asyncio.shield(self._next)

    async def _erase_when_it_is_time(self, state: State) -> None:
        try:
            async with self._in_turn:
                while (wait := self._rests_until - self._clock()) > 0:
                    await self._sleep(wait)
                self._next = None  # what is deleted from here on may come too late for this one
                begun = self._clock()
                try:
                    await state.call(state.erase)
                finally:
                    ended = self._clock()
                    self._rests_until = ended + REST * (ended - begun)
        finally:
            if self._next is asyncio.current_task():  # cancelled before it began
                self._next = None
