"""The state as something that is opened, and whose files can be made to hold nothing that was deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.recent import Recent
from bot.state import conversations, privacy
from bot.state.database import Database
from bot.state.forgotten import LatelyForgotten
from bot.state.keys import Keys

_DAY_S = 86_400.0
_PATIENCE_S = 5.0
"""How long another program's look at the file may hold up forgetting."""
_THREADS = 4
_MANY_MOVES = 1000

P = ParamSpec("P")
T = TypeVar("T")


class Erasable:
    """What `State` is made of, and how it forgets."""

    def __init__(self, database: Database, keys: Keys, *, keep_days: int, clock: Callable[[], float]) -> None:
        self._database = database
        self._keys = keys
        self._keep_s = keep_days * _DAY_S
        self._clock = clock
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="state")
        self._forgotten = LatelyForgotten()
        self._moved: Recent[int, int] = Recent(_MANY_MOVES)
        """Groups that moved while the process runs: what is in work still has their old number."""
        with database.reading() as connection:
            self._moves = conversations.moves(connection)

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `work`, which uses the state, on threads of the state's own: nothing else that is slow holds it up."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    def digest(self, text: str) -> str:
        """A hash of `text` that tells nothing to who has not this state. Does not block."""
        return self._keys.digest(text)

    def close(self) -> None:
        """Wait for what is being written, and close the database."""
        self._threads.shutdown()
        self._database.close()

    def forget(self, user_id: int) -> int:
        """Delete everything of a person, so that no file of SQLite's holds a byte of it; the number of rows.

        Where another program keeps reading the files, or the disk is full, a line in the log says so, and the
        bytes go with the next forgetting, purge or opening.
        """
        num_rows = self.delete(user_id)
        self.erase()
        return num_rows

    def delete(self, user_id: int) -> int:
        """The first half of `forget`: the rows are gone; `erase` has to follow, for the files may hold them."""
        with self._database.writing() as connection:
            forgotten = privacy.forget(connection, self._keys, user_id)
            self._forgotten.note(forgotten)
        return forgotten.num_rows

    def export(self, user_id: int) -> dict[str, object]:
        """Everything that is kept about a person, as JSON can hold it."""
        with self._database.reading() as connection:
            return privacy.export(connection, self._keys, user_id)

    def purge(self) -> int:
        """Delete what is older than `keep_days`, for good; the number of rows."""
        num_rows = self.delete_old()
        self.erase()
        return num_rows

    def delete_old(self) -> int:
        """The first half of `purge`, meant for once a day; `erase` has to follow."""
        with self._database.writing() as connection:
            return privacy.purge(connection, before=self._since(), now=self._clock())

    def has_to_erase(self) -> bool:
        """Whether a file may hold what was deleted for good."""
        with self._database.reading() as connection:
            return privacy.to_erase(connection) is not None

    def erase(self) -> None:
        """Let no file hold what was deleted, where one still may. Nothing else is done meanwhile.

        It makes the whole of SQLite's file anew, 5 to 6 ms for each megabyte: not to be had for the asking.
        """
        with self._database.writing() as connection:
            deletion = privacy.begin_erasing(connection)
        if deletion is not None and self._database.erase(_PATIENCE_S):
            with self._database.writing() as connection:
                privacy.note_erased(connection, deletion)

    def _since(self) -> float:
        return self._clock() - self._keep_s
