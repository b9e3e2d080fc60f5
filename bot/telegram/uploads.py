"""Articles that administrators send as documents: checked, stored under a name of our own, ingested.

A process of its own reads them (see `bot.limited_ingest`), one after the other: it takes the right to
write in the home, and whoever comes second waits.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from bot.direction import Line, Piece, line
from bot.limited_ingest import Outcome, outcome_from
from bot.render import message
from bot.telegram.called import Called, called, reply, say
from bot.telegram.commands import only_text, refuse
from bot.telegram.keyboards import shortened
from bot.telegram.outgoing import Outgoing
from bot.telegram.split import parts_of
from bot.telegram.typing import typing
from bot.texts import Lang
from bot.texts import say as text_of
from rag.articles.files import SUFFIXES

if TYPE_CHECKING:
    from telegram import Document, Update

    from bot.telegram.context import AppContext

TIME_LIMIT_S = 300.0
"""For reading one document, and for waiting for another writer."""
MOST_LINES = 20_000
"""Of a JSONL document; what has more is none, and naming every bad line would take gigabytes (measured)."""
FOLDER = "uploads"

_IN_HAND: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()
"""Of two that send the same document at once, one must not delete it while the other has it read."""
_SHOWN_NAME = 60
_MB = 1 << 20
_NAME_BYTES = 16

_log = logging.getLogger(__name__)


class Rejected(Exception):
    """A document that is not ingested; `key` names the text that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it was sent."""

    path: Path
    """Where it is stored."""
    shown: str
    """The name that its sender gave it, to show and for nothing else."""
    content: bytes


async def ingest(app: AppContext, update: Update) -> None:
    """`/ingest` alone: say what to send."""
    call = await called(app, update)
    if call is None:
        return
    if not app.limits.is_admin(call.place.user_id):
        if call.place.is_private or call.names_me:
            await refuse(app, call)
    elif not call.place.is_private:
        await say(app, call, "bot.upload.private")
    else:
        await say(app, call, "bot.upload.ask", most_mb=f"{app.settings.upload_max_mb:g}")


async def document(app: AppContext, update: Update) -> None:
    """Ingest a document that an administrator sent in private; from others it is a thing that cannot be read."""
    call = await called(app, update)
    if call is None or call.message.document is None:
        return
    is_admin = app.limits.is_admin(call.place.user_id)
    if not call.place.is_private:
        if is_admin and call.name == "ingest" and call.is_for_me:
            await say(app, call, "bot.upload.private")
        return
    if not is_admin:
        await only_text(app, update)
        return
    try:
        async with typing(app.outbox, call.place):
            fetched = await _fetch(app, call.message.document)
            async with _IN_HAND.setdefault(fetched.path, asyncio.Lock()):
                outgoing = await _read(app, call, fetched)
    except Rejected as rejected:
        await say(app, call, rejected.key, **rejected.values)
    else:
        await reply(app, call, outgoing)


async def _fetch(app: AppContext, sent: Document) -> Fetched:
    """Fetch the document, and name the place where it will be.

    Raises:
        Rejected: it is of no kind that is read, too large, empty, or cannot be fetched.
    """
    suffix = PurePosixPath(sent.file_name or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise Rejected("bot.upload.kind")
    most = int(app.settings.upload_max_mb * _MB)
    if (sent.file_size or 0) > most:
        raise Rejected("bot.upload.size", most_mb=f"{app.settings.upload_max_mb:g}")
    content = await app.outbox.fetch(sent.file_id, most)
    if content is None:
        raise Rejected("bot.upload.broken")
    if not content:
        raise Rejected("bot.upload.empty")
    if suffix == ".jsonl" and content.count(b"\n") > MOST_LINES:
        raise Rejected("bot.upload.lines", num_lines=f"{MOST_LINES:,}")
    name = blake2b(content, digest_size=_NAME_BYTES).hexdigest() + suffix
    path = app.settings.home.resolve() / FOLDER / name
    shown = PurePosixPath(sent.file_name or "").name
    return Fetched(path, shortened(shown, _SHOWN_NAME) or name, content)


def _write(path: Path, content: bytes) -> bool:
    """Write the file, for nobody else to read; False where it is there already. Blocking."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == content:
        return False
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  Path.open takes no descriptor
        file.write(content)
    unfinished.replace(path)
    return True


async def _read(app: AppContext, call: Called, fetched: Fetched) -> Outgoing:
    """Write the document down and let it be ingested; what nothing came of is deleted again.

    Raises:
        Rejected: nothing could be read.
    """
    is_kept = not await asyncio.to_thread(_write, fetched.path, fetched.content)
    try:
        outcome = await _ingest(app, fetched, call.lang)
        is_kept = is_kept or outcome.num_read > 0
    finally:
        if not is_kept:
            with suppress(OSError):  # the next ingest of the folder finds nothing in it either
                await asyncio.to_thread(fetched.path.unlink, missing_ok=True)
    if outcome.error:
        raise Rejected("bot.upload.failed", name=fetched.shown, detail=outcome.error.rstrip("."))
    if not outcome.num_read:
        raise Rejected("bot.upload.nothing", name=fetched.shown, reasons=_reasons(outcome, call.lang))
    _log.info("a document gave %d articles, %d of them new", outcome.num_read, outcome.num_added)
    return Outgoing(parts_of(_lines(outcome, fetched, call.lang)))


async def _ingest(app: AppContext, fetched: Fetched, lang: Lang) -> Outcome:
    """Run the ingest in its own process.

    Raises:
        Rejected: it took too long, or ended without a word.
    """
    arguments = ("-m", "bot.limited_ingest", str(fetched.path), str(app.settings.home), lang)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C is for the bot, which ends it itself
    )
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            told, _ = await child.communicate()
        return outcome_from(told)
    except TimeoutError:
        raise Rejected("bot.upload.timeout", name=fetched.shown) from None
    except ValueError:
        _log.warning("reading a document ended with %s", child.returncode)
        raise Rejected("bot.upload.crashed", name=fetched.shown) from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


def _lines(outcome: Outcome, fetched: Fetched, lang: Lang) -> list[Line]:
    """What was read, the first titles, and what was left out and why."""
    counts = {name: getattr(outcome, name) for name in ("num_read", "num_added", "num_changed", "num_unchanged")}
    key = "bot.upload.done" if outcome.num_added or outcome.num_changed else "bot.upload.same"
    lines = message(text_of(key, lang, name=fetched.shown, **counts))
    lines += [line("• ", Piece(title, "name"), rtl=lang == "ar") for title in outcome.titles]
    if outcome.num_read > len(outcome.titles) > 0:
        lines.append(line("…", rtl=lang == "ar"))
    if outcome.num_skipped:
        values = {"num_skipped": f"{outcome.num_skipped:,}", "reasons": _reasons(outcome, lang)}
        lines += message(text_of("bot.upload.skipped", lang, **values))
    return lines


def _reasons(outcome: Outcome, lang: Lang) -> str:
    comma = "، " if lang == "ar" else ", "
    return comma.join(text_of(f"skip.{reason}", lang) for reason in outcome.reasons)
