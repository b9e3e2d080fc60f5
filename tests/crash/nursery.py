"""A process that has imported everything heavy and gives birth to children that do one thing each.

A child is a process of its own in every respect (it can be killed, torn apart, and run out of disk), but
it starts in some milliseconds. One connection to the nursery's socket is one child: a line of JSON says what
to do, two lines come back: its process id at once, and how it ended.

    {"argv": [...]}               what `isnad` with these arguments does
    {"call": "module:function"}   a function, with "arguments"; what it returns is printed as JSON

    "out", "err"   files for what it prints
    "env", "cwd"   where it runs
    "fault"        {"under", "mode", "at", "trace"}: see faults.c
    "step"         {"at", "before", "trace", "signal"}: killed, or sent that signal, before its n-th call into the
                   system or into a library's core, or before the first of that name
    "full"         {"under", "at", "trace"}: see full.py
    "weak"         without root's right to read everything
    "files"        how many files it may have open
"""

from __future__ import annotations

import ctypes
import faulthandler
import importlib
import json
import os
import resource
import signal
import socket
import sys
from typing import Any

from tests.crash.full import FullDisk, fill

MODES = {"count": 0, "kill": 1, "tear": 2, "full": 3}
PATIENCE_S = 60
"""A child that hangs says where, and ends."""
CORES = ("posix", "sqlite3", "tantivy", "_io", "Bindings")
"""Where the calls go that count as steps: modules of C and Rust, and the class that is Chroma's core."""
LOOKING = {"stat", "lstat", "fspath", "scandir", "getpid", "read", "readline", "fetchone", "cursor", "is_dir", "putenv"}
"""Calls that change nothing and come by the hundred."""


def serve(path: str) -> None:
    """Import what children need, and then answer on the socket at `path`."""
    for name in ("bot.cli", "rag.ingest", "rag.pipeline", "rag.corpus", "chromadb", "tantivy", "filelock", "json"):
        importlib.import_module(name)
    importlib.import_module("tests.crash.scene")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.write(1, b"ready\n")
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            look_after(connection)
            return
        connection.close()


def look_after(connection: socket.socket) -> None:
    """Read one wish, have a child fulfil it, and say how that ended; returns in the child only."""
    lines = connection.makefile("rw")
    wish = json.loads(lines.readline())
    child = os.fork()
    if child == 0:
        connection.close()
        fulfil(wish)
        return
    lines.write(f"{child}\n")
    lines.flush()
    _, status = os.waitpid(child, 0)
    lines.write(f"{os.waitstatus_to_exitcode(status)}\n")
    lines.flush()
    os._exit(0)


def fulfil(wish: dict[str, Any]) -> None:
    """Become the process that was wished for, up to where it exits."""
    os.setsid()
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    os.environ |= wish.get("env", {})
    os.chdir(wish["cwd"])
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(wish[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    if wish.get("weak"):
        give_up_rights()
    if "files" in wish:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wish["files"],) * 2)
    if fault := wish.get("fault"):
        arm(fault)
    if full := wish.get("full"):
        fill(FullDisk(**full))
    if step := wish.get("step"):
        count_steps(step)
    if "argv" in wish:
        from bot.__main__ import main

        sys.argv = ["isnad", *wish["argv"]]
        sys.exit(main())
    module, _, function = wish["call"].partition(":")
    said = getattr(importlib.import_module(module), function)(*wish.get("arguments", ()))
    os.write(1, json.dumps(said).encode())


def arm(fault: dict[str, Any]) -> None:
    """Let the preloaded library count, or strike."""
    trace = os.open(fault["trace"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if fault.get("trace") else -1
    library = ctypes.CDLL(os.environ["LD_PRELOAD"])
    library.faults_arm(fault["under"].encode(), MODES[fault["mode"]], ctypes.c_long(fault["at"]), trace)


def count_steps(step: dict[str, Any]) -> None:
    """Count the calls out of Python that may change something; die, or stand still, before the n-th."""
    at, before, seen = step.get("at"), step.get("before"), 0
    trace = os.open(step["trace"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if step.get("trace") else None

    def watch(_frame: object, event: str, called: Any) -> None:
        nonlocal seen, before
        if event != "c_call":
            return
        kind = type(getattr(called, "__self__", None))
        owner = kind.__name__ if kind.__name__ == "Bindings" else getattr(called, "__module__", None) or kind.__module__
        if not owner.startswith(CORES) or called.__name__ in LOOKING:
            return
        seen += 1
        name = f"{owner}.{called.__name__}"
        if trace is not None:
            os.write(trace, f"{name}\n".encode())
        if seen == at or name == before:
            before = None
            os.kill(os.getpid(), step.get("signal", signal.SIGKILL))

    sys.setprofile(watch)


def give_up_rights() -> None:
    """Be root without root's rights: files without permission are then without permission."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)())


if __name__ == "__main__":
    serve(sys.argv[1])
