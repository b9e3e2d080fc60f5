"""`.env`: the lines of it that set nothing, and silence for what its reader says of them in English."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path


def unread_lines() -> list[int]:
    """The numbers of the lines that are not NAME=VALUE, from 1."""
    from dotenv.parser import parse_stream

    with suppress(OSError, UnicodeDecodeError), Path(".env").open(encoding="utf-8") as file:
        bindings = list(parse_stream(file))
        return [one.original.line for one in bindings if one.error or (one.key is not None and one.value is None)]
    return []


def quieten_reader() -> None:
    """Keep python-dotenv from a line for each look that anybody takes at each of them."""
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)
