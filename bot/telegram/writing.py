"""The parts of one message on their way to one place, in other words where Telegram does not take them as they are."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import ReplyParameters
from telegram.error import BadRequest

from bot.telegram.logs import pseudonym
from bot.telegram.payload import content_of, in_other_words

if TYPE_CHECKING:
    from telegram import Bot

    from bot.state.records import Place
    from bot.telegram.delivery import Delivery
    from bot.telegram.monitoring import Metrics
    from bot.telegram.render import Keyboard, Part

_GONE = ("not found", "can't be edited", "message_id_invalid", "message identifier is not specified")

_log = logging.getLogger(__name__)


class Writer:
    """Writes to one place, with `patience_s` for each part.

    All of it raises NotDelivered, MayHaveArrived and Unreachable, as Delivery does. What Telegram takes in no words at
    all has a line in the log.
    """

    def __init__(self, bot: Bot, delivery: Delivery, metrics: Metrics, place: Place, patience_s: float) -> None:
        self._bot = bot
        self._delivery = delivery
        self._metrics = metrics
        self._place = place
        self._patience_s = patience_s

    async def send(self, part: Part, keyboard: Keyboard, reply_to: int | None) -> list[int]:
        """Send a part; the messages that it became."""
        try:
            message = await self._delivery.deliver(
                self._place.chat_id,
                lambda chat_id: self._bot.send_message(
                    chat_id,
                    message_thread_id=self._place.thread_id,
                    reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
                    **content_of(part, keyboard),
                ),
                self._patience_s,
            )
        except BadRequest as error:
            if "thread not found" in error.message.lower() and self._place.thread_id is not None:
                self._place = replace(self._place, thread_id=None)
                return await self.send(part, keyboard, reply_to)
            changed = in_other_words(error, part, keyboard)
            if changed is None:
                self.note_rejected(error)
                return []
            parts, keyboard = changed
            return await self._send_in_turn(parts, keyboard, reply_to)
        return [message.message_id]

    async def edit(self, message_id: int, part: Part, keyboard: Keyboard, reply_to: int | None) -> list[int]:
        """Put a part in the place of a message; one that is gone, or takes nothing, gets a new one instead."""
        try:
            await self._delivery.deliver(
                self._place.chat_id,
                lambda chat_id: self._bot.edit_message_text(
                    chat_id=chat_id, message_id=message_id, **content_of(part, keyboard)
                ),
                self._patience_s,
                is_idempotent=True,
            )
        except BadRequest as error:
            reason = error.message.lower()
            if "not modified" in reason:
                return [message_id]
            changed = None if any(words in reason for words in _GONE) else in_other_words(error, part, keyboard)
            if changed is None:
                return await self.send(part, keyboard, reply_to)
            parts, keyboard = changed
            on_first = keyboard if len(parts) == 1 else ()
            first = await self.edit(message_id, parts[0], on_first, reply_to)
            return [*first, *await self._send_in_turn(parts[1:], keyboard, reply_to)]
        return [message_id]

    async def delete(self, message_id: int) -> None:
        """Delete a message; what is older than 48 hours, or gone, stays as it is."""
        try:
            await self._delivery.deliver(
                self._place.chat_id,
                lambda chat_id: self._bot.delete_message(chat_id, message_id),
                self._patience_s,
                is_idempotent=True,
            )
        except BadRequest as error:
            self.note_rejected(error)

    def note_rejected(self, error: BadRequest) -> None:
        """One line on what Telegram does not take."""
        self._metrics.send_fault("rejected")
        reason = re.split('[:"]', error.message, maxsplit=1)[0]  # what follows may quote what was to be sent
        _log.warning("Telegram does not take it for chat %s: %s", pseudonym(self._place.chat_id), reason)

    async def _send_in_turn(self, parts: Sequence[Part], keyboard: Keyboard, reply_to: int | None) -> list[int]:
        sent: list[int] = []
        for number, part in enumerate(parts, start=1):
            sent += await self.send(part, keyboard if number == len(parts) else (), reply_to)
            reply_to = None
        return sent
