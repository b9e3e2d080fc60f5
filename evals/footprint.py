"""What answering costs a machine: how long the first question of a fresh process takes, and how much memory.

Both are measured in a process that does nothing else: the one that asks a whole set may have read a
corpus in before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.settings import Settings

NUM_ASKED = 50
"""Questions after which the memory is read."""
_STATUS = Path("/proc/self/status")
_TIMEOUT_S = 300
_NAMED = ("home", "database_url", "chroma_url", "embed_model", "embed_weight")
_ANSWERED = "answered\n"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a fresh process needs to answer."""

    cold_ms: float | None
    """From the start of Python to the first answer, without a language model; None if it failed."""
    memory_mb: float | None
    """The most memory held until `NUM_ASKED` questions were answered; None where the system does not say."""


def measure_footprint(questions: Sequence[str], settings: Settings) -> Footprint:
    """Answer the first of `questions` in a fresh process, without a language model."""
    told = {name: getattr(settings, name) for name in _NAMED} | {"home": str(settings.home)}
    lines = json.dumps(told | {"questions": questions[:NUM_ASKED]}) + "\n"  # not in the arguments: URLs have passwords
    command = [sys.executable, "-m", "evals.footprint"]
    start = time.perf_counter()
    try:
        process = subprocess.Popen(  # noqa: S603  our own Python, our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
    except OSError:
        return Footprint(None, None)
    with process:
        watch = Timer(_TIMEOUT_S, process.kill)
        watch.start()
        try:
            return _listen(process, lines, start)
        except OSError:  # it ended before it had read the questions
            return Footprint(None, None)
        finally:
            watch.cancel()
            process.kill()


def _listen(process: subprocess.Popen[str], lines: str, start: float) -> Footprint:
    if process.stdin is None or process.stdout is None:
        return Footprint(None, None)
    process.stdin.write(lines)
    process.stdin.flush()
    if process.stdout.readline() != _ANSWERED:
        return Footprint(None, None)
    cold_ms = round((time.perf_counter() - start) * 1000, 1)
    with suppress(ValueError):
        return Footprint(cold_ms, float(process.stdout.readline()))
    return Footprint(cold_ms, None)


def _peak_memory_mb() -> float | None:
    """The most memory that this process has held."""
    with suppress(OSError, ValueError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    return None


def _answer() -> None:
    from rag.pipeline import Pipeline
    from rag.settings import load_settings

    told = json.loads(sys.stdin.readline())
    first, *others = told.pop("questions")
    settings = load_settings().model_copy(update=told | {"home": Path(told["home"])})
    with Pipeline(settings) as pipeline:
        pipeline.answer(first, write=False)
        sys.stdout.write(_ANSWERED)
        sys.stdout.flush()
        for question in others:
            pipeline.answer(question, write=False)
    sys.stdout.write(f"{_peak_memory_mb()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _answer()
