"""Every call that sends: one place that knows what Telegram and the network can answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from bot.state.records import Place

if TYPE_CHECKING:
    from telegram.ext import ExtBot

    from bot.telegram.monitoring import Metrics
    from bot.telegram.render import Keyboard, Outgoing


class Outbox:
    """Sends for the bot; never raises for what Telegram or the network does."""

    def __init__(
        self,
        bot: ExtBot[None],
        on_unreachable: Callable[[int], Awaitable[None]],
        on_migrated: Callable[[int, int], Awaitable[None]],
        metrics: Metrics,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Nothing is sent here."""

    async def send(self, place: Place, outgoing: Outgoing, *, reply_to: int | None = None) -> tuple[int, ...]:
        """Send the parts, the keyboard on the last; message ids, () when the chat cannot be reached."""
        raise NotImplementedError

    async def edit(
        self, place: Place, message_ids: Sequence[int], outgoing: Outgoing, *, reply_to: int | None = None
    ) -> tuple[int, ...]:
        """Put `outgoing` in the place of those messages; the ids that hold it now."""
        raise NotImplementedError

    async def edit_keyboard(self, place: Place, message_id: int, keyboard: Keyboard) -> None:
        """Put another keyboard under a message."""
        raise NotImplementedError

    async def act(self, place: Place) -> None:
        """Show that the bot is typing; best effort."""
        raise NotImplementedError

    async def toast(self, callback_id: str, text: str = "", *, alert: bool = False) -> None:
        """Answer a press."""
        raise NotImplementedError

    async def send_file(self, place: Place, name: str, content: bytes, *, caption: str = "") -> None:
        """Send a document."""
        raise NotImplementedError

    async def fetch(self, file_id: str, most: int) -> bytes | None:
        """Download a file, never more than `most` bytes; None where it is larger or cannot be fetched."""
        raise NotImplementedError
