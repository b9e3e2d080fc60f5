from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import percentile, run_python, watching
from benchmarks.result import Result, comparison, table


def result(ingest: float, *, others: float = 0.0) -> Result:
    made = Result({"corpus": "generated", "machine": "2 cores"})
    made.add("ingest", ingest, "s", others=others)
    made.add("ingest rate", 100 / ingest, "articles/s", better="higher")
    made.add("floor", 10.0, "s")
    made.hold("ingest", "floor", 1.5)
    return made


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    result(14).save(tmp_path / "a.json")
    assert Result.load(tmp_path / "a.json") == result(14)


@pytest.mark.parametrize(("ingest", "row"), [(14, "| 1.40 | at most 1.5 | yes |"), (16, "| 1.60 | at most 1.5 | no |")])
def test_a_figure_is_held_against_its_floor(ingest: float, row: str) -> None:
    assert row in table(result(ingest))


def test_what_others_used_is_said_where_it_matters() -> None:
    assert "30%" in table(result(14, others=0.3))
    assert "%" not in table(result(14, others=0.03))


@pytest.mark.parametrize(
    ("before", "after", "ratio", "words"),
    [(10, 20, "2.00", "worse"), (20, 10, "0.50", "better"), (10, 10.5, "1.05", "")],
)
def test_two_results_are_compared_as_ratios(before: float, after: float, ratio: str, words: str) -> None:
    compared = comparison(result(before), result(after)).splitlines()
    row = next(line for line in compared if line.startswith("| ingest |"))
    assert f"| {ratio} | {words}".strip() in row
    rate = next(line for line in compared if line.startswith("| ingest rate |"))
    assert (words in rate) if words else ("worse" not in rate and "better" not in rate)


def test_a_comparison_says_what_was_disturbed_and_what_was_another_machine() -> None:
    other = result(10, others=0.5)
    other.about["machine"] = "8 cores"
    compared = comparison(result(10), other)
    assert "machine: 2 cores → 8 cores" in compared
    assert "disturbed" in compared


def test_percentiles_are_of_the_nearest_rank() -> None:
    hundred = range(1, 101)
    assert [percentile(hundred, share) for share in (0.001, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]
    assert [percentile(values, 0.5) for values in ([7], [3, 1], [1, 2, 3], [1, 2, 3, 9])] == [7, 1, 2, 2]


def test_a_process_costs_time_and_memory_of_its_own() -> None:
    cost = run_python("-c", "print('{}')", "--json")
    assert cost.report == {}
    assert cost.seconds > 0
    with pytest.raises(SystemExit, match="failed with 3"):
        run_python("-c", "raise SystemExit(3)", "--json")


def test_a_peak_is_that_of_the_process_when_it_is_started_from_a_small_one(repository: Path) -> None:
    # Linux gives a child the peak that its parent had when it was started, and that of the tests is large.
    code = "from benchmarks.measure import run_python; print(run_python('-c', 'x = bytearray(200_000_000)').peak_mb)"
    peak_mb = float(subprocess.check_output([sys.executable, "-c", code], cwd=repository))
    assert 200 < peak_mb < 300


def test_what_one_does_oneself_is_not_what_others_do() -> None:
    with watching() as watched:
        sum(range(2_000_000))
    assert watched.seconds > 0
    assert watched.others is None or 0 <= watched.others <= 1


@pytest.mark.parametrize(("after", "words"), [(0, ""), (7, "worse")])
def test_nothing_has_no_ratio(after: int, words: str) -> None:
    results = [Result({}), Result({})]
    for made, value in zip(results, (0, after), strict=True):
        made.add("encoding", value, "s")
    assert comparison(*results).splitlines()[-1] == f"| encoding | 0 s | {after} s | – | {words} |"
