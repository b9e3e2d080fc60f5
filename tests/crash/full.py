"""A disk that is full from the n-th change on that Python sees: needs no compiler, no root, no mounting.

A change is a file or a folder that is made, a piece that is written into one, a statement that changes
SQLite's rows, its commit and its copy, and a call that has the core of tantivy or Chroma write. What
these cores do by themselves inside such a call is one change; `faults.c` sees each of theirs.
"""

from __future__ import annotations

import builtins
import errno
import importlib
import io
import os
import re
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

Refusal = Callable[[], BaseException]
_CHANGES_ROWS = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|CREATE)\b", re.IGNORECASE)
_TANTIVY_WRITES = {"commit"}
_CHROMA_WRITES = {"create_collection", "update_collection", "upsert", "delete"}


class FullDisk:
    """Counts the changes under a folder, and refuses all of them from the `at`-th on; 0 refuses none."""

    def __init__(self, under: str, at: int, trace: str | None = None) -> None:
        self._under, self._at, self._seen = under, at, 0
        self._trace = Path(trace).open("w", encoding="utf-8", buffering=1) if trace else None  # noqa: SIM115 - as long as the process

    def holds(self, path: object) -> bool:
        """Whether `path` stands on this disk."""
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._under)

    def take(self, what: str, path: object, refusal: Refusal) -> None:
        """Count one change; raises what stands for a disk without room, from the `at`-th on."""
        if not self.holds(path):
            return
        self._seen += 1
        if self._trace is not None:
            self._trace.write(f"{what} {path}\n")
        if self._at and self._seen >= self._at:
            raise refusal()


def fill(disk: FullDisk) -> None:
    """Let this process meet `disk` wherever Python writes."""
    _fill_files(disk)
    _fill_sqlite(disk)
    _fill_cores(disk)


def _put(*places: tuple[Any, str, Any]) -> None:
    for module, name, stand_in in places:
        setattr(module, name, stand_in)


def _fill_files(disk: FullDisk) -> None:
    opens, plain, python = os.open, io.open, importlib.import_module("_pyio")

    def open_number(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & os.O_CREAT and disk.holds(path) and not Path(path).exists():
            disk.take("create", path, _no_space)
        return opens(path, flags, *rest, **named)

    def open_file(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        # Python's own one opens and writes by way of `os`, where it can be seen.
        here = disk.holds(file) and not set(mode).isdisjoint("wax+")
        return (python.open if here else plain)(file, mode, *rest, **named)

    def watched(name: str, position: int) -> None:
        real = getattr(os, name)

        def call(*given: Any, **named: Any) -> Any:
            place = given[position]
            if isinstance(place, int):
                disk.take(name, Path(f"/proc/self/fd/{place}").readlink(), _no_space)
            elif not os.path.lexists(place):
                disk.take(name, place, _no_space)
            return real(*given, **named)

        _put((os, name, call))

    _put((os, "open", open_number), (io, "open", open_file), (builtins, "open", open_file))
    for name, position in (("write", 0), ("sendfile", 0), ("mkdir", 0), ("link", 1), ("symlink", 1)):
        watched(name, position)


def _no_space() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sqlite_full() -> sqlite3.Error:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    return error


def _fill_sqlite(disk: FullDisk) -> None:
    class Cursor(sqlite3.Cursor):
        connection: Connection

        def execute(self, sql: str, *values: Any) -> Any:
            self.connection.change(sql)
            return super().execute(sql, *values)

        def executemany(self, sql: str, *values: Any) -> Any:
            self.connection.change(sql)
            return super().executemany(sql, *values)

    class Connection(sqlite3.Connection):
        def __init__(self, file: Any, *rest: Any, **named: Any) -> None:
            self._file, self._has_changed = str(file), False
            super().__init__(file, *rest, **named)

        def change(self, sql: str) -> None:
            if _CHANGES_ROWS.match(sql):
                self._has_changed = True
                disk.take(sql.split(maxsplit=1)[0].lower(), self._file, _sqlite_full)

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            if self._has_changed:
                disk.take("commit", self._file, _sqlite_full)
            super().commit()
            self._has_changed = False

        def backup(self, target: Any, **named: Any) -> None:
            disk.take("backup", target._file, _sqlite_full)
            super().backup(target, **named)

    connect = partial(sqlite3.connect, factory=Connection)
    _put((sqlite3, "connect", connect), (sqlite3.dbapi2, "connect", connect))


def _fill_cores(disk: FullDisk) -> None:
    import tantivy
    from chromadb.errors import InternalError

    chroma = importlib.import_module("chromadb_rust_bindings")
    index, bindings = tantivy.Index, chroma.Bindings
    tantivy_full = partial(ValueError, "An IO error occurred: 'No space left on device (os error 28)'")
    chroma_full = partial(InternalError, "error returned from database: (code: 13) database or disk is full")

    class Core:
        """Stands before an object of a library's core, and before the writers that it gives."""

        def __init__(self, real: Any, path: str, writes: set[str], full: Refusal) -> None:
            self._real, self._rest = real, (path, writes, full)

        def __getattr__(self, name: str) -> Any:
            found = getattr(self._real, name)
            path, writes, full = self._rest

            def call(*given: Any, **named: Any) -> Any:
                if name in writes:
                    disk.take(f"{type(self._real).__name__}.{name}", path, full)
                made = found(*given, **named)
                return Core(made, path, writes, full) if name == "writer" else made

            return call if name in writes or name == "writer" else found

    class Index:
        """What tantivy.Index makes and opens."""

        def __new__(cls, schema: Any, path: str) -> Any:
            disk.take("tantivy.Index", path, tantivy_full)
            return Core(index(schema, path=path), path, _TANTIVY_WRITES, tantivy_full)

        @staticmethod
        def open(path: str) -> Any:
            return Core(index.open(path), path, _TANTIVY_WRITES, tantivy_full)

    def opened(*given: Any, persist_path: str, **named: Any) -> Any:
        disk.take("chroma.Bindings", persist_path, chroma_full)
        return Core(bindings(*given, persist_path=persist_path, **named), persist_path, _CHROMA_WRITES, chroma_full)

    _put((tantivy, "Index", Index), (chroma, "Bindings", opened))
