"""Starting, killing and awaiting the children of the nursery."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

FAULTS = Path(__file__).with_name("faults.c")
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a child ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Child:
    """A process that the nursery has started."""

    def __init__(self, lines: Any, folder: Path) -> None:
        self._lines, self._folder = lines, folder
        self.pid = int(lines.readline())

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def err(self) -> str:
        """What it has said on standard error so far."""
        file = self._folder / "err"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def wait(self) -> Ended:
        code = int(self._lines.readline())
        self._lines.close()
        said = [(self._folder / name).read_text("utf-8", "replace") for name in ("out", "err")]
        shutil.rmtree(self._folder)
        return Ended(code, *said)


class Nursery:
    """The process that children come from; see nursery.py."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self.faults = compile_faults(folder)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", folder / "socket"],
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                **({"LD_PRELOAD": str(self.faults)} if self.faults else {}),
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def start(self, *argv: str | Path, **wish: Any) -> Child:
        """Start `isnad` with these arguments, or what `wish` says."""
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        if argv:
            wish["argv"] = [str(argument) for argument in argv]
        wish |= {"cwd": str(folder), "out": str(folder / "out"), "err": str(folder / "err")}
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self._folder / "socket"))
            lines = connection.makefile("rw")
            lines.write(json.dumps(wish) + "\n")
            lines.flush()
            return Child(lines, folder)

    def run(self, *argv: str | Path, **wish: Any) -> Ended:
        """The same, awaited."""
        return self.start(*argv, **wish).wait()

    def call(self, function: str, *arguments: Any) -> Any:
        """What a function of `tests.crash.scene` returns in a process of its own."""
        ended = self.run(call=f"tests.crash.scene:{function}", arguments=[str(part) for part in arguments])
        assert ended.code == 0, ended.err
        return ended.json

    def run_killed(self, after_s: float, *argv: str | Path) -> Ended:
        """Run it, and kill it after so many seconds, if it still runs then."""
        child = self.start(*argv)
        time.sleep(after_s)
        child.kill()
        return child.wait()


def compile_faults(folder: Path) -> Path | None:
    """The library that counts and breaks system calls; None where there is no compiler."""
    compiler = shutil.which("cc")
    library = folder / "faults.so"
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, FAULTS, "-ldl"], check=False, capture_output=True
    )
    return library if done.returncode == 0 else None
