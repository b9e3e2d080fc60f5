"""Running a command and knowing what it cost, and how busy the machine was with other work meanwhile."""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024
"""getrusage(2) counts kilobytes on Linux and bytes on macOS."""
_STAT = Path("/proc/stat")
_IDLE, _IOWAIT, _GUEST = 3, 4, 8
"""Columns of /proc/stat, see proc(5); what guests use is counted as user time already."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost, and what it reported as JSON."""

    seconds: float
    peak_mb: float
    report: Any
    cpu_s: float = 0.0
    others: float | None = None
    """Share of the machine's processors that other programs used meanwhile, 0 to 1; None where it is not known."""


@dataclass(slots=True)
class Watched:
    """What `watching` saw, filled when its block ends."""

    seconds: float = 0.0
    others: float | None = None


@contextmanager
def watching() -> Iterator[Watched]:
    """Take the time of a block, and how much of the machine others used during it."""
    watched = Watched()
    started, busy, own = time.perf_counter(), _busy_s(), _own_s()
    try:
        yield watched
    finally:
        watched.seconds = time.perf_counter() - started
        now = _busy_s()
        if busy is not None and now is not None:
            capacity = watched.seconds * (os.cpu_count() or 1)
            watched.others = min(1.0, max(0.0, (now - busy - (_own_s() - own)) / capacity))


def run_isnad(*arguments: str, home: Path | None = None) -> Cost:
    """Run `isnad ARGUMENTS` in a fresh process; its last line is read as JSON where `--json` is asked for.

    Raises:
        SystemExit: the command failed; what it said is on stderr.
    """
    at = ("--home", str(home)) if home else ()
    # Elsewhere: a `.env` of the person who measures is not what is measured.
    return run_python("-m", "bot", *arguments, *at, cwd=home.parent if home else None)


def run_python(*arguments: str, cwd: Path | None = None) -> Cost:
    """Run `python ARGUMENTS` in a fresh process; its output is read as JSON where `--json` is asked for.

    Raises:
        SystemExit: it failed; what it said is on stderr.
    """
    wants_json = "--json" in arguments
    with tempfile.TemporaryFile() as out, watching() as watched:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=out,
            stderr=subprocess.PIPE if wants_json else out,
            cwd=cwd,
            env=environment(),
        )
        said = process.stderr.read().decode() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stderr:
            process.stderr.close()
        if process.returncode:
            sys.exit(f"python {' '.join(arguments)} failed with {process.returncode}: {said}")
        out.seek(0)
        written = out.read()
    return Cost(
        watched.seconds,
        usage.ru_maxrss * _BYTES_PER_MAXRSS / 1e6,
        json.loads(written) if wants_json else None,
        usage.ru_utime + usage.ru_stime,
        watched.others,
    )


def environment() -> dict[str, str]:
    """The environment without settings: nothing is written to the servers of the person who measures."""
    own = ("ISNAD_", "TELEGRAM_")
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(own)}  # noqa: TID251


def folder_mb(folder: Path) -> float:
    """Megabytes of all files under `folder`; a file with several names counts once."""
    files = {(stat.st_dev, stat.st_ino): stat.st_size for stat in map(os.stat, filter(Path.is_file, folder.rglob("*")))}
    return sum(files.values()) / 1e6


def percentile(values: Sequence[float], share: float) -> float:
    """The least of `values` that at least `share` of them do not exceed: the nearest rank, so always one of them.

    Of an even number the p50 is thus the lower of the two in the middle.
    """
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def _busy_s() -> float | None:
    """Processor seconds that the whole machine has worked since its start; None where /proc is not."""
    try:
        fields = [int(field) for field in _STAT.read_text("ascii").split("\n", 1)[0].split()[1:]]
    except (OSError, ValueError):
        return None
    worked = sum(fields[:_GUEST]) - fields[_IDLE] - fields[_IOWAIT]
    return worked / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    """Processor seconds of this process and of its ended children."""
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
