"""Speed, memory and disk of the two main paths, beside the least that they could cost; see README.md in this folder.

python -m benchmarks.run                        on a generated corpus, about two minutes
python -m benchmarks.run --articles 30000
python -m benchmarks.run --jsonl articles.jsonl.gz --questions 500
python -m benchmarks.run --compare before.json after.json
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.floors import PROCESSOR
from benchmarks.generate import write_corpus
from benchmarks.measure import Cost, folder_mb, run_isnad, run_python
from benchmarks.result import Figure, Result, about_machine, comparison, table

REPOSITORY = Path(__file__).resolve().parents[1]
NUM_ARTICLES = 10_000
NUM_QUESTIONS = 300
NUM_COLD = 5
ONE_MORE = "جسر جديد فوق النهر\nافتتحت البلدية جسرا جديدا فوق النهر، وقالت إن طوله 420 مترا.\n"
IMPORTS = {
    "python alone": "pass",
    "import chromadb": "import chromadb",
    "import tantivy": "import tantivy",
    "import sqlalchemy": "import sqlalchemy",
    "import rag.pipeline": "import rag.pipeline",
}


def main() -> None:
    """Measure, or compare two measurements."""
    given = read_arguments()
    if given.compare:
        before, after = (Result.load(path) for path in given.compare)
        print(comparison(before, after))
        return
    corpus = given.jsonl.resolve() if given.jsonl else None
    # Elsewhere: a `.env` of the person who measures is not what is measured.
    with tempfile.TemporaryDirectory(prefix="isnad-bench-") as scratch, contextlib.chdir(scratch):
        result = measure(corpus, given.articles, given.questions, Path(scratch))
    print(table(result))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    result.save(given.out)
    given.out.with_suffix(".md").write_text(table(result) + "\n", encoding="utf-8")
    print(f"\nWritten to {given.out} and, as this table, beside it.")


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=NUM_ARTICLES, help="how many articles to generate")
    parser.add_argument("--jsonl", type=Path, help="instead: a .jsonl or .jsonl.gz file, or a folder of articles")
    parser.add_argument("--questions", type=int, default=NUM_QUESTIONS, help="how many headlines to ask")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("A.json", "B.json"), help="two results as ratios")
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "benchmarks" / "results" / f"{stamp}.json")
    return parser.parse_args()


def measure(jsonl: Path | None, num_articles: int, num_questions: int, scratch: Path) -> Result:
    """Every figure, in the order of the table."""
    corpus = unpacked(jsonl, scratch) if jsonl else scratch / "generated.jsonl"
    if not jsonl:
        write_corpus(corpus, num_articles)
    home, raw = scratch / "home", scratch / "raw"
    result = Result(about_machine(str(jsonl.name) if jsonl else f"generated, {num_articles} articles"))
    first = run_isnad("ingest", str(corpus), "--json", home=home)
    disk = {name: folder_mb(home / name) for name in (".", "index")}
    headlines = spaced_headlines(home, num_questions)
    questions = scratch / "questions.json"
    questions.write_text(json.dumps(headlines, ensure_ascii=False), encoding="utf-8")
    floors = measured("floors", home, questions, raw)
    add_ingest(result, first, disk, floors["ingest"])
    result.add("questions", len(headlines), "", better="")
    add_searches(result, measured("questions", home, questions), floors["search"])
    add_starts(result, headlines[0], home, raw)
    add_again(result, corpus, home, scratch)
    return result


def measured(module: str, *paths: Path) -> Any:
    """What a module of this folder measures in a process of its own.

    Its memory is its own too: Linux counts the memory of whoever starts a process as that process's peak.
    """
    return run_python("-m", f"benchmarks.{module}", *map(str, paths), "--json", cwd=REPOSITORY).report


def unpacked(path: Path, scratch: Path) -> Path:
    """The corpus as `isnad ingest` reads it."""
    if path.suffix != ".gz":
        return path
    plain = scratch / path.stem
    with gzip.open(path, "rb") as packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return plain


def spaced_headlines(home: Path, number: int) -> list[str]:
    """Headlines of the corpus, evenly spaced."""
    titles = [row["title"] for row in run_isnad("sources", "--json", home=home).report["sources"] if row["title"]]
    return list(dict.fromkeys(titles[:: max(1, len(titles) // number)]))[:number]


def add_ingest(result: Result, first: Cost, disk: dict[str, float], floors: dict[str, float]) -> None:
    """The first ingest, and its floors."""
    others = first.others
    num_articles = first.report["num_articles"]
    result.add("articles", num_articles, "", better="")
    result.add("chunks", first.report["num_chunks"], "", better="")
    result.add("ingest", first.seconds, "s", others=others)
    result.add("ingest, processor time", first.cpu_s, "s")
    result.add("ingest rate", num_articles / first.seconds, "articles/s", better="higher", others=others)
    result.add("ingest, peak memory", first.peak_mb, "MB")
    result.add("disk, all", disk["."], "MB")
    result.add("disk, index", disk["index"], "MB")
    floor_others = floors.pop("others")
    wall = {name: spent for name, spent in floors.items() if not name.endswith(PROCESSOR)}
    worked = {name: spent for name, spent in floors.items() if name.endswith(PROCESSOR)}
    for name, spent in wall.items():
        result.add(f"floor of ingest: {name}", spent, "s", others=floor_others)
    result.add("floor of ingest: sum", _sum(wall), "s", others=floor_others)
    result.add("floor of ingest: sum, processor time", _sum(worked), "s")
    result.hold("ingest", "floor of ingest: sum", 1.5)
    result.hold("ingest, processor time", "floor of ingest: sum, processor time", 1.5)


def _sum(floors: dict[str, float]) -> float:
    return sum(spent for name, spent in floors.items() if "no floor" not in name)


def add_searches(result: Result, spent: dict[str, float], floors: dict[str, float]) -> None:
    """Search and ask in one warm process, and the floors of a search."""
    others = spent.pop("others")
    for name, value in spent.items():
        result.add(name, value, "ms", others=others)
    for name, value in floors.items():
        result.add(f"floor of search: {name}", value, "ms")
    result.hold("search p50", "floor of search: sum p50", 3.0)
    result.hold("search, processor time p50", "floor of search: sum, processor time p50", 3.0)


def add_starts(result: Result, question: str, home: Path, raw: Path) -> None:
    """Fresh processes: a cold question, its floor, and what imports cost."""
    cold = [run_isnad("ask", question, "--json", home=home) for _ in range(NUM_COLD)]
    floor = [run_python("-m", "benchmarks.raw", str(raw), "--json", cwd=REPOSITORY) for _ in range(NUM_COLD)]
    add_median(result, "cold ask", cold)
    result.add("cold ask, peak memory", max(cost.peak_mb for cost in cold), "MB")
    add_median(result, "floor of cold ask: open Chroma and tantivy, one query each", floor)
    result.add("floor of cold ask: peak memory", max(cost.peak_mb for cost in floor), "MB")
    add_median(result, "isnad --help", [run_isnad("--help") for _ in range(NUM_COLD)])
    for name, code in IMPORTS.items():
        add_median(result, name, [run_python("-c", code, cwd=REPOSITORY) for _ in range(NUM_COLD)])


def add_again(result: Result, corpus: Path, home: Path, scratch: Path) -> None:
    """The same corpus again, and one article more."""
    again = run_isnad("ingest", str(corpus), "--json", home=home)
    more = scratch / "more"
    more.mkdir()
    (more / "one-article-more.txt").write_text(ONE_MORE, encoding="utf-8")
    one = run_isnad("ingest", str(more), "--json", home=home)
    result.add("the same again", again.seconds, "s", others=again.others)
    result.add("the same again, chunks encoded", again.report["num_embedded"], "")
    result.add("the same again, peak memory", again.peak_mb, "MB")
    result.add("one article more", one.seconds, "s", others=one.others)
    result.add("one article more, chunks encoded", one.report["num_embedded"], "")


def add_median(result: Result, name: str, costs: Sequence[Cost]) -> None:
    """The median of several runs."""
    known = [cost.others for cost in costs if cost.others is not None]
    pick: Callable[[list[float]], float] = statistics.median
    result.figures[name] = Figure(pick([cost.seconds for cost in costs]), "s", "lower", pick(known) if known else None)


if __name__ == "__main__":
    main()
