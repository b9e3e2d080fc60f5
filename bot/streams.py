"""Standard input, output and error as every front end needs them: there, UTF-8, and telling when output is lost."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper


class OutputLost(OSError):
    """Standard output does not take what is written: a full disk, a closed file; a reader that left is no such case."""


class _Output(TextIOWrapper):
    """Standard output: what goes wrong here is told from what goes wrong in a store."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _lost(error) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _lost(error) from error


def prepare_streams() -> None:
    """Fill in streams that were closed, and speak UTF-8 whatever the locale: no byte in or out raises."""
    _fill_in()
    if type(sys.stdout) is TextIOWrapper:
        by_line, at_once = sys.stdout.line_buffering, sys.stdout.write_through
        sys.stdout = _Output(sys.stdout.detach(), line_buffering=by_line, write_through=at_once)
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def forget_output() -> None:
    """Let what is still held back for standard output go nowhere: it cannot be delivered."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fill_in() -> None:
    """Open nothing in place of what is missing, lowest first: so each gets its own number, and no file of ours does."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  open as long as the process
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _lost(error: OSError) -> OSError:
    return error if isinstance(error, BrokenPipeError) else OutputLost(error.errno, error.strerror)
