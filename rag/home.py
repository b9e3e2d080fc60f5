"""The home folder as a person writes it, and what none can be."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic_core import PydanticCustomError

MAX_HOME_BYTES = 450
"""SQLite opens no path of more than 512 bytes, and Chroma's database and its journal lie deep in a home."""

_OWN = re.compile(r"\A\$(HOME|\{HOME\})(?=/|\Z)")
"""What a person's own folder is called in a shell, and in a service's file, where no shell reads it."""
_VARIABLE = re.compile(r"\$[A-Za-z_{]")


def home_folder(written: Path) -> Path:
    """The folder that is meant; `~` or `$HOME` at its start is the person's own.

    Raises:
        PydanticCustomError: it is no folder, or none that every file of a home could be opened in.
    """
    try:
        home = Path(_OWN.sub("~", str(written))).expanduser()
        if home.exists() and not home.is_dir():
            raise PydanticCustomError("folder", "it has to be a folder, and this is none")
    except (OSError, RuntimeError) as error:  # a name that is too long, a person who is not there
        raise PydanticCustomError("folder", "it has to be a folder: {why}", {"why": str(error)}) from error
    try:
        num_bytes = len(str(home.resolve()).encode())
    except UnicodeEncodeError as error:
        raise PydanticCustomError("folder_name", "its path has to be UTF-8: rename the folder") from error
    except OSError as error:
        gone = "the working folder is gone, and a relative path starts there: go to one that is, or give a whole path"
        raise PydanticCustomError("folder_nowhere", gone) from error
    if num_bytes > MAX_HOME_BYTES:
        raise PydanticCustomError(
            "folder_long",
            "its whole path may have {le} bytes, and has {num}",
            {"le": MAX_HOME_BYTES, "num": num_bytes},
        )
    return home


def names_variable(home: Path) -> bool:
    """Whether a `$NAME` stands in a home as it is: most likely somebody meant what it stands for."""
    return bool(_VARIABLE.search(str(home)))
