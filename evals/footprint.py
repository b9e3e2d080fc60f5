"""What answering costs a machine: how long the first question of a fresh process takes, and how much memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.settings import Settings

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_TIMEOUT_S = 300
_NAMED = ("home", "database_url", "chroma_url", "embed_model", "embed_weight")


def measure_cold_start(question: str, settings: Settings) -> float | None:
    """Milliseconds from the start of a fresh Python to its first answer, without a language model; None if it fails."""
    told = {name: getattr(settings, name) for name in _NAMED} | {"home": str(settings.home), "question": question}
    start = time.perf_counter()
    try:
        subprocess.run(
            [sys.executable, "-m", "evals.footprint"],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return round((time.perf_counter() - start) * 1000, 1)


def reset_peak() -> None:
    """Let the peak begin anew, where the system can (Linux): what was read in before is not answering's."""
    with suppress(OSError):
        _CLEAR.write_text("5")


def peak_memory_mb() -> float | None:
    """The most memory that this process has held since `reset_peak`; None where the system does not say."""
    with suppress(OSError, ValueError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    return None


def _answer_once() -> None:
    from rag.pipeline import Pipeline
    from rag.settings import load_settings

    told = json.loads(sys.stdin.read())
    question = told.pop("question")
    settings = load_settings().model_copy(update=told | {"home": Path(told["home"])})
    with Pipeline(settings) as pipeline:
        pipeline.answer(question, write=False)


if __name__ == "__main__":
    _answer_once()
