"""Questions whose final message surely could not be sent: kept in order, and tried again when there is hope.

Each stays in the inbox meanwhile, so that the next start finds it. Its lane goes on, but the questions behind it
line up: order is kept, and only one message for each chat is kept ready.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.state.records import KeptAnswer, Question
    from bot.telegram.delivery import NotDelivered
    from bot.telegram.outgoing import Outgoing

_MOST_READY = 500
"""Messages that are kept ready; beyond that they are made anew when it is time."""
_MOST_WAITING = 5000
"""Questions that are kept in memory; beyond that they wait in the inbox for the next start."""


@dataclass(frozen=True, slots=True)
class Final:
    """The final message of a question, as far as it is not sent yet."""

    status: str
    """How the question ends with it; empty where nothing is to be counted."""
    outgoing: Outgoing | None = None
    """None: there is nothing to say."""
    kept: KeptAnswer | None = None
    """What is kept of it; None: nothing."""
    in_place_of: tuple[int, ...] = ()
    """The messages that it replaces."""
    joins_history: bool = False
    sent: tuple[int, ...] = ()
    """The parts that were sent already."""
    num_doubts: int = 0
    """How often Telegram was reached and it did not go through."""

    def after(self, error: NotDelivered) -> Final:
        """What is left of it now."""
        if self.outgoing is None:
            return self
        return replace(
            self,
            outgoing=replace(self.outgoing, parts=self.outgoing.parts[error.num_parts :]),
            in_place_of=self.in_place_of[error.num_parts :],
            sent=self.sent + error.sent,
            num_doubts=self.num_doubts + error.is_doubtful,
        )

    @property
    def message_ids(self) -> tuple[int, ...]:
        """The messages that it stands in, or will."""
        return self.sent + self.in_place_of


class Timer(Protocol):
    """What can be called off."""

    def cancel(self) -> None:
        """Call it off."""


@dataclass(slots=True)
class _Line:
    """The questions of a chat that wait; the first may be queued again already."""

    questions: deque[Question] = field(default_factory=deque)
    ready: Final | None = None
    """The first one's message."""
    timer: Timer | None = None


class Postponed:
    """The lines of all chats. `enqueue` gives a question another turn."""

    def __init__(
        self,
        enqueue: Callable[[Question], None],
        *,
        later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        self._enqueue = enqueue
        self._later = later or (lambda seconds, work: asyncio.get_running_loop().call_later(seconds, work))
        self._lines: dict[int, _Line] = {}
        self._num_waiting = 0

    def is_next(self, question: Question) -> bool:
        """Whether its turn has come; where others of its chat wait, it lines up behind them."""
        line = self._lines.get(question.place.chat_id)
        if line is None or line.questions[0].update_id == question.update_id:
            return True
        if self._num_waiting < _MOST_WAITING:
            line.questions.append(question)
            self._num_waiting += 1
        return False

    def ready(self, question: Question) -> Final | None:
        """What was to be sent for the question that is next."""
        line = self._lines.get(question.place.chat_id)
        return line.ready if line else None

    def postpone(self, question: Question, wait_s: float, final: Final) -> None:
        """Give it another turn after so many seconds, the first in its chat."""
        line = self._lines.setdefault(question.place.chat_id, _Line())
        if not line.questions:
            line.questions.append(question)
            self._num_waiting += 1
        line.ready = final if len(self._lines) <= _MOST_READY else None
        self.put_off(line.questions[0], wait_s)

    def put_off(self, question: Question, wait_s: float) -> bool:
        """Give it its turn later, where it is the first of a line; False where it is not."""
        line = self._lines.get(question.place.chat_id)
        if line is None or line.questions[0] != question:
            return False
        line.timer = self._later(wait_s, lambda: self._enqueue(question))
        return True

    def leave(self, question: Question) -> None:
        """It is dealt with, or dropped: whoever is behind it comes next."""
        line = self._lines.get(question.place.chat_id)
        if line is None or question not in line.questions:
            return
        is_first = line.questions[0] == question
        line.questions.remove(question)
        self._num_waiting -= 1
        if not line.questions:
            del self._lines[question.place.chat_id]
        if is_first:
            line.ready = None
            if line.timer is not None:
                line.timer.cancel()
            if line.questions:
                self._enqueue(line.questions[0])

    def close(self) -> None:
        """Give no more turns: the inbox has them all."""
        for line in self._lines.values():
            if line.timer is not None:
                line.timer.cancel()
