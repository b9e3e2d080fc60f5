"""Files that can do harm are opened by a process of their own, within limits of memory and time.

One process reads many files, the libraries are loaded in it alone, and it is started with the first
file that needs it. One that dies or takes too long is ended, and costs the file it was reading.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, get_args

from rag.articles.files import printable
from rag.articles.formats.extracted import MAX_TEXT, Extracted, RefusedError
from rag.articles.raw import SkipReason

Kind = Literal["html", "pdf", "docx"]

_HEADER = struct.Struct(">I")
_MAX_REPLY = 8 * MAX_TEXT
_BLOCK = 1 << 16
"""Bytes; as much as a pipe holds."""
_MAX_LINE = 200
_END_WITHIN_S = 5.0
"""What is killed ends at once, unless a disk or a network holds it."""
_ROOT = Path(__file__).resolve().parents[2]
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})
"""How a library dies of what it reads; any other end may pass. It is SIGKILL or SIGABRT for want of memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    memory: int = 1 << 30
    """Bytes of address space of the whole process; it starts with 0.1 GB."""
    cpu_s: int = 40
    wall_s: float = 120.0
    """Three times as much: other people's work may hold the machine, and the file need not be to blame."""


class _EndedError(Exception):
    """The process is gone."""


class Sandbox:
    """The process that reads HTML, PDF and DOCX, one file after the other. A context manager; not for two threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._said = b""
        """The end of what the process wrote on its standard error."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one; raises nothing."""
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(OSError):
            child.kill()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                with suppress(OSError):  # a request that it never took is written once more
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_END_WITHIN_S)

    def extract(self, path: Path, kind: Kind) -> Extracted:
        """Return what a file says.

        Raises:
            RefusedError: it has no text that can be quoted, or is too much for the limits; `unreadable` where
                the process failed and the file need not be to blame.
        """
        is_fresh = self._child is None
        request = json.dumps({"path": os.fsencode(path.absolute()).hex(), "kind": kind}).encode()
        deadline = time.monotonic() + self.limits.wall_s
        try:
            reply = self._ask(request, deadline)
        except TimeoutError:
            self.close()
            raise RefusedError("unreadable", f"not read after {self.limits.wall_s:g} seconds of waiting") from None
        except _EndedError:
            raise self._what_ended_it() from None
        except BaseException:
            self.close()  # half an answer may be left in the pipe
            raise
        if reply.pop("is_spent", False):
            self.close()
        if reply.pop("wants_memory", False) and not is_fresh:  # what it read before may have left too little
            self.close()
            return self.extract(path, kind)
        return _extracted(reply)

    def _ask(self, request: bytes, deadline: float) -> dict[str, object]:
        child = self._running()
        if child.stdin is None:
            raise _EndedError
        try:
            child.stdin.write(_HEADER.pack(len(request)) + request)
            child.stdin.flush()
        except BrokenPipeError:
            raise _EndedError from None
        (length,) = _HEADER.unpack(self._read(child, _HEADER.size, deadline))
        if length > _MAX_REPLY:
            raise _no_answer()
        try:
            reply = json.loads(self._read(child, length, deadline))
        except ValueError:
            raise _no_answer() from None
        if not isinstance(reply, dict):
            raise _no_answer()
        return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            path = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
            limits = (str(self.limits.memory), str(self.limits.cpu_s))
            self._said = b""
            self._child = _started(
                [sys.executable, "-P", "-B", "-X", "utf8", "-m", "rag.articles.extracting", *limits], path
            )
        return self._child

    def _read(self, child: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        """Read exactly `size` bytes of the answer; what libraries print meanwhile must not fill its pipe.

        Raises:
            TimeoutError: they were not there in time.
            _EndedError: the pipe ended before.
        """
        if child.stdout is None or child.stderr is None:
            raise _EndedError
        answer, said = child.stdout.fileno(), child.stderr.fileno()
        poller = select.poll()  # select.select takes no number from 1024 on
        poller.register(answer, select.POLLIN)
        poller.register(said, select.POLLIN)
        found = bytearray()
        while len(found) < size:
            left = max(0.0, deadline - time.monotonic())
            ready = {pipe for pipe, _ in poller.poll(math.ceil(left * 1000))}
            if not (ready if left else answer in ready):
                raise TimeoutError
            if said in ready:
                block = os.read(said, _BLOCK)
                self._said = (self._said + block)[-_BLOCK:]
                if not block:
                    poller.unregister(said)
            if answer in ready:
                block = os.read(answer, min(_BLOCK, size - len(found)))
                if not block:
                    raise _EndedError
                found += block
        return bytes(found)

    def _what_ended_it(self) -> RefusedError:
        child = self._child
        code = None
        if child is not None:
            with suppress(subprocess.TimeoutExpired):
                code = child.wait(timeout=1)
        line = f": {self._last_line(child)}" if child is not None and code is not None and code > 0 else ""
        self.close()
        if code == -signal.SIGXCPU:
            return RefusedError("timed_out", f"not read after {self.limits.cpu_s} seconds of computing")
        reason: SkipReason = "broken" if code is not None and -code in _CRASHES else "unreadable"
        return RefusedError(reason, f"the process that read it ended with {code}{line}".rstrip(": "))

    def _last_line(self, child: subprocess.Popen[bytes]) -> str:
        """The last line that a process said before it ended, such as Python's error; safe to be shown."""
        if child.stderr is not None:
            os.set_blocking(child.stderr.fileno(), False)
            with suppress(OSError):
                self._said += os.read(child.stderr.fileno(), _BLOCK)
        lines = self._said.decode("utf-8", "ignore").split("\n")
        return next((printable(" ".join(line.split()))[:_MAX_LINE] for line in reversed(lines) if line.strip()), "")


def _started(command: list[str], path: str) -> subprocess.Popen[bytes]:
    """The process, started.

    Raises:
        RefusedError: the system does not start it.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PYTHONPATH": path, **_loader()},  # and nothing else: tokens and keys stay here
            start_new_session=True,  # Ctrl-C is for us, who end it
        )
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RefusedError("unreadable", f"the process that reads it does not start: {why}") from error


def _loader() -> dict[str, str]:
    """Where libraries of C are looked for: conda and nix put theirs in places of their own."""
    path = os.environ.get("LD_LIBRARY_PATH")  # noqa: TID251 - the system's, no setting of ours
    return {"LD_LIBRARY_PATH": path} if path else {}


def _extracted(reply: dict[str, object]) -> Extracted:
    """What an answer says; the process read what strangers wrote, so nothing about it is taken on trust.

    Raises:
        RefusedError: as the answer says, or since it is none.
    """
    reason = reply.get("reason")
    if reason in get_args(SkipReason):
        raise RefusedError(reason, str(reply.get("detail", "")))  # type: ignore[arg-type]
    values = {name: reply.get(name) for name in Extracted.__dataclass_fields__}
    if not isinstance(values["text"], str) or not all(isinstance(one, str | None) for one in values.values()):
        raise _no_answer()
    return Extracted(**values)  # type: ignore[arg-type]


def _no_answer() -> RefusedError:
    return RefusedError("broken", "the process that read it gave no answer")
