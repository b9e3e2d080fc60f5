"""The connection's pulse: what Telegram answers to polls, and when that has to end the bot.

PTB's polling can end while the process lives: a 401 ends its task without a word to anybody. So the
requests themselves are watched.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.errors import AnotherBotPolls, BotEnded, PollDied, TokenRefused

SILENCE_S = 60.0
"""How much longer than one poll the silence may last."""
_MOST_CONFLICTS, _CONFLICTS_WITHIN_S = 3, 60.0
_SETTLED_S = 60.0
_MOST_WHEN_SETTLED, _WITHIN_WHEN_SETTLED_S = 8, 180.0
"""A bot that has polled for a while outlasts a second copy that is started by mistake: the newcomer gives up first."""
_LONGEST_EXCUSE_S = 600.0
_UNNAMED_WAIT_S = 5

_log = logging.getLogger(__name__)


class Pulse:
    """When the last poll went through; calls `on_end` once, with the reason, when the bot has to end."""

    def __init__(self, on_end: Callable[[BotEnded], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._on_end = on_end
        self._clock = clock
        self._last = clock()
        self._excused_until = self._last
        self._started = self._last
        self._conflicts: deque[float] = deque(maxlen=_MOST_WHEN_SETTLED)
        self._has_ended = False

    @property
    def age_s(self) -> float:
        """Seconds since a poll went through."""
        return self._clock() - self._last

    def beat(self) -> None:
        """Note that a poll went through."""
        self._last = self._clock()

    def saw_poll(self, code: int, payload: bytes) -> None:
        """Note what a poll was answered with."""
        if code == HTTPStatus.OK:
            self.beat()
        elif code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:  # 404 where the token has not even the form
            self.end(token_refused())
        elif code == HTTPStatus.CONFLICT:
            self._saw_conflict()
        elif code == HTTPStatus.TOO_MANY_REQUESTS:
            seconds = _retry_after(payload)
            _log.warning("Telegram wants no poll for %d s", seconds)
            self._excused_until = self._clock() + seconds

    async def watch(self, limit_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """End the bot when no poll has gone through for `limit_s`; a wait that Telegram asked for does not count."""
        while (left := max(self._last, self._excused_until) + limit_s - self._clock()) > 0:
            await sleep(left)
        self.end(PollDied(f"No poll has gone through for {self.age_s:.0f} s.", seconds=round(self.age_s)))

    def end(self, reason: BotEnded) -> None:
        """End the bot, once."""
        if not self._has_ended:
            self._has_ended = True
            self._on_end(reason)

    def _saw_conflict(self) -> None:
        now = self._clock()
        self._conflicts.append(now)
        lately = [moment for moment in self._conflicts if now - moment <= _WITHIN_WHEN_SETTLED_S]
        is_settled = lately[0] - self._started >= _SETTLED_S
        num_close = sum(now - moment <= _CONFLICTS_WITHIN_S for moment in lately)
        if len(lately) >= _MOST_WHEN_SETTLED or (not is_settled and num_close >= _MOST_CONFLICTS):
            self.end(
                AnotherBotPolls("Another bot polls with this token: stop it, or give this one a token of its own.")
            )


class BeatRequest(HTTPXRequest):
    """The requests that fetch updates."""

    def __init__(self, pulse: Pulse, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pulse = pulse

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As PTB does; its pulse is felt."""
        code, payload = await super().do_request(*args, **kwargs)
        self._pulse.saw_poll(code, payload)
        return code, payload


class SendRequest(HTTPXRequest):
    """All other requests. Where nobody polls, they alone can find that the token is no longer good: `pulse` is told."""

    def __init__(self, pulse: Pulse | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pulse = pulse

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As PTB does, whose errors do not say which code they stand for.

        Raises:
            ServerFault: the code is 500 or above.
            RetryAfter: it is 429, and the answer does not say for how long.
        """
        code, payload = await super().do_request(*args, **kwargs)
        if code == HTTPStatus.UNAUTHORIZED and self._pulse is not None:
            self._pulse.end(token_refused())
        if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerFault(code)
        if code == HTTPStatus.TOO_MANY_REQUESTS and not _retry_after(payload):
            raise RetryAfter(_UNNAMED_WAIT_S)
        return code, payload


class ServerFault(NetworkError):
    """Telegram's server, or one in front of it, failed; what was asked for may be done."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


def token_refused() -> TokenRefused:
    """The error for a token that Telegram does not know."""
    return TokenRefused("Telegram refuses the token: take it anew from @BotFather and put it into TELEGRAM_BOT_TOKEN.")


def kind_of(error: BaseException) -> str:
    """What kind of fault it is, in a word or two: its text may hold the token or what somebody wrote."""
    if isinstance(error, ServerFault):
        return f"HTTP {error.status}"
    cause = error.__cause__
    names = [type(error).__name__]
    if isinstance(error, TelegramError) and cause is not None and not isinstance(cause, TelegramError):
        names.append(type(cause).__name__)
    return ": ".join(names)


def note_poll_fault(error: TelegramError) -> None:
    """One line for a poll that failed; PTB tries again by itself."""
    _log.warning("a poll failed (%s); trying again", kind_of(error))


def _retry_after(payload: bytes) -> float:
    """Seconds that a 429 asks to wait; 0 where it does not say."""
    try:
        return min(float(json.loads(payload)["parameters"]["retry_after"]), _LONGEST_EXCUSE_S)
    except (ValueError, TypeError, KeyError):
        return 0.0
