"""What the state store takes and gives: frozen dataclasses, no SQL, no Telegram."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.texts import Lang
from rag.schema import Citation, Nearest

Vote = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held: one person in one thread of one chat has one history."""

    chat_id: int
    user_id: int
    thread_id: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether nobody else reads along: Telegram gives groups negative numbers."""
        return self.chat_id > 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it came in: what the inbox keeps until it is answered."""

    update_id: int
    """Telegram's own number of the update: the same one never counts twice, if it was sent at the same second."""
    place: Place
    message_id: int
    """The message that asks; the answer replies to it."""
    text: str
    received_at: float
    """Seconds since 1970."""
    language_code: str | None = None
    """What the person's Telegram is set to, such as `ar` or `en-GB`."""
    is_edit: bool = False
    """Whether it is a new wording of a message that may be answered already: answered anew in place."""
    attempts: int = 0
    """How often answering it was begun."""
    sent_at: int = field(default=0, compare=False)
    """Seconds since 1970 by Telegram's clock: tells an update that comes again from another one with its number,
    which another bot, or one that was silent for a week, may be sent."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the buttons under an answer need, today or in a week: no passages, no timings."""

    answer_id: str
    """Ten letters and digits, at random: it stands in callback data."""
    place: Place | None
    """None when it is loaded: the store knows people and chats by keyed hashes only, see `State.owns`."""
    lang: Lang
    question: str
    status: str
    citations: tuple[Citation, ...] = ()
    more: tuple[Nearest, ...] = ()
    """Articles that were found too and are not cited."""
    nearest: tuple[Nearest, ...] = ()
    message_ids: tuple[int, ...] = ()
    """The messages that hold the answer; empty until it is sent. The keyboard is on the last."""
    vote: Vote = 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the store counts; days are UTC."""

    num_people: int
    """Of whom anything is kept."""
    num_questions: int
    """Dealt with since the beginning: they stay counted when their text is gone."""
    num_today: int
    num_answered: int
    num_weak: int
    num_refused: int
    num_other: int
    """Failed, late, or met by a limit."""
    num_up: int
    num_down: int
    """Votes on the answers that are still kept."""
    num_waiting: int
    num_unreachable: int
    """Chats that blocked the bot or are gone."""
