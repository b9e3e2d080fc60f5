"""Trouble with the store, named."""

from __future__ import annotations

import shlex
from pathlib import Path

from rag.errors import StoreUnusable

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_SAYS_DAMAGED = ("Could not decode to UTF-8", "no such table", "no such column", "unsupported file format")


def unusable(place: str, error: BaseException, file: str) -> StoreUnusable:
    """The error for what a driver says of a database."""
    why = str(error).strip()
    if isinstance(error, UnicodeDecodeError) or (place == "sqlite" and _is_damage(error, why)):
        return damaged(why, place=place, file=file)
    return StoreUnusable(f"The database cannot be used ({place}): {why}", place=place, why=why)


def damaged(why: str, *, place: str = "sqlite", file: str = "isnad.db") -> StoreUnusable:
    """The error for a store that does not hold what was stored."""
    return StoreUnusable(
        f"The database {file} is damaged ({place}: {why}). Put a backup in its place, or move it away and read "
        "the articles again: isnad ingest FOLDER",
        what="damaged",
        place=place,
        file=file,
        why=why,
    )


def damaged_article(source: str) -> StoreUnusable:
    """The error for an article that is not what was stored: the rest of the store may be whole."""
    command = f"isnad remove {shlex.quote(source)}"
    return StoreUnusable(
        f"The database is damaged (the text of {source} is not what was stored). Take that article out and read it "
        f"again: {command}, then isnad ingest FOLDER; or put a backup in the database's place.",
        what="damaged_article",
        source=source,
        command=command,
    )


def read_only(folder: Path, why: str) -> StoreUnusable:
    """The error for what cannot be done in a folder that this process may not write."""
    return StoreUnusable(
        f"Nothing can be written in {folder} ({why}). Give this user the right to write there, or copy the folder to "
        "where there is one, and name that: --home DIR",
        what="read_only",
        folder=str(folder),
        why=why,
    )


def not_to_be_made(folder: Path, why: str) -> StoreUnusable:
    """The error for a home that is not there and cannot be made."""
    return StoreUnusable(
        f"The folder {folder} cannot be made ({why}). Choose another place: --home DIR",
        what="not_to_be_made",
        folder=str(folder),
        why=why,
    )


def not_a_folder(path: Path) -> StoreUnusable:
    """The error for something that stands where a folder has to be made."""
    return StoreUnusable(
        f"{path} is not a folder, and has to be one. Rename it or remove it, and try again.",
        what="not_a_folder",
        path=str(path),
    )


def _is_damage(error: BaseException, why: str) -> bool:
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(_DAMAGED) or any(words in why for words in _SAYS_DAMAGED)
