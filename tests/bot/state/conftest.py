"""A state of the test's own, and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.state.store import State, open_state
from rag.settings import Settings
from tests.bot.state.samples import Clock
from tests.corpus import settings_for
from tests.index.test_servers import postgres_url

__all__ = ["postgres_url"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "home")


@pytest.fixture
def state(settings: Settings, clock: Clock) -> Iterator[State]:
    state = open_state(settings, clock=clock)
    yield state
    state.close()
