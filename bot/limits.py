"""Who may ask, and how much: allow-lists, token buckets per person, and budgets for the day (UTC)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from bot.buckets import Buckets
from bot.recent import Recent
from bot.state.records import Place
from rag.settings import Settings

LOOKS_PER_MINUTE = 30
"""Inline queries: Telegram sends one with every pause in typing, so they count against nothing else."""
REPLIES_PER_MINUTE, REPLIES_AT_ONCE = 30, 60
"""Of everything that gets a reply and is no question: commands, buttons, stickers. Nobody means more than that."""
_TOLD_AGAIN_S = 60.0
_REMEMBERED = 10_000
"""People and chats that were told of a limit; who is forgotten among so many is told once more."""


class Counters(Protocol):
    """What the limits need of the state."""

    def spend(self, kind: str, subject: int, day: str, most: int | None) -> bool:
        """Count one more of `kind` on `day`; False, and nothing counted, where `most` are counted."""

    def was_once(self, chat_id: int, old_ids: Collection[int]) -> bool:
        """Whether that group had one of those numbers before it became a supergroup."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a question may be answered."""

    allowed: bool
    reason: Literal["not_allowed", "per_minute", "per_day", "pace"] | None = None
    tell: bool = False
    """Whether to say so: a limit is told once, then there is silence."""


ALLOWED = Admission(allowed=True)


class Limits:
    """The limits of one bot, safe between threads. `clock` gives seconds since 1970."""

    def __init__(self, settings: Settings, state: Counters, *, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()
        self._questions = Buckets(settings.user_per_minute)
        self._looks = Buckets(LOOKS_PER_MINUTE)
        self._replies = Buckets(REPLIES_PER_MINUTE, REPLIES_AT_ONCE)
        self._told: Recent[int, None] = Recent(_REMEMBERED)
        """People who met a limit, were told, and have not been allowed anything since."""
        self._hurried: Recent[int, float] = Recent(_REMEMBERED)
        """People who wanted too many replies, and when they were told."""
        self._turned_away: Recent[int, str] = Recent(_REMEMBERED)
        """Chats that were told that one may not ask there, and on which day."""

    def is_admin(self, user_id: int) -> bool:
        """Whether that person administers the bot."""
        return user_id in (self._settings.admins or ())

    def admits(self, place: Place) -> bool:
        """Whether that person may ask there at all; without allow-lists anybody may."""
        users, groups = self._settings.allowed_users, self._settings.allowed_groups
        if (users is None and groups is None) or self.is_admin(place.user_id):
            return True
        return place.user_id in (users or ()) or (not place.is_private and self.is_allowed_group(place.chat_id))

    def is_allowed_group(self, chat_id: int) -> bool:
        """Whether everybody in that group may ask: the list names it, or what it was before it was a supergroup."""
        groups = self._settings.allowed_groups or ()
        return chat_id in groups or self._state.was_once(chat_id, groups)

    def admit(self, place: Place) -> Admission:
        """Whether a question may be answered now; what is allowed is counted. Blocking: it may write a row.

        Raises:
            StoreUnusable: the state cannot be read or written.
        """
        day = self._day()
        if not self.admits(place):
            return self._turn_away(place.chat_id, day)
        with self._lock:
            is_in_time = self._questions.take(place.user_id, self._clock())
        if not is_in_time:
            return self._refuse(place.user_id, "per_minute")
        if not self._spend("user", place.user_id, day, self._settings.user_per_day):
            return self._refuse(place.user_id, "per_day")
        with self._lock:
            self._told.drop(place.user_id)
        return ALLOWED

    def may_look(self, place: Place) -> bool:
        """Whether an inline query may be answered now; it is no question of the person's, and nobody is told of it."""
        settings = self._settings
        if 0 in {settings.user_per_minute, settings.user_per_day} or not self.admits(place):
            return False
        with self._lock:
            return self._looks.take(place.user_id, self._clock())

    def pace(self, user_id: int) -> Admission:
        """Whether the person may have one more reply to what is no question; who hurries on is told once a minute."""
        now = self._clock()
        with self._lock:
            if self._replies.take(user_id, now):
                return ALLOWED
            told_at = self._hurried.get(user_id)
            tell = told_at is None or not 0 <= now - told_at < _TOLD_AGAIN_S
            if tell:
                self._hurried.note(user_id, now)
        return Admission(allowed=False, reason="pace", tell=tell)

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

    def _refuse(self, user_id: int, reason: Literal["per_minute", "per_day"]) -> Admission:
        with self._lock:
            is_first = self._told.note(user_id, None)
        return Admission(allowed=False, reason=reason, tell=is_first)

    def _turn_away(self, chat_id: int, day: str) -> Admission:
        with self._lock:
            is_first = self._turned_away.get(chat_id) != day
            self._turned_away.note(chat_id, day)
        return Admission(allowed=False, reason="not_allowed", tell=is_first)

    def _day(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
