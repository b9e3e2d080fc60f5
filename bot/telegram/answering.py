"""Blocking work off the event loop: the turns of all conversations, on a few threads and in bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Protocol, TypeVar

from bot.session import Reply, Session
from rag.schema import Answer

P = ParamSpec("P")
T = TypeVar("T")

Leave = bool | Callable[[], bool]
"""Whether the language model may write; a function is asked on the worker, when there is something to write from."""


class Answers(Protocol):
    """What the bot needs of a pipeline."""

    def answer(self, question: str, history: Sequence[str] = (), *, write: Leave = True) -> Answer:
        """The answer to `question` after the earlier questions `history`."""


class Answering:
    """One pipeline for all conversations; a thread that is late is left to itself, its question is not."""

    def __init__(self, pipeline: Answers, *, workers: int, timeout_s: float) -> None:
        self._pipeline = pipeline
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="answering")

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

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do other blocking `work` on the same threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

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
