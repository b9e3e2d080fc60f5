"""The commands of administrators; for everybody else they do not exist."""

from __future__ import annotations

import asyncio
import platform
import resource
import shutil
import time
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import telegram

from bot.telegram import menus
from bot.telegram.called import Called, called, joined, reply, say
from bot.telegram.commands import refuse
from bot.telegram.render import said
from bot.texts import plain
from bot.texts.errors import explain_error
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram import Update

    from bot.telegram.context import AppContext
    from bot.telegram.outgoing import Outgoing
    from rag.index.status import IndexStatus

PROBE_WITHIN_S = 10.0
_PROBE = "خبر"
_STARTED = time.monotonic()


async def stats(app: AppContext, update: Update) -> None:
    """Say how much was asked and how it was answered."""
    call = await _called_by_admin(app, update)
    if call is None:
        return
    numbers = await app.state.call(app.state.numbers)
    await say(app, call, "bot.stats", **{name: f"{value:,}" for name, value in asdict(numbers).items()})


async def health(app: AppContext, update: Update) -> None:
    """Say how the process, the state and the index are; an index is well when a question gets through it."""
    call = await _called_by_admin(app, update)
    if call is None:
        return
    process = await _process(app, call)
    await reply(app, call, joined(process, await _index(app, call)))


async def reload(app: AppContext, update: Update) -> None:
    """Look at the corpus and the menus anew. A new generation is followed without this; it says which it is."""
    call = await _called_by_admin(app, update)
    if call is None:
        return
    try:
        app.catalogue.refresh()
        overview = await asyncio.to_thread(app.catalogue.overview)
        await _probe(app)
        status = await _status(app)
    except (IsnadError, TimeoutError) as error:
        await say(app, call, "bot.reload.failed", detail=_detail(error, call))
        return
    await menus.publish(app, update.get_bot(), is_forced=True)
    await say(
        app, call, "bot.reload.done", num_articles=f"{overview.num_articles:,}", generation=str(status.generation)
    )


async def _process(app: AppContext, call: Called) -> Outgoing:
    try:
        num_waiting = f"{(await app.state.call(app.state.numbers)).num_waiting:,}"
    except IsnadError as error:
        return said("bot.health_state_broken", call.lang, detail=_detail(error, call))
    free = (await asyncio.to_thread(shutil.disk_usage, _standing(app.settings.home))).free
    return said(
        "bot.health",
        call.lang,
        versions=_versions(),
        duration=str(timedelta(seconds=int(time.monotonic() - _STARTED))),
        seconds=max(0, round(time.time() - call.message.date.timestamp())),
        num_waiting=num_waiting,
        memory_mb=f"{_memory() >> 20:,}",
        free_gb=f"{free / (1 << 30):,.1f}",
    )


async def _index(app: AppContext, call: Called) -> Outgoing:
    try:
        seconds = await _probe(app)
        status = await _status(app)
    except (IsnadError, TimeoutError) as error:
        return said("bot.health_index_broken", call.lang, detail=_detail(error, call))
    return said(
        "bot.health_index",
        call.lang,
        num_articles=f"{status.num_articles:,}",
        num_chunks=f"{status.num_chunks:,}",
        generation=str(status.generation),
        encoder=status.encoder or "-",
        index_mb=f"{status.bytes_on_disk >> 20:,}",
        probe_ms=f"{seconds * 1000:,.0f}",
    )


async def _probe(app: AppContext) -> float:
    """Seconds that a question took, on the newest generation."""
    started = time.perf_counter()
    async with asyncio.timeout(PROBE_WITHIN_S):
        await app.answering.call(app.answering.quoted, _PROBE)
    return time.perf_counter() - started


async def _status(app: AppContext) -> IndexStatus:
    from rag.index.status import load_status

    return await asyncio.to_thread(load_status, app.settings)


async def _called_by_admin(app: AppContext, update: Update) -> Called | None:
    call = await called(app, update)
    if call is None or app.limits.is_admin(call.place.user_id):
        return call
    if call.place.is_private or call.names_me:
        await refuse(app, call)
    return None


def _detail(error: IsnadError | TimeoutError, call: Called) -> str:
    return plain(explain_error(error, call.lang))


def _standing(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(one for one in (folder, *folder.resolve().parents) if one.exists())


def _versions() -> str:
    try:
        number = version("isnad")
    except PackageNotFoundError:  # run from the source tree
        number = "-"
    return f"isnad {number} · Python {platform.python_version()} · python-telegram-bot {telegram.__version__}"


def _memory() -> int:
    """Bytes in use now; where the system does not say, the most there were."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
