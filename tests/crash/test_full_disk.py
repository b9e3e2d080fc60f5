"""A full disk: at every write of an ingest, and a real one. The error names the disk, and the old state answers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.crash.children import KILLED
from tests.crash.play import Play, at_once, spread
from tests.crash.scene import left_in_memory, write_folder
from tests.told import tell

TMPFS_BYTES = 20 << 20


@pytest.mark.parametrize("how", ["fault", "full"])
def test_a_disk_that_is_full_from_any_write_on_is_named(play: Play, kills: int, how: str) -> None:
    """At system calls; and at what Python sees, which every machine can do: all of it where it is the only way."""
    can_fault = play.nursery.faults is not None
    if how == "fault" and not can_fault:
        pytest.skip("needs a C compiler, to let system calls fail; what Python sees is tried instead")
    with play.scratch(f"traced-{how}") as home:
        lines = play.trace("ingest", play.pages, "--home", home, "--json", home=home, how=how)

    def one(at: int) -> tuple[str, list[str]]:
        home = play.copy_of_before(play.folder / f"{how}-{at}")
        wish: dict[str, Any] = {"under": str(home), "at": at}
        ended = play.ingest(home, **{how: wish | {"mode": "full"} if how == "fault" else wish})
        state, wrong = play.judge(home)
        shutil.rmtree(home)
        if ended.code == 0:
            state += " (committed before)"
        elif ended.code != 1 or ended.err.strip() != _says_full(home):
            wrong.append(f"exit code {ended.code}: {ended.err}")
        elif state != "old":
            wrong.append("said that nothing was done, but it was")
        return state, [f"{lines[at - 1]} ({at}): {line}" for line in wrong]

    share = kills // 2 if how == "fault" or not can_fault else kills // 4
    results = at_once(one, spread(lines, max(share, 2)))
    tell(f"disk full at {'a system call' if how == 'fault' else 'a write of Python'}", [state for state, _ in results])
    assert [line for _, wrong in results for line in wrong] == []


def test_an_ingest_that_fills_a_real_disk_is_undone_and_goes_on_when_there_is_room(play: Play, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        home, fill = play.copy_of_before(disk / "home"), disk / "fill"
        fill.write_bytes(bytes(shutil.disk_usage(disk).free - (400 << 10)))
        ended = play.ingest(home, env={})
        assert (ended.code, ended.err.strip()) == (1, _says_full(home))
        assert play.ask(home) == (play.old, "")
        fill.unlink()
        assert play.judge(home) == ("old", [])


def test_a_disk_without_a_single_byte_still_answers(play: Play, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        home = play.copy_of_before(disk / "home")
        with pytest.raises(OSError, match="No space"):
            write_folder(disk / "fill", {str(number): "x" * (1 << 20) for number in range(TMPFS_BYTES >> 20)})
        with (disk / "rest").open("wb", buffering=0) as rest, suppress(OSError):
            while rest.write(b"x"):
                pass
        assert shutil.disk_usage(disk).free == 0
        assert play.ask(home) == (play.old, "")
        ended = play.ingest(home, env={})
        assert (ended.code, ended.err.strip()) == (1, _says_full(home))
        assert play.ask(home) == (play.old, "")


def test_a_question_killed_on_a_full_disk_leaves_nothing_in_memory(play: Play, home: Path) -> None:
    argv: list[str | Path] = ["ask", "متى افتتح الجسر؟", "--home", home]
    full = {"under": str(home), "at": 1}
    assert play.nursery.run(*argv, full=full).code == 0
    before = set(left_in_memory())
    assert play.nursery.run(*argv, full=full, step={"before": "posix.symlink"}).code == KILLED
    assert len(set(left_in_memory()) - before) == 1
    assert play.judge(home) == ("old", [])


def _says_full(home: Path) -> str:
    return f"The disk that holds {home} is full. What was stored before is untouched: make room and try again."


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 20 MB; the test is skipped where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, check=False, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"needs to mount a small file system: {error}")
    if done.returncode:
        pytest.skip(f"needs to mount a small file system: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
