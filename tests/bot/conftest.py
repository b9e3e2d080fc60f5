from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main
from tests.bot.fakes import FakePipeline
from tests.bot.running import BRIDGE, MARKET, Done, Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> Done:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return run_command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    (folder / "market.txt").write_text(MARKET, "utf-8")
    return folder


@pytest.fixture(scope="module")
def home(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that the tests only read."""
    home = tmp_path_factory.mktemp("home")
    assert main(["ingest", str(folder), "--home", str(home), "--json"]) == 0
    return home


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    pipeline = FakePipeline()
    monkeypatch.setattr("rag.pipeline.Pipeline", pipeline)
    return pipeline
