"""`isnad` and `python -m bot`: so light that Ctrl-C meets a guard even while the commands are being imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command and return its exit code."""
    try:
        from bot.cli import main as run_command

        return run_command()
    except KeyboardInterrupt:  # before the guard in `bot.boundary` stands, or while it speaks
        return 130  # EXIT_STOPPED of `bot.boundary`, which may not be there yet


if __name__ == "__main__":
    sys.exit(main())
