"""Every call that sends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
from telegram import InputFile
from telegram.constants import CallbackQueryLimit, ChatAction
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.state.records import Place
from bot.telegram.delivery import Delivery, MayHaveArrived, NotDelivered, Unreachable, surely_not_sent
from bot.telegram.logs import pseudonym
from bot.telegram.monitoring import Metrics
from bot.telegram.payload import keyboard_of, markup_of
from bot.telegram.polling import ServerFault, kind_of
from bot.telegram.writing import Writer

if TYPE_CHECKING:
    from telegram import Bot

    from bot.telegram.render import Keyboard, Outgoing

PATIENCE_S = 30.0
"""For what is kept and can be tried again later, so that it makes way to what comes behind it."""
LONGEST_WAIT_S = 300.0
"""For what nothing keeps: where that is not enough, it is lost."""
_FETCH_WITHIN_S = 60.0
_SIGNS_AT_ONCE = 24
"""Signs of life that may be under way together: most connections are left for messages."""
_SIGN_TIMES: Mapping[str, Any] = {
    "connect_timeout": 3.0,
    "read_timeout": 3.0,
    "write_timeout": 3.0,
    "pool_timeout": 1.0,
}

_log = logging.getLogger(__name__)


class Outbox:
    """Sends for the bot; but for `deliver`, nothing here raises for what Telegram or the network does."""

    def __init__(
        self,
        bot: Bot,
        on_unreachable: Callable[[int], Awaitable[None]],
        on_migrated: Callable[[int, int], Awaitable[None]],
        *,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._metrics = metrics or Metrics()
        self._delivery = Delivery(on_unreachable, on_migrated, self._metrics, clock=clock, sleep=sleep)
        self._signs = asyncio.Semaphore(_SIGNS_AT_ONCE)

    async def deliver(
        self,
        place: Place,
        outgoing: Outgoing,
        *,
        in_place_of: Sequence[int] = (),
        reply_to: int | None = None,
        patience_s: float = PATIENCE_S,
    ) -> tuple[int, ...]:
        """Send the parts, the keyboard on the last, or put them in the place of messages; the ids that hold them now.

        A part that may have arrived counts as sent, though nobody knows its id.

        Raises:
            NotDelivered: the parts from some one on surely did not arrive; those before did.
            Unreachable: the chat takes nothing.
        """
        writer = self._writer(place, patience_s)
        holding: list[int] = []
        num_parts = 0
        try:
            for num_parts, part in enumerate(outgoing.parts):
                keyboard = keyboard_of(outgoing, num_parts)
                with suppress(MayHaveArrived):
                    if num_parts < len(in_place_of):
                        holding += await writer.edit(in_place_of[num_parts], part, keyboard, reply_to)
                    else:
                        holding += await writer.send(part, keyboard, reply_to if in_place_of or not num_parts else None)
            num_parts = len(outgoing.parts)
            for message_id in in_place_of[num_parts:]:
                await writer.delete(message_id)
        except NotDelivered as error:
            error.sent, error.num_parts = tuple(holding), num_parts
            raise
        return tuple(holding)

    async def send(self, place: Place, outgoing: Outgoing, *, reply_to: int | None = None) -> tuple[int, ...]:
        """Send the parts, with all patience, since nothing keeps them; the message ids of those that were sent."""
        try:
            return await self.deliver(place, outgoing, reply_to=reply_to, patience_s=LONGEST_WAIT_S)
        except NotDelivered as error:
            return error.sent
        except Unreachable:
            return ()

    async def edit(
        self, place: Place, message_ids: Sequence[int], outgoing: Outgoing, *, reply_to: int | None = None
    ) -> tuple[int, ...]:
        """Put `outgoing` in the place of those messages, as `send` does; the ids that hold it now."""
        try:
            return await self.deliver(
                place, outgoing, in_place_of=message_ids, reply_to=reply_to, patience_s=LONGEST_WAIT_S
            )
        except NotDelivered as error:
            return (*error.sent, *message_ids[error.num_parts :])
        except Unreachable:
            return tuple(message_ids)

    async def edit_keyboard(self, place: Place, message_id: int, keyboard: Keyboard) -> None:
        """Put another keyboard under a message; what has it already, or is gone, stays as it is."""
        try:
            await self._delivery.deliver(
                place.chat_id,
                lambda chat_id: self._bot.edit_message_reply_markup(
                    chat_id=chat_id, message_id=message_id, reply_markup=markup_of(keyboard)
                ),
                PATIENCE_S,
                is_idempotent=True,
            )
        except BadRequest as error:
            self._writer(place).note_rejected(error)
        except (NotDelivered, Unreachable):
            return

    async def act(self, place: Place) -> None:
        """Show that the bot is typing; best effort, and nothing while Telegram holds the chat back."""
        if self._delivery.is_held(place.chat_id):
            return
        try:
            async with self._signs:
                await self._bot.send_chat_action(
                    place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id, **_SIGN_TIMES
                )
        except TelegramError as error:
            self._metrics.send_fault("typing")
            _log.debug("no sign of life for chat %s (%s)", pseudonym(place.chat_id), kind_of(error))

    async def toast(self, callback_id: str, text: str = "", *, alert: bool = False) -> None:
        """Answer a press; where it is too late for that, nobody waits for it any more."""
        shown = text[: CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH]
        for is_last in (False, True):
            try:
                await self._bot.answer_callback_query(callback_id, shown or None, show_alert=alert)
            except (BadRequest, RetryAfter):
                return
            except TelegramError as error:
                self._metrics.send_fault("press")
                if is_last or not (surely_not_sent(error) or isinstance(error, ServerFault)):
                    _log.warning("a press could not be answered (%s)", kind_of(error))
                    return
            else:
                return

    async def send_file(self, place: Place, name: str, content: bytes, *, caption: str = "") -> bool:
        """Send a document; False where it surely did not arrive, though the chat can be reached."""
        try:
            await self._delivery.deliver(
                place.chat_id,
                lambda chat_id: self._bot.send_document(
                    chat_id,
                    InputFile(content, filename=name),
                    caption=caption or None,
                    message_thread_id=place.thread_id,
                ),
                LONGEST_WAIT_S,
            )
        except BadRequest as error:
            self._writer(place).note_rejected(error)
            return False
        except NotDelivered:
            return False
        except (MayHaveArrived, Unreachable):
            return True
        return True

    async def fetch(self, file_id: str, most: int) -> bytes | None:
        """Download a file; None where it holds more than `most` bytes or cannot be fetched.

        Not through PTB, which reads a file to its end whatever its size.
        """
        try:
            async with asyncio.timeout(_FETCH_WITHIN_S):
                return await self._fetch(file_id, most)
        except (TelegramError, httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            self._metrics.send_fault("download")
            _log.warning("a document could not be fetched (%s)", kind_of(error))
            return None

    async def _fetch(self, file_id: str, most: int) -> bytes | None:
        file = await self._bot.get_file(file_id)
        if not file.file_path or (file.file_size or 0) > most:
            return None
        content = bytearray()
        async with (
            httpx.AsyncClient(trust_env=False, timeout=_FETCH_WITHIN_S) as client,
            client.stream("GET", file.file_path) as response,
        ):
            response.raise_for_status()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > most:
                    return None
        return bytes(content)

    def _writer(self, place: Place, patience_s: float = PATIENCE_S) -> Writer:
        return Writer(self._bot, self._delivery, self._metrics, place, patience_s)
