"""The sign of life while an answer is made: "typing …" over the chat, never a message of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.records import Place
    from bot.telegram.outbox import Outbox

EVERY_S = 4.0
"""Telegram shows it for five seconds."""
FIRST_WITHIN_S = 0.3
"""How long a finished answer waits for the first one, so that it does not come after the answer."""


@asynccontextmanager
async def typing(outbox: Outbox, place: Place, *, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Show that the bot is at work, from now until the end of the block."""
    is_shown = asyncio.Event()

    async def show() -> None:
        while True:
            await outbox.act(place)
            is_shown.set()
            await asyncio.sleep(every_s)

    showing = asyncio.create_task(show())
    try:
        yield
        with suppress(TimeoutError):
            await asyncio.wait_for(is_shown.wait(), FIRST_WITHIN_S)
    finally:
        showing.cancel()
        await asyncio.wait([showing])
