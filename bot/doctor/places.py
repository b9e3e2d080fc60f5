"""Where things lie: the home folder, the disk, the database, the encoder, the index."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.doctor.configuration import without_secrets
from bot.doctor.finding import Finding, found
from bot.health import TO_REBUILD
from bot.home import home_option
from bot.texts import say
from bot.texts.errors import explain_error
from bot.texts.system import system_word
from rag.addresses import HIDDEN, shown_place
from rag.errors import IsnadError
from rag.home import names_variable

if TYPE_CHECKING:
    from rag.index.health import IndexHealth
    from rag.index.status import IndexStatus
    from rag.settings import Settings

PATIENCE_S = 3.0
LITTLE_BYTES, NO_BYTES = 1 << 30, 50 << 20
"""From a gigabyte down the next large ingest may not fit; under fifty megabytes none does."""
_PORTS = {"postgresql": 5432, "http": 80, "https": 443}


def check_home(settings: Settings) -> Finding:
    """Whether the home folder can be written in, or made."""
    home, lang = settings.home, settings.lang
    place = nearest(home)
    try:
        if place == home:
            with tempfile.TemporaryFile(dir=home):
                pass
        elif not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        why = system_word(error.strerror or type(error).__name__, lang)
        return found("home", "problem", "home.closed", lang, path=home, why=why)
    if names_variable(home):
        return found("home", "warning", "home.variable", lang, path=home.absolute())
    return found("home", "ok", "home" if place == home else "home.new", lang, path=home)


def check_disk(settings: Settings) -> Finding:
    """Whether there is room for the next ingest."""
    place = nearest(settings.home)
    free = shutil.disk_usage(place).free
    state = "problem" if free < NO_BYTES else "warning" if free < LITTLE_BYTES else "ok"
    key = "disk" if state == "ok" else "disk.little"
    return found("disk", state, key, settings.lang, free=f"{free / 1e9:,.1f}", path=place)  # type: ignore[arg-type]


def check_database(settings: Settings) -> Finding:
    """Whether the store opens, what it holds, and whether every text is what was stored."""
    lang = settings.lang
    status = _open_store(settings)
    if isinstance(status, Finding):
        return status
    kind = "PostgreSQL" if _is_server(settings.database_url) else "SQLite"
    if not status.generation:
        if _is_lost(settings):
            command = f"isnad ingest FOLDER{home_option(settings)}"
            return found("database", "warning", "database.gone", lang, command=command)
        return found("database", "off", "database.empty", lang, kind=kind)
    from rag.index.status import check_texts

    try:
        check_texts(settings)
    except IsnadError as error:
        return Finding("database", "problem", without_secrets(explain_error(error, lang), settings))
    return found("database", "ok", "database", lang, kind=kind, num_articles=f"{status.num_articles:,}")


def check_state(settings: Settings) -> Finding | None:
    """Whether what the bot remembers can be kept; None where there is no bot."""
    if settings.telegram_bot_token is None:
        return None
    from rag.index.database import url_of

    lang, url = settings.lang, settings.state_url
    try:
        known = url_of(url, settings.home / "state.db", "ISNAD_STATE_URL")
    except IsnadError as error:
        return Finding("state", "problem", explain_error(error, lang))
    if url and _is_server(url):
        if silent := unreachable(url):
            return found("state", "problem", "server.silent", lang, variable="ISNAD_STATE_URL", place=silent)
        return found("state", "ok", "state", lang, place="PostgreSQL")
    file = Path(known.database or "")
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return found(
            "state", "problem", "home.closed", lang, path=file, why=system_word(os.strerror(errno.EACCES), lang)
        )
    return found("state", "ok", "state", lang, place=file)


def check_encoder(settings: Settings) -> Finding:
    """Whether what makes the vectors is here; its model is found, not loaded."""
    from rag.index.encoders import load_encoder

    lang = settings.lang
    try:
        encoder = load_encoder(settings)
    except IsnadError as error:
        return Finding("encoder", "problem", explain_error(error, lang))
    if settings.embed_model is None:
        return found("encoder", "ok", "encoder.built_in", lang, name=encoder.name)
    return found("encoder", "ok", "encoder", lang, model=settings.embed_model)


def check_index(settings: Settings) -> Finding | None:
    """Whether the index opens and holds what it should; None where what keeps it from that was said already."""
    from rag.index.health import check_index as look

    if isinstance(_open_store(settings), Finding) or _is_lost(settings):
        return None
    lang = settings.lang
    if settings.chroma_url and (silent := unreachable(settings.chroma_url)):
        return found("index", "problem", "server.silent", lang, variable="ISNAD_CHROMA_URL", place=silent)
    health = look(settings)
    return None if health.state == "no_model" else _about(health, settings)


def _about(health: IndexHealth, settings: Settings) -> Finding:
    lang, at = settings.lang, home_option(settings)
    if health.state == "empty":
        return found("index", "off", "index.empty", lang, command=f"isnad ingest FOLDER{at}")
    if health.state in TO_REBUILD:
        about = say(f"health.{health.state}", lang)
        return found("index", "problem", "index.rebuild", lang, about=about, command=f"isnad reindex{at}")
    if health.error is not None:
        return Finding("index", "problem", without_secrets(explain_error(health.error, lang), settings))
    return found("index", "ok", "index", lang)


def _open_store(settings: Settings) -> IndexStatus | Finding:
    """What the store holds, or why it does not open; a silent server is left alone: its driver may wait for minutes."""
    from rag.index.database import open_engine
    from rag.index.status import load_status

    lang, url = settings.lang, settings.database_url
    try:
        open_engine(settings).dispose()
        if url and _is_server(url) and (silent := unreachable(url)):
            return found("database", "problem", "server.silent", lang, variable="ISNAD_DATABASE_URL", place=silent)
        return load_status(settings)
    except IsnadError as error:
        return Finding("database", "problem", without_secrets(explain_error(error, lang), settings))


def _is_lost(settings: Settings) -> bool:
    """Whether the store's file is not there, and an index that was made from it is."""
    from rag.index.database import file_identity, open_engine

    if _is_server(settings.database_url) or file_identity(open_engine(settings)) is not None:
        return False
    return any(settings.index_folder.glob("*/"))


def _is_server(url: str | None) -> bool:
    return bool(url) and not str(url).startswith("sqlite")


def unreachable(url: str) -> str:
    """HOST:PORT of a server of yours that takes no connection; empty where it does, or where that cannot be told."""
    if shown_place(url) == HIDDEN:
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme.partition("+")[0], 0)
    except ValueError:
        return ""
    if not parts.hostname or not port:
        return ""
    try:
        socket.create_connection((parts.hostname, port), timeout=PATIENCE_S).close()
    except OSError:
        return f"{parts.hostname}:{port}"
    return ""


def nearest(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    for place in (path, *path.absolute().parents):
        if place.is_dir():
            return place
    return Path("/")
