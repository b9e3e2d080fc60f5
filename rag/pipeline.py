"""Main path 2: question + history -> complete -> retrieve -> choose, or abstain -> cite -> Answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from rag.answer.calibration import load_calibration
from rag.answer.cite import renumbered
from rag.answer.compose import answer_from, quotes_to_write_from
from rag.errors import LLMFailed
from rag.index.reader import open_index
from rag.search.followup import complete
from rag.search.retrieve import retrieve

if TYPE_CHECKING:
    from rag.index.reader import Reader
    from rag.schema import Answer, Citation, Passage
    from rag.settings import Settings

NUM_EVIDENCE = 30
"""Passages that an answer is made from: the best few are read, the others tell which files say the same."""


class Pipeline:
    """Questions to Answers over one home. Safe to share between threads; close it when done."""

    def __init__(
        self,
        settings: Settings,
        *,
        on_message: Callable[[str], None] | None = None,
        on_llm_failure: Callable[[LLMFailed], None] | None = None,
    ) -> None:
        """`on_message` is told when a damaged index is being rebuilt; `on_llm_failure`, why an answer stays quoted."""
        self._settings = settings
        self._on_llm_failure = on_llm_failure or (lambda _failure: None)
        self._writes = bool(settings.llm_url or settings.llm_model) and _is_configured(settings)
        self._index = open_index(settings, on_message=on_message)
        self._abstention = load_calibration(settings.home, self._index.fingerprint).abstention

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the index."""
        self._index.close()

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        write: bool | Callable[[], bool] = True,
    ) -> Answer:
        """Answer `question` from the articles, with citations, or abstain with a reason.

        `history` holds the earlier questions of the conversation, oldest first; `since` and `until`
        are ISO dates, both inclusive. `write` False keeps the quoted answer though a language model
        is configured; a function is asked only when there is something to write from, so that a
        budget pays for what is written and for nothing else.
        """
        timings: dict[str, float] = {}

        def work(reader: Reader) -> tuple[Answer, tuple[Citation, ...]]:
            with _timed(timings, "complete"):
                query = complete(question, history)
            with _timed(timings, "retrieve"):
                evidence = retrieve(query, reader, top_k=NUM_EVIDENCE, since=since, until=until)
            with _timed(timings, "answer"):
                quoted = answer_from(question, evidence, reader.load_articles, self._abstention)
                told = quotes_to_write_from(evidence, reader.load_articles) if self._writes and quoted.sentences else ()
            return quoted, told

        with _timed(timings, "total"):
            answer, told = self._index.read(work)
            if told and (write() if callable(write) else write):
                with _timed(timings, "write"):
                    answer = self._write(answer, told)
        return replace(answer, timings_ms=timings)

    def search(self, question: str, top_k: int, history: Sequence[str] = ()) -> list[Passage]:
        """The `top_k` best Passages for `question`, as they stand in the files; `history` as for `answer`."""
        query = complete(question, history)
        return list(self._index.read(lambda reader: retrieve(query, reader, top_k=top_k)).passages)

    def _write(self, quoted: Answer, told: tuple[Citation, ...]) -> Answer:
        """The answer in the words of the language model; the quoted one where it fails."""
        from rag.answer.generate import write_answer

        try:
            sentences = write_answer(quoted.searched, told, self._settings)
        except LLMFailed as failure:
            self._on_llm_failure(failure)
            return replace(quoted, mode="quoted_after_llm_failure")
        said, cited = renumbered(sentences, told)
        return replace(quoted, mode="written", sentences=said, citations=cited)


def _is_configured(settings: Settings) -> bool:
    from rag.answer.generate import is_configured

    return is_configured(settings)


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        timings[stage] = round((time.perf_counter() - start) * 1000, 3)
