from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.result import table


def test_the_whole_is_measured_beside_its_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "NUM_COLD", 1)
    monkeypatch.setattr(run, "IMPORTS", {"python alone": "pass"})
    result = run.measure(None, 40, 5, tmp_path)
    assert result.figures["articles"].value == 40
    assert result.figures["the same again, chunks encoded"].value == 0
    assert result.figures["one article more, chunks encoded"].value == 1
    assert [target.figure for target in result.targets] == [
        "ingest",
        "ingest, processor time",
        "search p50",
        "search, processor time p50",
    ]
    assert all(figure.value > 0 for name, figure in result.figures.items() if figure.unit)
    assert "| search p50 |" in table(result)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl"])
def test_a_packed_file_is_unpacked(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"{}\n") if name.endswith("gz") else b"{}\n")
    assert run.unpacked(tmp_path / name, tmp_path).read_bytes() == b"{}\n"
