"""The process that opens HTML, PDF and DOCX files, and nothing else: see `rag.articles.sandbox`.

    python -m rag.articles.extracting MEMORY CPU_S

Each request on standard input, `{"path", "kind"}`, gets one answer on standard output: what was extracted, or
`{"reason", "detail"}`. Both are JSON after their length in four bytes.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from rag.articles.encoding import NotTextError
from rag.articles.files import open_file
from rag.articles.formats.extracted import Extracted, RefusedError

MAX_BYTES = {"html": 8 * 2**20, "pdf": 64 * 2**20, "docx": 64 * 2**20}
"""Of a file. A page is all text; the others hold pictures."""

_HEADER = struct.Struct(">I")
_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
_SPENT = 3
"""A process that took this part of its memory makes room for a fresh one."""
_NEARLY = 0.9
_MAY_BE_WANT_OF_MEMORY = frozenset({"broken", "no_text", "unreadable"})
"""Libraries turn a lack of memory into what they like."""
_FORBIDDEN = (
    *("socket.", "subprocess.", "ctypes.", "pty.", "shutil.", "tempfile.", "urllib.", "signal.pthread_kill"),
    *("os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "os.kill"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.chflags", "os.utime", "os.setxattr", "os.removexattr"),
)
"""What Python reports before it does it. Native code does not ask: this holds slips, no intruder."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main(memory: int, cpu_s: int) -> None:
    """Answer requests until there are no more."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    given = _confine(memory)
    while header := requests.read(_HEADER.size):
        request = json.loads(requests.read(*_HEADER.unpack(header)))
        _allow_cpu(cpu_s)
        answer = _answer(os.fsdecode(bytes.fromhex(request["path"])), request["kind"], given, memory)
        line = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        answers.write(_HEADER.pack(len(line)) + line)
        answers.flush()


def _answer(path: str, kind: str, given: int, memory: int = 0) -> dict[str, object]:
    """What there is to say of a file, in a process that has `given` bytes of address space and should have `memory`.

    Where a process that read other files before wants memory, a fresh one has more.
    """
    answer: dict[str, object]
    wants_memory = False
    try:
        answer = dict(asdict(_extract(_read(path, MAX_BYTES[kind]), kind)))
    except RefusedError as error:
        answer = {"reason": error.reason, "detail": error.detail}
    except NotTextError as error:
        answer = {"reason": "binary" if error.binary else "bad_encoding", "detail": str(error)}
    except MemoryError:
        answer, wants_memory = {}, True
    except ImportError as error:  # the installation's fault, not the file's
        answer = {"reason": "unreadable", "detail": f"{type(error).__name__} while it was read: see isnad doctor"}
    except Exception as error:  # noqa: BLE001 - other people's parsers raise anything over a damaged file
        answer = {"reason": "broken", "detail": f"{type(error).__name__} while it was read"}
    if answer.get("reason") in _MAY_BE_WANT_OF_MEMORY:
        wants_memory = _address_space("VmPeak") > _NEARLY * given
    if wants_memory:
        answer = _too_much(given, memory)
    return answer | {"wants_memory": wants_memory, "is_spent": _address_space("VmPeak") > given / _SPENT}


def _extract(data: bytes, kind: str) -> Extracted:
    if kind == "docx":
        from rag.articles.formats.docx import extract_docx

        found = extract_docx(data)
    elif kind == "pdf":
        from rag.articles.formats.pdf import extract_pdf

        found = extract_pdf(data)
    else:
        from rag.articles.formats.html import extract_html

        found = extract_html(data)
    if "\x00" in found.text:
        raise RefusedError("bad_text", "a NUL character in its text")
    return found


def _read(path: str, most: int) -> bytes:
    """The content of a file, no larger than it may be."""
    try:
        with open_file(Path(path)) as file:
            size = os.fstat(file.fileno()).st_size
            if size > most:
                raise RefusedError("too_large", f"{size} bytes; at most {most}")
            return file.read(size)
    except OSError as error:
        raise RefusedError("unreadable", error.strerror or type(error).__name__) from error


def _too_much(given: int, memory: int) -> dict[str, object]:
    """The answer for a file that took more than there is: its own fault where that is all that a file may take."""
    detail = f"takes more than {given >> 20} MB of memory to read"
    if given < memory:
        return {"reason": "unreadable", "detail": f"{detail}, and the system gives no more"}
    if not _grants(given):
        return {"reason": "unreadable", "detail": "the system has too little memory left to read it"}
    return {"reason": "too_large", "detail": detail}


def _grants(given: int) -> bool:
    """Whether the system lets this process have what its limit allows: it had it, or would get it now."""
    if _address_space("VmPeak") > _NEARLY * given:
        return True
    try:
        mmap.mmap(-1, max(1, int(_NEARLY * given) - _address_space("VmSize"))).close()
    except (OSError, MemoryError, OverflowError):
        return False
    return True


def _address_space(name: str) -> int:
    """The address space that this process has, `VmSize`, or the most that it had, `VmPeak`, in bytes; 0 if unsaid."""
    with suppress(OSError, StopIteration), open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        return int(next(line for line in status if line.startswith(name)).split()[1]) << 10
    return 0


def _confine(memory: int) -> int:
    """Take from this process what reading a file does not need; it ends with its parent.

    Returns the bytes of address space that it has: `memory`, or less where the system gives less.
    """
    with suppress(OSError, AttributeError):  # Linux alone
        control = ctypes.CDLL(None).prctl
        control(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for name in ("CORE", "FSIZE", "NPROC"):  # no dump, no file written, no process or thread beside it
        _limit(name, 0)
    sys.addaudithook(_refuse)
    return _limit("AS", memory)


def _limit(name: str, most: int) -> int:
    """Set a limit where the system has it; return it, which is less where the process had less already."""
    with suppress(AttributeError, ValueError, OSError):
        kind = getattr(resource, f"RLIMIT_{name}")
        most = _least(most, resource.getrlimit(kind)[1])
        resource.setrlimit(kind, (most, most))
    return most


def _least(most: int, hard: int) -> int:
    return most if hard == resource.RLIM_INFINITY else min(most, hard)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    writes = event == "open" and isinstance(flags := arguments[-1], int) and flags & _WRITING
    if writes or event.startswith(_FORBIDDEN):
        raise PermissionError(1, f"{event} is not for this process")


def _allow_cpu(seconds: int) -> None:
    """Allow so much more computing; the signal of the limit ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    with suppress(ValueError, OSError):  # where the system has no such limit, the clock is left
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (_least(soft, hard), hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
