"""What holds for every test: no network, no settings of the person who runs it, no chance."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ISNAD_SHARED", REPOSITORY.parent / "shared" / "data"))
SCRATCH = tempfile.TemporaryDirectory(prefix="isnad-tests-")
ATTEMPTS = Path(SCRATCH.name) / "network-attempts.log"

FOREIGN = ("ISNAD_", "TELEGRAM_", "OPENAI_", "ANTHROPIC_", "HF_", "HUGGING", "TRANSFORMERS_", "CHROMA_", "OTEL_")
FOREIGN_ENDS = ("_API_KEY", "_PROXY", "_COLOR")


def clean_environment() -> None:
    """Leave nothing of the person's own in the environment of the tests and of the processes they start."""
    for name in list(os.environ):
        if name.upper().startswith(FOREIGN) or name.upper().endswith(FOREIGN_ENDS):
            del os.environ[name]
    on_path = [str(REPOSITORY / "tests" / "guard"), str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    os.environ |= {
        "HF_HUB_OFFLINE": "1",
        "HOME": SCRATCH.name,
        "NETWORK_GUARD_LOG": str(ATTEMPTS),
        "PYTHONPATH": os.pathsep.join(filter(None, on_path)),
        "XDG_CACHE_HOME": str(Path(SCRATCH.name) / "cache"),
        "XDG_CONFIG_HOME": str(Path(SCRATCH.name) / "config"),
        "XDG_DATA_HOME": str(Path(SCRATCH.name) / "data"),
    }


clean_environment()
ATTEMPTS.touch()
import tests.guard.sitecustomize  # noqa: E402, F401 - the import switches the guard on, once its log is named

# too_slow measures the machine, which others may be using
hypothesis_settings.register_profile(
    "repeatable", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the crash tests do more than a quick run has time for."""
    parser.addoption("--kills", type=int, default=4, help="kills in tests/crash; 100 tries every kind of trouble")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how often each kind of trouble was made, and what came of it."""
    from tests.told import LINES

    if LINES:
        terminalreporter.section("what was tried")
        for line in sorted(LINES):
            terminalreporter.write_line(line)


def pytest_unconfigure() -> None:
    """Remove the scratch folder."""
    os.chdir(REPOSITORY)
    SCRATCH.cleanup()


@pytest.fixture(scope="session", autouse=True)
def _elsewhere() -> None:
    """Run in an empty folder: a `.env` of the repository is none of the tests' business."""
    folder = Path(SCRATCH.name) / "cwd"
    folder.mkdir()
    os.chdir(folder)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test that wanted to leave the machine, even if what it tests swallowed the refusal."""
    before = ATTEMPTS.stat().st_size
    yield
    if ATTEMPTS.stat().st_size > before:
        pytest.fail("wanted to leave the machine:\n" + ATTEMPTS.read_bytes()[before:].decode(), pytrace=False)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the data for measuring; the test is skipped where it is not there."""
    for folder in (SHARED, SHARED / "data"):
        if (folder / "arcd-train.json").is_file():
            return folder
    pytest.skip(f"needs the data for measuring, which is not in {SHARED} (ISNAD_SHARED names another folder)")
