"""Questions, one after the other, in one warm process of their own.

python -m benchmarks.questions HOME QUESTIONS.json --json
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import percentile, watching

NUM_WARM_UP = 10
TOP_K = 10


def main() -> None:
    """Measure and print JSON."""
    home, questions = map(Path, sys.argv[1:3])
    print(json.dumps(question_figures(json.loads(questions.read_text(encoding="utf-8")), home)))


def question_figures(questions: Sequence[str], home: Path) -> dict[str, float | None]:
    """Milliseconds of a search and of a whole answer, and what others used of the machine."""
    from rag.pipeline import Pipeline
    from rag.settings import load_settings

    with contextlib.chdir(home):  # a `.env` of the person who measures is not what is measured
        pipeline = Pipeline(load_settings(home=home))
    try:
        with watching() as watched:
            search = times_ms(lambda question: pipeline.search(question, TOP_K), questions)
            ask = times_ms(pipeline.answer, questions)
    finally:
        pipeline.close()
    figures = spread("search", [spent for spent, _ in search]) | spread("ask", [spent for spent, _ in ask])
    worked = percentile([worked for _, worked in search], 0.5)
    return {**figures, "search, processor time p50": worked, "others": watched.others}


def times_ms(work: Callable[[str], object], questions: Sequence[str]) -> list[tuple[float, float]]:
    """Milliseconds of `work` for each question, after a warm-up: elapsed, and of the processors."""
    for question in questions[:NUM_WARM_UP]:
        work(question)
    times = []
    for question in questions:
        started, before = time.perf_counter(), time.process_time()
        work(question)
        times.append(((time.perf_counter() - started) * 1000, (time.process_time() - before) * 1000))
    return times


def spread(name: str, times: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the largest."""
    return {f"{name} p50": percentile(times, 0.5), f"{name} p95": percentile(times, 0.95), f"{name} max": max(times)}


if __name__ == "__main__":
    main()
