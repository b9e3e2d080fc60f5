"""Questions, one after the other, in one warm process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import Watched, percentile, watching

NUM_WARM_UP = 10
TOP_K = 10


def question_figures(questions: Sequence[str], home: Path) -> tuple[dict[str, float], Watched]:
    """Milliseconds of a search and of a whole answer."""
    from rag.pipeline import Pipeline
    from rag.settings import load_settings

    pipeline = Pipeline(load_settings(home=home))
    try:
        with watching() as watched:
            search = times_ms(lambda question: pipeline.search(question, TOP_K), questions)
            ask = times_ms(pipeline.answer, questions)
    finally:
        pipeline.close()
    return spread("search", search) | spread("ask", ask), watched


def times_ms(work: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of `work` for each question, after a warm-up."""
    for question in questions[:NUM_WARM_UP]:
        work(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        work(question)
        times.append((time.perf_counter() - started) * 1000)
    return times


def spread(name: str, times: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the largest."""
    return {f"{name} p50": percentile(times, 0.5), f"{name} p95": percentile(times, 0.95), f"{name} max": max(times)}
