"""The queue between Telegram and the handlers: a question is on disk before Telegram is told that it arrived.

PTB asks for the next updates, which confirms the last ones, only when `put` has returned for each of them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from telegram import Update

from bot.state.records import Place, Question
from bot.telegram.incoming import question_of
from bot.telegram.notes import Notes
from bot.telegram.postponed import Postponed

if TYPE_CHECKING:
    from bot.state.store import State
    from bot.telegram.context import Identity

K = TypeVar("K", bound=Hashable)

_log = logging.getLogger(__name__)
_REMEMBERED = 5000
"""Updates, chats and edits that are kept in mind. A webhook repeats what was confirmed too late, and soon."""


class InboxQueue(asyncio.Queue[object]):
    """PTB's update queue. Holds Questions, and every other Update as it came."""

    def __init__(self) -> None:
        super().__init__()
        self._state: State | None = None
        self._me: Identity | None = None
        self._is_refused: Callable[[Question], bool] = lambda _: False
        self._in_order = asyncio.Lock()
        self._updates = _Recent[int]()
        self._asked = _Recent[int]()
        """Updates that became questions: a press is one of both."""
        self._last_messages = _Recent[int]()
        self._wordings = _Recent[tuple[int, int]]()
        self.opened_at = time.time()
        """Seconds since 1970: what was received before waited while the bot was down."""
        self.notes = Notes(self._write)
        self.postponed = Postponed(self.put_nowait)

    def refuse(self, is_refused: Callable[[Question], bool]) -> None:
        """Drop what `is_refused` before it costs anything: the rest of a flood, which nobody answers."""
        self._is_refused = is_refused

    async def open(self, state: State, me: Identity) -> int:
        """Queue what waits since the last run, oldest first, and keep questions from now on; how many waited.

        Nothing is changed in the store by this: each stays there until it is answered, so that a
        process that is killed meanwhile loses nothing.
        """
        self._state, self._me = state, me
        waiting = await state.call(state.waiting)
        for question in waiting:
            self._enqueue(question)
        return len(waiting)

    async def put(self, item: object) -> None:
        """Take in what Telegram sent; returns when a question is on disk. What is known already is dropped.

        Never raises: PTB's polling would end for good. Where the store cannot be written, the
        question is answered all the same and only a kill can lose it.
        """
        if not isinstance(item, Update) or self._me is None:
            await super().put(item)
            return
        async with self._in_order:  # a webhook calls while its last call is still at work
            question = self._question_of(item, self._me)
            if question is not None:
                await self.ask(question)
            elif self._updates.note(item.update_id):
                message = item.message
                if message is not None:
                    self.saw(message.chat_id, message.message_id)
                await super().put(item)

    async def ask(self, question: Question) -> bool:
        """Keep and queue a question; False where this update was taken in before, or is refused."""
        if not self._asked.note(question.update_id) or self._is_refused(question):
            return False
        if not await self._keep(question):
            return False
        self._enqueue(question)
        return True

    async def finish(self) -> None:
        """Give no more turns, and write what is left to write."""
        self.postponed.close()
        await self.notes.finish()

    def is_reworded(self, question: Question) -> bool:
        """Whether a later wording of the same message was queued."""
        return self._wordings.get((question.place.chat_id, question.message_id), 0) > question.update_id

    def saw(self, chat_id: int, *message_ids: int) -> None:
        """Note the messages that now stand last in a chat."""
        self._last_messages.note(chat_id, max((*message_ids, self._last_messages.get(chat_id, 0))))

    def is_last(self, place: Place, message_id: int) -> bool:
        """Whether nothing was written in that chat after this message, as far as the bot has seen."""
        return self._last_messages.get(place.chat_id, message_id) <= message_id

    @staticmethod
    def _question_of(update: Update, me: Identity) -> Question | None:
        try:
            return question_of(update, me)
        except Exception as error:  # noqa: BLE001  one update that nobody foresaw must not end the polling
            _log.error("an update could not be read: %s", type(error).__name__)
            return None

    async def _keep(self, question: Question) -> bool:
        """Whether the question is new; without a store that can be written it counts as new."""
        if self._state is None:
            return True
        try:
            return await self._state.call(self._state.take_in, question)
        except Exception as error:  # noqa: BLE001  whatever the database raises, the polling goes on
            _log.error("a question could not be written to the inbox: %s", type(error).__name__)
            return True

    async def _write(self, work: Callable[[], object]) -> None:
        await (self._state.call(work) if self._state else asyncio.to_thread(work))

    def _enqueue(self, question: Question) -> None:
        place = question.place
        self.saw(place.chat_id, question.message_id)
        if question.is_edit:
            self._wordings.note((place.chat_id, question.message_id), question.update_id)
        self.put_nowait(question)


class _Recent(OrderedDict[K, int]):
    """What was noted last, each with a number."""

    def note(self, key: K, number: int = 0) -> bool:
        """Note `number` for `key`; whether there was none."""
        is_new = key not in self
        self[key] = number
        self.move_to_end(key)
        if len(self) > _REMEMBERED:
            self.popitem(last=False)
        return is_new
