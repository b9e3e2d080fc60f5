"""Speed, memory and disk of the two main paths; see README.md in this folder.

Usage:
    python -m benchmarks.run
    python -m benchmarks.run --jsonl articles.jsonl --questions 500
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import folder_mb, percentile, run_isnad

REPOSITORY = Path(__file__).resolve().parents[1]
NUM_WARM_UP = 10
NUM_COLD = 5
TOP_K = 10
ONE_MORE = "جسر جديد فوق النهر\nافتتحت البلدية جسرا جديدا فوق النهر، وقالت إن طوله 420 مترا.\n"

Figures = dict[str, float | str]


def main() -> None:
    """Measure, print the table, write the JSON."""
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="isnad-bench-") as scratch:
        corpus = unpacked(arguments.jsonl, Path(scratch))
        figures = measure(corpus, Path(scratch), arguments.questions)
    print(as_table(figures))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten to {arguments.out}")


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure speed, memory and disk.")
    parser.add_argument(
        "--jsonl", type=Path, default=REPOSITORY / "seeds", help="a .jsonl or .jsonl.gz file, or a folder"
    )
    parser.add_argument("--questions", type=int, default=200, help="how many headlines to ask")
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "benchmarks" / "results" / f"{stamp}.json")
    return parser.parse_args()


def unpacked(path: Path, scratch: Path) -> Path:
    """The corpus as `isnad ingest` reads it."""
    if path.suffix != ".gz":
        return path
    plain = scratch / path.stem
    with gzip.open(path, "rb") as packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return plain


def measure(corpus: Path, scratch: Path, num_questions: int) -> Figures:
    """Every figure, in the order of the table."""
    home = scratch / "home"
    figures: Figures = {"date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    figures |= ingest_figures(corpus, home, scratch)
    titles = [row["title"] for row in run_isnad("sources", "--json", home=home).report["sources"] if row["title"]]
    step = max(1, len(titles) // num_questions)
    figures |= question_figures(titles[::step][:num_questions], home)
    return figures | start_figures(titles[0], home)


def machine() -> str:
    """Processor count, system and Python."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def ingest_figures(corpus: Path, home: Path, scratch: Path) -> Figures:
    """The first ingest, the same again, and one article more."""
    first = run_isnad("ingest", str(corpus), "--json", home=home)
    disk = {name: folder_mb(home / name) for name in ("index",)} | {"all": folder_mb(home)}
    again = run_isnad("ingest", str(corpus), "--json", home=home)
    more = scratch / "more"
    more.mkdir()
    (more / "one-article-more.txt").write_text(ONE_MORE, encoding="utf-8")
    one = run_isnad("ingest", str(more), "--json", home=home)
    return {
        "articles": first.report["num_articles"],
        "chunks": first.report["num_chunks"],
        "ingest s": first.seconds,
        "ingest articles/s": first.report["num_articles"] / first.seconds,
        "ingest peak memory MB": first.peak_mb,
        "disk MB": disk["all"],
        "disk of the index MB": disk["index"],
        "again s": again.seconds,
        "again, chunks encoded": again.report["num_embedded"],
        "again peak memory MB": again.peak_mb,
        "one article more s": one.seconds,
        "one article more, chunks encoded": one.report["num_embedded"],
    }


def question_figures(headlines: list[str], home: Path) -> Figures:
    """Search and ask, one after the other in this process."""
    from rag.pipeline import Pipeline
    from rag.settings import load_settings

    pipeline = Pipeline(load_settings(home=home))
    try:
        search = times_ms(lambda headline: pipeline.search(headline, TOP_K), headlines)
        ask = times_ms(pipeline.answer, headlines)
    finally:
        pipeline.close()
    return {"questions": len(headlines)} | spread("search", search) | spread("ask", ask)


def times_ms(work: Callable[[str], object], headlines: list[str]) -> list[float]:
    """Milliseconds of `work` for each headline, after a warm-up."""
    for headline in headlines[:NUM_WARM_UP]:
        work(headline)
    times = []
    for headline in headlines:
        started = time.perf_counter()
        work(headline)
        times.append((time.perf_counter() - started) * 1000)
    return times


def spread(name: str, times: list[float]) -> Figures:
    """Median, 95th percentile and the largest."""
    return {
        f"{name} p50 ms": percentile(times, 0.5),
        f"{name} p95 ms": percentile(times, 0.95),
        f"{name} max ms": max(times),
    }


def start_figures(question: str, home: Path) -> Figures:
    """Commands in fresh processes."""
    cold = [run_isnad("ask", question, "--json", home=home) for _ in range(NUM_COLD)]
    return {
        "cold ask s": statistics.median(cost.seconds for cost in cold),
        "cold ask peak memory MB": max(cost.peak_mb for cost in cold),
        "help s": statistics.median(run_isnad("--help").seconds for _ in range(NUM_COLD)),
    }


def as_table(figures: Figures) -> str:
    """Markdown, for README and closing notes."""
    rows = [f"| {name} | {value if isinstance(value, str) else f'{value:,.4g}'} |" for name, value in figures.items()]
    return "\n".join(["| figure | value |", "|---|---|", *rows])


if __name__ == "__main__":
    main()
