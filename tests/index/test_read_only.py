"""A home that cannot be written: it is read, and what would write says why it cannot."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.texts.system import system_word
from rag.index.lock import home_lock
from rag.ingest import ingest
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

_DROP_FROM_BOUNDING_SET, _READS_AND_WRITES_ALL = 24, (1, 2)


def give_up_rights() -> None:
    """Root writes everywhere: let what is started do without that right, and be told so when it asks."""
    if os.geteuid() == 0:
        for right in _READS_AND_WRITES_ALL:
            assert ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, right, 0, 0, 0) == 0


def isnad(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "--lang", "en", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=give_up_rights)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages")], settings)
    return settings


@contextmanager
def closed(home: Path, *, files: bool) -> Iterator[None]:
    """No folder of a home can be written, and where `files` no file either."""
    everything = [home, *home.rglob("*")]
    for path in everything:
        if path.is_dir():
            path.chmod(0o555)
        elif files:
            path.chmod(0o444)
    try:
        yield
    finally:
        for path in everything:
            path.chmod(0o755)


@pytest.mark.parametrize("files", [True, False])
def test_a_home_that_cannot_be_written_answers(settings: Settings, *, files: bool) -> None:
    question = "كم يبلغ طول جسر الوادي؟"
    before = json.loads(isnad("ask", question, "--json", "--home", settings.home).stdout)
    in_memory = set(Path("/dev/shm").iterdir())  # noqa: S108
    with closed(settings.home, files=files):
        asked = isnad("ask", question, "--json", "--home", settings.home)
        seen = isnad("status", "--json", "--home", settings.home)
    answer = json.loads(asked.stdout)
    assert (answer["status"], answer["sentences"]) == ("answered", before["sentences"])
    assert answer["passages"] == before["passages"]
    assert asked.stderr == ""
    assert json.loads(seen.stdout)["health"] == "healthy"
    assert set(Path("/dev/shm").iterdir()) <= in_memory, "what stands in goes with its process"  # noqa: S108


@pytest.mark.parametrize("command", [["ingest", "pages"], ["remove", "bridge.txt"], ["reindex"]])
def test_what_would_write_names_the_folder_and_what_to_do(settings: Settings, command: list[str]) -> None:
    arguments = [settings.home.parent / "pages" if word == "pages" else word for word in command]
    with closed(settings.home, files=False):
        done = isnad(*arguments, "--home", settings.home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Nothing can be written in {settings.home} (Permission denied). Give this user")


@pytest.mark.parametrize("command", [["ingest", "pages"], ["ingest", "pages", "--json"]])
def test_a_home_that_cannot_be_made_is_to_be_elsewhere(settings: Settings, tmp_path: Path, command: list[str]) -> None:
    arguments = [settings.home.parent / "pages" if word == "pages" else word for word in command]
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    done = isnad(*arguments, "--home", shut / "new")
    assert (done.returncode, done.stdout) == (1, "")
    said = f"The folder {shut / 'new'} cannot be made (Permission denied). Choose another place: --home DIR"
    assert done.stderr.splitlines() == [said]


def test_a_home_where_no_folder_can_be_is_to_be_elsewhere(settings: Settings) -> None:
    done = isnad("ingest", settings.home.parent / "pages", "--home", "/proc/x")
    assert (done.returncode, done.stdout) == (1, "")
    said = "The folder /proc/x cannot be made (the system takes no folder there). Choose another place: --home DIR"
    assert done.stderr.splitlines() == [said]
    assert "لا يقبل النظام" in system_word("the system takes no folder there", "ar")


def test_what_a_killed_writer_left_cannot_be_read_without_writing(settings: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(settings.home / "isnad.db")) as store:
        store.execute("PRAGMA wal_autocheckpoint=0")
        store.execute("UPDATE articles SET title = title || '.'")
        store.commit()
        home = shutil.copytree(settings.home, tmp_path / "killed")
    (home / "isnad.db-shm").unlink()
    assert (home / "isnad.db-wal").stat().st_size
    with closed(home, files=False):
        done = isnad("status", "--home", home)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Nothing can be written in {home} (")
    assert isnad("status", "--home", home).returncode == 0


def test_a_full_disk_is_still_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OSError, match="No space left"), home_lock(tmp_path / "home"):
        pass
