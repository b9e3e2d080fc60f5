"""Who may ask, and how much: allow-lists, a token bucket per person, and budgets for the day (UTC)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from bot.state.records import Place
from rag.settings import Settings

_MANY = 10_000
"""Buckets that are kept before the full ones among them are dropped: a full one is as good as none."""


class Counters(Protocol):
    """What the limits need of the state."""

    def spend(self, kind: str, subject: int, day: str, most: int | None) -> bool:
        """Count one more of `kind` on `day`; False, and nothing counted, where `most` are counted."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a question may be answered."""

    allowed: bool
    reason: Literal["not_allowed", "per_minute", "per_day"] | None = None
    tell: bool = False
    """Whether to say so: a limit is told once, then there is silence."""


ALLOWED = Admission(allowed=True)


@dataclass(slots=True)
class _Bucket:
    """Questions that a person may ask at once; as time goes by it fills up again."""

    tokens: float
    at: float


class Limits:
    """The limits of one bot, safe between threads. `clock` gives seconds since 1970."""

    def __init__(self, settings: Settings, state: Counters, *, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[int, _Bucket] = {}
        self._told: set[int] = set()
        """People who met a limit, were told, and have not been allowed anything since."""
        self._turned_away: tuple[str, set[int]] = ("", set())
        """The day, and the chats that were told on it that one may not ask there."""

    def is_admin(self, user_id: int) -> bool:
        """Whether that person administers the bot."""
        return user_id in (self._settings.admins or ())

    def admits(self, place: Place) -> bool:
        """Whether that person may ask there at all; without allow-lists anybody may."""
        users, groups = self._settings.allowed_users, self._settings.allowed_groups
        if (users is None and groups is None) or self.is_admin(place.user_id):
            return True
        return place.user_id in (users or ()) or (not place.is_private and place.chat_id in (groups or ()))

    def admit(self, place: Place) -> Admission:
        """Whether a question may be answered now; what is allowed is counted. Blocking: it may write a row.

        Raises:
            StoreUnusable: the state cannot be read or written.
        """
        day = self._day()
        if not self.admits(place):
            return self._turn_away(place.chat_id, day)
        if not self._take_token(place.user_id):
            return self._refuse(place.user_id, "per_minute")
        if not self._spend("user", place.user_id, day, self._settings.user_per_day):
            return self._refuse(place.user_id, "per_day")
        with self._lock:
            self._told.discard(place.user_id)
        return ALLOWED

    def may_write(self, place: Place) -> bool:
        """Whether the language model may write this answer; spends one of the group's budget and of the one for all.

        Blocking: it may write two rows.

        Raises:
            StoreUnusable: the state cannot be read or written.
        """
        day, settings = self._day(), self._settings
        # The group's first: what a group has too many of must cost the others nothing.
        if not place.is_private and not self._spend("llm", place.chat_id, day, settings.llm_group_per_day):
            return False
        return self._spend("llm", 0, day, settings.llm_per_day)

    def _spend(self, kind: str, subject: int, day: str, most: int | None) -> bool:
        """What has no limit is not written down."""
        return most is None or (most > 0 and self._state.spend(kind, subject, day, most))

    def _take_token(self, user_id: int) -> bool:
        most = self._settings.user_per_minute
        if not most:
            return most is None
        now = self._clock()
        with self._lock:
            if len(self._buckets) >= _MANY and user_id not in self._buckets:
                self._drop_full(most, now)
            bucket = self._buckets.setdefault(user_id, _Bucket(most, now))
            bucket.tokens, bucket.at = _filled(bucket, most, now), now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True

    def _drop_full(self, most: int, now: float) -> None:
        self._buckets = {
            user_id: bucket for user_id, bucket in self._buckets.items() if _filled(bucket, most, now) < most
        }

    def _refuse(self, user_id: int, reason: Literal["per_minute", "per_day"]) -> Admission:
        with self._lock:
            is_first = user_id not in self._told
            self._told.add(user_id)
        return Admission(allowed=False, reason=reason, tell=is_first)

    def _turn_away(self, chat_id: int, day: str) -> Admission:
        with self._lock:
            if self._turned_away[0] != day:
                self._turned_away = (day, set())
            is_first = chat_id not in self._turned_away[1]
            self._turned_away[1].add(chat_id)
        return Admission(allowed=False, reason="not_allowed", tell=is_first)

    def _day(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).date().isoformat()


def _filled(bucket: _Bucket, most: int, now: float) -> float:
    """What the bucket holds by now; a clock that was set back fills nothing."""
    return min(most, bucket.tokens + max(0.0, now - bucket.at) * most / 60)
