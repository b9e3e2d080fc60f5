from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.children import Nursery
from tests.crash.play import Play


@pytest.fixture(scope="session")
def kills(request: pytest.FixtureRequest) -> int:
    """How many kills are asked for: a few by default, all the kinds of trouble from 100 on."""
    return int(request.config.getoption("--kills"))


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where children come from; each is a process of its own."""
    folder = tmp_path_factory.mktemp("nursery")
    with Nursery(folder) as nursery:
        yield nursery
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def play(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Play:
    """The folder before and after its edit, and a home of before."""
    return Play(nursery, tmp_path_factory.mktemp("play"))


@pytest.fixture
def home(play: Play, tmp_path: Path) -> Path:
    """A home of before, to be broken."""
    return play.copy_of_before(tmp_path / "home")
