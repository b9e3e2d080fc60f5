"""`isnad` and `python -m bot`: so light that Ctrl-C meets a guard even while the commands are being imported."""

from __future__ import annotations

import gc
import sys

_FEW_COLLECTIONS = 50_000
"""New objects between two searches for garbage; Python's own 700 cost a question 0.08 s of looking at imports."""


def main() -> int:
    """Run one command and return its exit code."""
    gc.set_threshold(_FEW_COLLECTIONS)
    try:
        from bot.cli import main as run_command

        return run_command()
    except KeyboardInterrupt:  # before the guard in `bot.boundary` stands, or while it speaks
        return 130  # EXIT_STOPPED of `bot.boundary`, which may not be there yet
    finally:
        gc.freeze()  # the process ends: a last search through everything imported would take 0.12 s


if __name__ == "__main__":
    sys.exit(main())
