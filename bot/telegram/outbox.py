"""Every call that sends: parts, keyboards and what to do where Telegram does not take them as they are."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
from telegram import InputFile, ReplyParameters
from telegram.constants import CallbackQueryLimit, ChatAction
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.state.records import Place
from bot.telegram.delivery import Delivery, surely_not_sent
from bot.telegram.logs import pseudonym
from bot.telegram.monitoring import Metrics
from bot.telegram.payload import content_of, in_other_words, keyboard_of, markup_of
from bot.telegram.polling import kind_of

if TYPE_CHECKING:
    from telegram import Bot

    from bot.telegram.render import Keyboard, Outgoing, Part

_GONE = ("not found", "can't be edited", "message_id_invalid", "message identifier is not specified")
_FETCH_TIMEOUT_S = 60.0

_log = logging.getLogger(__name__)


class Outbox:
    """Sends for the bot; never raises for what Telegram or the network does."""

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

    async def send(self, place: Place, outgoing: Outgoing, *, reply_to: int | None = None) -> tuple[int, ...]:
        """Send the parts, the keyboard on the last; the message ids, () when the chat cannot be reached."""
        sent: list[int] = []
        for number, part in enumerate(outgoing.parts):
            sent += await self._send_part(place, part, keyboard_of(outgoing, number), None if number else reply_to)
        return tuple(sent)

    async def edit(
        self, place: Place, message_ids: Sequence[int], outgoing: Outgoing, *, reply_to: int | None = None
    ) -> tuple[int, ...]:
        """Put `outgoing` in the place of those messages; the ids that hold it now."""
        holding: list[int] = []
        for number, part in enumerate(outgoing.parts):
            keyboard = keyboard_of(outgoing, number)
            if number < len(message_ids):
                holding += await self._edit_part(place, message_ids[number], part, keyboard, reply_to=reply_to)
            else:
                holding += await self._send_part(place, part, keyboard, reply_to)
        for message_id in message_ids[len(outgoing.parts) :]:
            await self._delete(place, message_id)
        return tuple(holding)

    async def edit_keyboard(self, place: Place, message_id: int, keyboard: Keyboard) -> None:
        """Put another keyboard under a message; what has it already, or is gone, stays as it is."""
        try:
            await self._delivery.deliver(
                place.chat_id,
                lambda chat_id: self._bot.edit_message_reply_markup(
                    chat_id=chat_id, message_id=message_id, reply_markup=markup_of(keyboard)
                ),
                is_idempotent=True,
            )
        except BadRequest as error:
            self._note_rejected(error, place)

    async def act(self, place: Place) -> None:
        """Show that the bot is typing; best effort, and nothing while Telegram holds the chat back."""
        if self._delivery.is_held(place.chat_id):
            return
        try:
            await self._bot.send_chat_action(place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id)
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
                if is_last or not surely_not_sent(error):
                    _log.warning("a press could not be answered (%s)", kind_of(error))
                    return
            else:
                return

    async def send_file(self, place: Place, name: str, content: bytes, *, caption: str = "") -> None:
        """Send a document."""
        try:
            await self._delivery.deliver(
                place.chat_id,
                lambda chat_id: self._bot.send_document(
                    chat_id,
                    InputFile(content, filename=name),
                    caption=caption or None,
                    message_thread_id=place.thread_id,
                ),
            )
        except BadRequest as error:
            self._note_rejected(error, place)

    async def fetch(self, file_id: str, most: int) -> bytes | None:
        """Download a file; None where it holds more than `most` bytes or cannot be fetched.

        Not through PTB, which reads a file to its end whatever its size.
        """
        try:
            file = await self._bot.get_file(file_id)
            if not file.file_path or (file.file_size or 0) > most:
                return None
            content = bytearray()
            async with (
                httpx.AsyncClient(trust_env=False, timeout=_FETCH_TIMEOUT_S) as client,
                client.stream("GET", file.file_path) as response,
            ):
                response.raise_for_status()
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > most:
                        return None
        except (TelegramError, httpx.HTTPError, httpx.InvalidURL) as error:
            self._metrics.send_fault("download")
            _log.warning("a document could not be fetched (%s)", kind_of(error))
            return None
        return bytes(content)

    async def _send_part(self, place: Place, part: Part, keyboard: Keyboard, reply_to: int | None) -> list[int]:
        try:
            message = await self._delivery.deliver(
                place.chat_id,
                lambda chat_id: self._bot.send_message(
                    chat_id,
                    message_thread_id=place.thread_id,
                    reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
                    **content_of(part, keyboard),
                ),
            )
        except BadRequest as error:
            if "thread not found" in error.message.lower() and place.thread_id is not None:
                return await self._send_part(replace(place, thread_id=None), part, keyboard, reply_to)
            changed = in_other_words(error, part, keyboard)
            if changed is None:
                self._note_rejected(error, place)
                return []
            parts, keyboard = changed
            return await self._send_in_turn(place, parts, keyboard, reply_to)
        return [message.message_id] if message else []

    async def _send_in_turn(
        self, place: Place, parts: Sequence[Part], keyboard: Keyboard, reply_to: int | None
    ) -> list[int]:
        sent: list[int] = []
        for number, part in enumerate(parts, start=1):
            sent += await self._send_part(place, part, keyboard if number == len(parts) else (), reply_to)
            reply_to = None
        return sent

    async def _edit_part(
        self, place: Place, message_id: int, part: Part, keyboard: Keyboard, *, reply_to: int | None
    ) -> list[int]:
        try:
            await self._delivery.deliver(
                place.chat_id,
                lambda chat_id: self._bot.edit_message_text(
                    chat_id=chat_id, message_id=message_id, **content_of(part, keyboard)
                ),
                is_idempotent=True,
            )
        except BadRequest as error:
            reason = error.message.lower()
            if "not modified" in reason:
                return [message_id]
            if any(words in reason for words in _GONE):
                return await self._send_part(place, part, keyboard, reply_to)
            changed = in_other_words(error, part, keyboard)
            if changed is None:
                self._note_rejected(error, place)
                return [message_id]
            parts, keyboard = changed
            on_first = keyboard if len(parts) == 1 else ()
            first = await self._edit_part(place, message_id, parts[0], on_first, reply_to=reply_to)
            return [*first, *await self._send_in_turn(place, parts[1:], keyboard, reply_to)]
        return [message_id]

    async def _delete(self, place: Place, message_id: int) -> None:
        try:
            await self._delivery.deliver(
                place.chat_id, lambda chat_id: self._bot.delete_message(chat_id, message_id), is_idempotent=True
            )
        except BadRequest as error:  # older than 48 hours, or gone
            self._note_rejected(error, place)

    def _note_rejected(self, error: BadRequest, place: Place) -> None:
        self._metrics.send_fault("rejected")
        reason = re.split('[:"]', error.message, maxsplit=1)[0]  # what follows may quote what was to be sent
        _log.warning("Telegram does not take it for chat %s: %s", pseudonym(place.chat_id), reason)
