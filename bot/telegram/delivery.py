"""One call to Telegram until it is through, or until it cannot be: back-off for each chat by itself.

A send whose answer was lost may have arrived, and twice is worse than late. So only what surely did not
arrive, or what does no harm twice, is repeated; and how it ended is told apart.
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
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter

from bot.telegram.logs import pseudonym
from bot.telegram.monitoring import Metrics
from bot.telegram.payload import is_shut
from bot.telegram.polling import kind_of

TRY_AGAIN_S = 30.0
"""After which what was given up may be tried anew, where Telegram names no time of its own."""
_MOST_REPEATS, _MOST_RESENDS = 3, 2
"""Of what may have been done: where that does no harm, and where Telegram's own server says that it failed."""
_FAILED = frozenset({500, 502, 503})
"""Codes that mostly mean that nothing was done. With 504 somebody stopped waiting: nothing is known."""
_LONGEST_PAUSE_S = 30.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_MANY = 1000
"""Chats that are held back, before those that no longer are get dropped."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class NotDelivered(Exception):
    """It was not done, and may be tried again in `wait_s` seconds without any harm."""

    def __init__(self, wait_s: float, *, is_doubtful: bool = False) -> None:
        super().__init__(f"not delivered, again in {wait_s:.0f} s")
        self.wait_s = wait_s
        self.is_doubtful = is_doubtful
        """Whether Telegram was reached, so that waiting for the network may not be what helps."""
        self.sent: tuple[int, ...] = ()
        """Of a message in parts: the ids of those that were dealt with before."""
        self.num_parts = 0
        """How many these were."""


class MayHaveArrived(Exception):
    """Nobody knows whether it was done: doing it again could do it twice."""


class Unreachable(Exception):
    """The chat takes nothing from the bot."""


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
        self, chat_id: int, call: Callable[[int], Awaitable[T]], patience_s: float, *, is_idempotent: bool = False
    ) -> T:
        """What `call(chat_id)` returns, within `patience_s`; where it did not go through, the log has a line.

        Raises:
            BadRequest: Telegram does not take it as it is; nothing was sent.
            NotDelivered: it surely was not done; or it is idempotent, and may not have been.
            MayHaveArrived: it may have been done.
            Unreachable: the chat takes nothing.
        """
        give_up_at, faults, doubts = self._clock() + patience_s, 0, 0
        while True:
            wait = await self._until_free(chat_id, give_up_at)
            if wait > 0:
                break
            try:
                return await call(self._moved.get(chat_id, chat_id))
            except RetryAfter as error:
                self._hold(chat_id, error)
            except ChatMigrated as error:
                await self._follow(chat_id, error.new_chat_id)
            except (BadRequest, Forbidden) as error:
                if isinstance(error, BadRequest) and not is_shut(error):
                    raise
                await self._lose(chat_id)
                raise Unreachable from error
            except TelegramError as error:
                faults, doubts = faults + 1, doubts + (not surely_not_sent(error))
                pause = min(2.0 ** (faults - 1), _LONGEST_PAUSE_S)
                repeats = doubts <= _most_doubts(error, is_idempotent=is_idempotent)
                repeats = repeats and self._clock() + pause <= give_up_at
                self._note(error, chat_id, repeats=repeats, is_lost=bool(doubts) and not is_idempotent)
                if not repeats:
                    break
                await self._sleep(pause)
        if doubts and not is_idempotent:
            raise MayHaveArrived
        self._metrics.send_fault("undelivered")
        raise NotDelivered(max(wait, TRY_AGAIN_S), is_doubtful=bool(doubts))

    async def _until_free(self, chat_id: int, give_up_at: float) -> float:
        """Wait for as long as Telegram holds the chat back; the seconds that are left where that is too long."""
        while (wait := self._wait_of(chat_id)) > 0:
            if self._clock() + wait > give_up_at:
                _log.warning("chat %s is held back for %d s more; given up", pseudonym(chat_id), wait)
                return wait
            await self._sleep(wait)
        return 0.0

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
        if len(self._held_until) >= _MANY:
            now = self._clock()
            self._held_until = {chat: until for chat, until in self._held_until.items() if until > now}
        self._held_until[chat_id] = self._clock() + wait
        _log.warning("chat %s is held back for %d s", pseudonym(chat_id), wait)

    async def _follow(self, old_id: int, new_id: int) -> None:
        """Note where a chat went.

        Raises:
            Unreachable: that is nowhere new.
        """
        self._metrics.send_fault("migrated")
        if self._moved.get(old_id, old_id) == new_id:
            raise Unreachable
        self._moved[old_id] = new_id
        _log.info("chat %s is now %s", pseudonym(old_id), pseudonym(new_id))
        await self._on_migrated(old_id, new_id)

    async def _lose(self, chat_id: int) -> None:
        self._metrics.send_fault("unreachable")
        _log.info("chat %s cannot be reached", pseudonym(chat_id))
        await self._on_unreachable(chat_id)

    def _note(self, error: TelegramError, chat_id: int, *, repeats: bool, is_lost: bool) -> None:
        self._metrics.send_fault("timeout" if isinstance(error, TimedOut) else "network")
        then = "trying again" if repeats else "it may have arrived" if is_lost else "given up"
        _log.warning("a call for chat %s failed (%s): %s", pseudonym(chat_id), kind_of(error), then)


def surely_not_sent(error: TelegramError) -> bool:
    """Whether Telegram cannot have done it: no connection was made, or it does not even know the bot."""
    return isinstance(error.__cause__, _NOT_SENT) or isinstance(error, InvalidToken | Conflict)


def _most_doubts(error: TelegramError, *, is_idempotent: bool) -> int:
    """After how many faults that leave it open whether it was done the call is still repeated."""
    if is_idempotent:
        return _MOST_REPEATS
    return _MOST_RESENDS if surely_not_sent(error) or getattr(error, "status", 0) in _FAILED else 0


class RateLimiter(AIORateLimiter):
    """PTB's, which asks for no leave to show that the bot types: a group has twenty calls a minute, for messages."""

    async def process_request(
        self, callback: Any, args: Any, kwargs: Any, endpoint: str, *rest: Any, **more: Any
    ) -> Any:
        """Call Telegram when it is time."""
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, *rest, **more)
