"""One call to Telegram until it is through, or until it cannot be: back-off for each chat by itself.

A send whose answer was lost may have arrived, and twice is worse than late. So only what surely did not
arrive, or what does no harm twice, is repeated.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter

from bot.telegram.logs import pseudonym
from bot.telegram.monitoring import Metrics
from bot.telegram.polling import kind_of

LONGEST_WAIT_S = 300.0
"""A chat that Telegram holds back for longer, or that cannot be sent to for so long, does not get this message."""
_MOST_REPEATS = 3
"""Of what may have been done, and does no harm twice."""
_LONGEST_PAUSE_S = 30.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Delivery:
    """Repeats, waits and gives up; what becomes of a chat on the way is told to `on_unreachable` and `on_migrated`."""

    def __init__(
        self,
        on_unreachable: Callable[[int], Awaitable[None]],
        on_migrated: Callable[[int, int], Awaitable[None]],
        metrics: Metrics,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._on_unreachable = on_unreachable
        self._on_migrated = on_migrated
        self._metrics = metrics
        self._clock = clock
        self._sleep = sleep
        self._held_until: dict[int, float] = {}
        self._moved: dict[int, int] = {}

    def is_held(self, chat_id: int) -> bool:
        """Whether Telegram wants nothing sent to that chat for now."""
        return self._wait_of(chat_id) > 0

    async def deliver(
        self, chat_id: int, call: Callable[[int], Awaitable[T]], *, is_idempotent: bool = False
    ) -> T | None:
        """What `call(chat_id)` returns, or None where it did not go through; the log has a line then.

        Raises:
            BadRequest: Telegram does not take it as it is; nothing was sent.
        """
        give_up_at, faults = self._clock() + LONGEST_WAIT_S, 0
        while await self._is_free(chat_id, give_up_at):
            try:
                return await call(self._moved.get(chat_id, chat_id))
            except RetryAfter as error:
                self._hold(chat_id, error)
            except ChatMigrated as error:
                if not await self._follow(chat_id, error.new_chat_id):
                    break
            except (BadRequest, Forbidden) as error:
                if isinstance(error, BadRequest) and "chat not found" not in error.message.lower():
                    raise
                await self._lose(chat_id)
                break
            except TelegramError as error:
                faults += 1
                pause = min(2.0 ** (faults - 1), _LONGEST_PAUSE_S)
                is_last = self._clock() + pause > give_up_at or (is_idempotent and faults > _MOST_REPEATS)
                if not self._may_repeat(error, chat_id, is_idempotent=is_idempotent, is_last=is_last):
                    break
                await self._sleep(pause)
        return None

    async def _is_free(self, chat_id: int, give_up_at: float) -> bool:
        """Wait for as long as Telegram holds the chat back; False where that is too long."""
        while (wait := self._wait_of(chat_id)) > 0:
            if self._clock() + wait > give_up_at:
                _log.warning("chat %s is held back for %d s more; given up", pseudonym(chat_id), wait)
                return False
            await self._sleep(wait)
        return True

    def _wait_of(self, chat_id: int) -> float:
        until = self._held_until.get(chat_id)
        if until is None:
            return 0.0
        wait = until - self._clock()
        if wait <= 0:
            del self._held_until[chat_id]
        return wait

    def _hold(self, chat_id: int, error: RetryAfter) -> None:
        self._metrics.send_fault("flood")
        wait = error._retry_after.total_seconds()  # noqa: SLF001  the public one warns of its own future, every time
        self._held_until[chat_id] = self._clock() + wait
        _log.warning("chat %s is held back for %d s", pseudonym(chat_id), wait)

    async def _follow(self, old_id: int, new_id: int) -> bool:
        """Note where a chat went; False where that is nowhere new."""
        self._metrics.send_fault("migrated")
        if self._moved.get(old_id, old_id) == new_id:
            return False
        self._moved[old_id] = new_id
        _log.info("chat %s is now %s", pseudonym(old_id), pseudonym(new_id))
        await self._on_migrated(old_id, new_id)
        return True

    async def _lose(self, chat_id: int) -> None:
        self._metrics.send_fault("unreachable")
        _log.info("chat %s cannot be reached", pseudonym(chat_id))
        await self._on_unreachable(chat_id)

    def _may_repeat(self, error: TelegramError, chat_id: int, *, is_idempotent: bool, is_last: bool) -> bool:
        self._metrics.send_fault("timeout" if isinstance(error, TimedOut) else "network")
        is_certain = surely_not_sent(error)
        repeats = (is_certain or is_idempotent) and not is_last
        then = "trying again" if repeats else "given up" if is_certain else "it may have arrived"
        _log.warning("a call for chat %s failed (%s): %s", pseudonym(chat_id), kind_of(error), then)
        return repeats


def surely_not_sent(error: TelegramError) -> bool:
    """Whether Telegram cannot have done it: no connection was made, or its server said that it failed."""
    if isinstance(error.__cause__, _NOT_SENT) or isinstance(error, InvalidToken | Conflict):
        return True
    is_status = error.__cause__ is None or isinstance(error.__cause__, TelegramError)
    return type(error) is NetworkError and is_status


class RateLimiter(AIORateLimiter):
    """PTB's, which asks for no leave to show that the bot types: a group has twenty calls a minute, for messages."""

    async def process_request(
        self, callback: Any, args: Any, kwargs: Any, endpoint: str, *rest: Any, **more: Any
    ) -> Any:
        """Call Telegram when it is time."""
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, *rest, **more)
