"""Who is next: one update at a time in each lane, in the order of arrival, and no lane waits for another.

A chat is a lane. Presses and inline queries of a person are lanes of their own, so that they are
answered while the chat's question is still being worked on. In a group a person may have only a few
updates waiting, so that one who floods it takes nobody else's place.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.state.records import Question

MOST_WAITING = 30
"""Updates of one person that may wait in a lane; what comes beyond is told so once and dropped."""
MOST_IN_GROUP = 5
"""The same in a group, where Telegram takes twenty messages a minute for all of its people."""
MOST_IN_LANE = 200
"""Of all people together: more than a group could be answered before it is too late for that."""
_NO_LIMIT = 1_000_000
"""For PTB's own count, which would let one chat's flood hold up all others."""


@dataclass(slots=True)
class _Lane:
    """Somebody is at work in it; the others wait in order."""

    waiting: deque[tuple[asyncio.Future[None], Hashable]] = field(default_factory=deque)
    """Each with whose turn it is."""
    num_of: Counter[Hashable] = field(default_factory=Counter)
    """How many each person has waiting."""
    told: set[Hashable] = field(default_factory=set)
    """People who were told that they flood it, as long as anything of theirs waits."""

    def add(self, turn: asyncio.Future[None], who: Hashable) -> None:
        self.waiting.append((turn, who))
        self.num_of[who] += 1

    def next(self) -> asyncio.Future[None] | None:
        """Take out who comes next."""
        if not self.waiting:
            return None
        turn, who = self.waiting.popleft()
        self._leave(who)
        return turn

    def remove(self, turn: asyncio.Future[None], who: Hashable) -> None:
        """Take out one who does not wait any more, if it is still there."""
        with suppress(ValueError):
            self.waiting.remove((turn, who))
            self._leave(who)

    def _leave(self, who: Hashable) -> None:
        self.num_of[who] -= 1
        if not self.num_of[who]:
            del self.num_of[who]
            self.told.discard(who)


class FairProcessor(BaseUpdateProcessor):
    """PTB's way to run handlers at once, with order and fairness.

    `on_flood(update, is_first)` is awaited for what finds its lane full of its own sender's updates; the first
    of a person's flood is the one to be told.
    """

    def __init__(self, on_flood: Callable[[object, bool], Awaitable[None]]) -> None:
        super().__init__(_NO_LIMIT)
        self._on_flood = on_flood
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
        key, who = lane_of(question), sender_of(question)
        lane = self._lanes.get(key)
        return lane is not None and who in lane.told and _is_full(key, lane, who)

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
        key, who = lane_of(update), sender_of(update)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane()
        elif not _is_full(key, lane, who):
            await self._turn(key, lane, who, coroutine)
        else:
            _drop(coroutine)
            is_first = who not in lane.told
            lane.told.add(who)
            await self._on_flood(update, is_first)
            return
        try:
            if self._leaves_questions and isinstance(update, Question):
                _drop(coroutine)
            else:
                await coroutine
        finally:
            self._pass_on(key, lane)

    async def _turn(self, key: Hashable, lane: _Lane, who: Hashable, coroutine: Awaitable[Any]) -> None:
        """Wait until those before are done."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.add(turn, who)
        try:
            await turn
        except asyncio.CancelledError:
            _drop(coroutine)
            if turn.cancelled():
                lane.remove(turn, who)  # unless whoever went before has passed it over already
            else:  # it had come, and nobody is there to take it
                self._pass_on(key, lane)
            raise

    def _pass_on(self, key: Hashable, lane: _Lane) -> None:
        while (turn := lane.next()) is not None:
            if not turn.done():
                turn.set_result(None)
                return
        del self._lanes[key]


def _is_full(key: Hashable, lane: _Lane, who: Hashable) -> bool:
    """Whether nothing more of that person's may wait there."""
    kind, number = cast("tuple[str, int]", key)
    most = MOST_IN_GROUP if kind == "chat" and number < 0 else MOST_WAITING
    return lane.num_of[who] >= most or len(lane.waiting) >= MOST_IN_LANE


def sender_of(update: object) -> Hashable:
    """Who sent it: a person, or a chat in whose name somebody writes; None where nobody did."""
    if isinstance(update, Question):
        return update.place.user_id
    sender = update.effective_sender if isinstance(update, Update) else None
    return sender.id if sender else None


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
