"""The updates that wait for the bot, and who fetches them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from tests.fake_telegram.errors import Json
from tests.fake_telegram.transcript import Transcript

KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    ]
)
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KEPT_SECONDS = 24 * 3600.0


class Updates:
    """A queue in which an update stays until it is acknowledged, or for a day."""

    def __init__(self, transcript: Transcript, clock: Callable[[], float]) -> None:
        self.waiting: deque[tuple[float, Json]] = deque()
        self.allowed = KINDS - ON_REQUEST
        self.last_id = 700_000_000
        self.transcript, self.clock = transcript, clock
        self.listeners: list[Callable[[], None]] = []

    def allow(self, kinds: object) -> None:
        """Remember which kinds are wanted: a list, empty for the usual ones; anything else changes nothing."""
        if isinstance(kinds, list):
            self.allowed = KINDS & set(kinds) or KINDS - ON_REQUEST

    def add(self, kind: str, body: Json) -> int | None:
        """A new update's number; None where the bot does not want that kind."""
        if kind not in self.allowed:
            return None
        self.last_id += 1
        self.waiting.append((self.clock(), {"update_id": self.last_id, kind: body}))
        self.transcript.arrive(self.last_id, kind, body)
        for listener in self.listeners:
            listener()
        return self.last_id

    def again(self, update_id: int) -> None:
        """Deliver an update once more, as Telegram may."""
        arrival = self.transcript.updates[update_id]
        self.waiting.appendleft((self.clock(), {"update_id": update_id, arrival.kind: arrival.body}))
        for listener in self.listeners:
            listener()

    def acknowledge(self, offset: int, now: float) -> None:
        """Forget what comes before `offset`; a negative one keeps the last -offset updates."""
        if offset < 0:
            offset = self.waiting[max(0, len(self.waiting) + offset)][1]["update_id"] if self.waiting else 0
        while self.waiting and self.waiting[0][0] < self.clock() - KEPT_SECONDS:
            self.waiting.popleft()
        while self.waiting and self.waiting[0][1]["update_id"] < offset:
            update = self.waiting.popleft()[1]
            self.transcript.updates[update["update_id"]].acknowledged = now

    def next(self, limit: int, now: float) -> list[Json]:
        """The first updates that wait, noted as handed out; they go on waiting."""
        handed = [update for _, update in list(self.waiting)[:limit]] if self.waiting else []
        for update in handed:
            self.transcript.updates[update["update_id"]].handed_out.append(now)
        return handed
