"""Who is next: one update at a time in each lane, in the order of arrival, and no lane waits for another.

A chat is a lane. Presses and inline queries of a person are lanes of their own, so that they are
answered while the chat's question is still being worked on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.state.records import Question

MOST_WAITING = 30
"""Updates that may wait in one lane; what comes beyond is told so once and dropped."""
_NO_LIMIT = 1_000_000
"""For PTB's own count, which would let one chat's flood hold up all others."""


@dataclass(slots=True)
class _Lane:
    """Somebody is at work in it; the others wait in order."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    is_flooded: bool = False


class FairProcessor(BaseUpdateProcessor):
    """PTB's way to run handlers at once, with order and fairness.

    `on_flood(update, is_first)` is awaited for what finds its lane full; the first of a flood is the one
    to be told.
    """

    def __init__(
        self, on_flood: Callable[[object, bool], Awaitable[None]], *, most_waiting: int = MOST_WAITING
    ) -> None:
        super().__init__(_NO_LIMIT)
        self._on_flood = on_flood
        self._most_waiting = most_waiting
        self._lanes: dict[Hashable, _Lane] = {}
        self._leaves_questions = False

    @property
    def num_in_work(self) -> int:
        """Updates that are being handled."""
        return len(self._lanes)

    @property
    def num_waiting(self) -> int:
        """Updates that wait for their turn."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def refuses(self, question: Question) -> bool:
        """Whether `question` belongs to a flood that was told of already, and would be dropped."""
        lane = self._lanes.get(lane_of(question))
        return lane is not None and lane.is_flooded and len(lane.waiting) >= self._most_waiting

    def leave_questions(self) -> None:
        """Begin no question any more: the inbox keeps them for the next start. The rest goes on."""
        self._leaves_questions = True

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Await `coroutine` when the turn of `update` has come.

        Up to the first await this runs in the order of arrival: PTB starts one task for each update, the
        loop begins them in order, and nothing before this point waits.
        """
        key = lane_of(update)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane()
        elif len(lane.waiting) < self._most_waiting:
            await self._turn(key, lane, coroutine)
        else:
            _drop(coroutine)
            is_first, lane.is_flooded = not lane.is_flooded, True
            await self._on_flood(update, is_first)
            return
        try:
            if self._leaves_questions and isinstance(update, Question):
                _drop(coroutine)
            else:
                await coroutine
        finally:
            self._pass_on(key, lane)

    async def _turn(self, key: Hashable, lane: _Lane, coroutine: Awaitable[Any]) -> None:
        """Wait until those before are done."""
        turn = asyncio.get_running_loop().create_future()
        lane.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            _drop(coroutine)
            if turn.cancelled():
                with suppress(ValueError):  # whoever went before has passed it over already
                    lane.waiting.remove(turn)
            else:  # it had come, and nobody is there to take it
                self._pass_on(key, lane)
            raise

    def _pass_on(self, key: Hashable, lane: _Lane) -> None:
        while lane.waiting:
            turn = lane.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._lanes[key]


def lane_of(update: object) -> Hashable:
    """What `update` queues up in."""
    if isinstance(update, Question):
        return "chat", update.place.chat_id
    if isinstance(update, Update):
        if update.callback_query:
            return "press", update.callback_query.from_user.id
        if update.inline_query:
            return "inline", update.inline_query.from_user.id
        if update.message and update.message.document:  # reading one takes long, and must not hold up a question
            return "document", update.message.chat_id
        if update.effective_chat and not _is_chatter(update):
            return "chat", update.effective_chat.id
    return "alone", id(update)


def _is_chatter(update: Update) -> bool:
    """Whether people of a group talk to one another: nothing is done with it, so it has nothing to wait for."""
    message = update.effective_message
    return message is not None and message.chat_id < 0 and not (message.text or "").lstrip().startswith("/")


def _drop(coroutine: Awaitable[Any]) -> None:
    """Close what will not be awaited: Python would warn of it."""
    cast("Coroutine[Any, Any, Any]", coroutine).close()
