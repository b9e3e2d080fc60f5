"""Running a command and knowing what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024
"""getrusage(2) counts kilobytes on Linux and bytes on macOS."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost, and what it reported as JSON."""

    seconds: float
    peak_mb: float
    report: Any


def run_isnad(*arguments: str, home: Path | None = None) -> Cost:
    """Run `isnad ARGUMENTS` in a fresh process; its last line is read as JSON where `--json` is asked for.

    Raises:
        SystemExit: the command failed; what it said is on stderr.
    """
    command = [sys.executable, "-m", "bot", *arguments, *(("--home", str(home)) if home else ())]
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE if "--json" in arguments else out)
        said = process.stderr.read().decode() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stderr:
            process.stderr.close()
        if process.returncode:
            sys.exit(f"isnad {' '.join(arguments)} failed with {process.returncode}: {said}")
        out.seek(0)
        written = out.read()
    return Cost(
        seconds, usage.ru_maxrss * _BYTES_PER_MAXRSS / 1e6, json.loads(written) if "--json" in arguments else None
    )


def folder_mb(folder: Path) -> float:
    """Megabytes of all files under `folder`; a file with several names counts once."""
    files = {(stat.st_dev, stat.st_ino): stat.st_size for stat in map(os.stat, filter(Path.is_file, folder.rglob("*")))}
    return sum(files.values()) / 1e6


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie: the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
