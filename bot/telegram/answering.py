"""Blocking work off the event loop: the turns of all conversations, on a few threads and in bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from bot.session import Reply, Session
from bot.telegram.copies import Copies, count_copies
from rag.schema import Answer, Passage

P = ParamSpec("P")
T = TypeVar("T")

Leave = bool | Callable[[], bool]
"""Whether the language model may write; a function is asked on the worker, when there is something to write from."""


class Answers(Protocol):
    """What the bot needs of a pipeline."""

    def answer(self, question: str, history: Sequence[str] = (), *, write: Leave = True) -> Answer:
        """The answer to `question` after the earlier questions `history`."""

    def search(self, question: str, top_k: int) -> Sequence[Passage]:
        """The best passages for `question`."""


class Answering:
    """One pipeline for all conversations; a thread that is late is left to itself, its question is not."""

    def __init__(self, pipeline: Answers, *, workers: int, timeout_s: float) -> None:
        self._pipeline = pipeline
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="answering")
        self._shared: dict[object, asyncio.Future[Any]] = {}

    async def turn(self, text: str, history: Sequence[str], *, may_write: Leave) -> Reply:
        """Answer `text` after the earlier questions `history`, oldest first.

        What begins with a slash is a question here: Telegram's commands never come this way.

        Raises:
            TimeoutError: there is no answer after `timeout_s`, waiting for a free thread included.
            IsnadError: as `Pipeline.answer`.
        """
        session = Session(_Allowed(self._pipeline, may_write), history=history)
        async with asyncio.timeout(self._timeout_s):
            return await self.call(session.turn, text.lstrip("/ \n"))

    def quoted(self, question: str) -> Answer:
        """The answer to `question` alone, never written by a language model. Blocking."""
        return self._pipeline.answer(question, write=False)

    def copies_of(self, quote: str) -> Copies:
        """In how many articles `quote` stands. Blocking."""
        return count_copies(self._pipeline, quote)

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do other blocking `work` on the same threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    async def shared(self, work: Callable[..., T], *args: Hashable) -> T:
        """As `call`, once for all who want the same at this time; who stops waiting for it does not stop it."""
        wanted = (work, args)
        running = self._shared.get(wanted)
        if running is None:
            running = self._shared[wanted] = asyncio.ensure_future(self.call(work, *args))
            running.add_done_callback(lambda _: self._shared.pop(wanted))
        return cast("T", await asyncio.shield(running))

    def close(self) -> None:
        """Take no more work. What runs is not waited for: an answer that nobody gets may be lost."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Allowed:
    """The pipeline with the leave of one question, as a session asks it."""

    def __init__(self, pipeline: Answers, may_write: Leave) -> None:
        self._pipeline = pipeline
        self._may_write = may_write

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        return self._pipeline.answer(question, history, write=self._may_write)
