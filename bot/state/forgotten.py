"""What is known of who had everything forgotten: in memory alone, and only so that nothing comes back by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.recent import Recent
from bot.state.counting import Spent

_REMEMBERED = 10_000
"""Questions; one is asked about within minutes."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a person had."""

    num_rows: int
    asked: frozenset[tuple[int, int]]
    """Chat and message of questions that may be being answered at this moment."""
    spent: Mapping[Spent, int]


class LatelyForgotten:
    """What was forgotten since the process began; used under the lock of a transaction."""

    def __init__(self) -> None:
        self._asked: Recent[tuple[int, int], None] = Recent(_REMEMBERED)
        self._spent: dict[Spent, int] = {}

    def note(self, forgotten: Forgotten) -> None:
        """Remember what may be in the making, and what was spent on the latest day; other days are over."""
        for asked in forgotten.asked:
            self._asked.note(asked, None)
        latest = max((day for _, _, day in (*self._spent, *forgotten.spent)), default="")
        self._spent = {spent: number for spent, number in self._spent.items() if spent[2] == latest}
        for spent, number in forgotten.spent.items():
            if spent[2] == latest:
                self._spent[spent] = self._spent.get(spent, 0) + number

    def asked(self, chat_id: int, message_id: int) -> bool:
        """Whether that message asked before everything was forgotten, and not since."""
        return (chat_id, message_id) in self._asked

    def drop(self, chat_id: int, message_id: int) -> bool:
        """That message asks anew, or is dealt with; whether it had asked before."""
        return self._asked.drop((chat_id, message_id))

    def spent(self, spent: Spent) -> int:
        """How much of it was spent before."""
        return self._spent.get(spent, 0)
