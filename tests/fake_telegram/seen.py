"""What a person sees of a chat."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fake_telegram.chats import Message
from tests.fake_telegram.errors import Json


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an inline keyboard."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person in the chat sees it now."""

    message_id: int
    by_bot: bool
    sender_id: int
    text: str
    entities: tuple[Json, ...]
    rows: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    thread_id: int
    edited: bool
    order: int
    at: float
    document: Json | None = None
    caption: str = ""
    preview: bool = True
    versions: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its buttons, row by row."""
        return tuple(button for row in self.rows for button in row)


def seen(message: Message) -> Seen:
    """What a person sees of a message."""
    rows = tuple(
        tuple(Button(one["text"], one.get("callback_data", ""), one.get("url", "")) for one in row)
        for row in message.markup.get("inline_keyboard", [])
    )
    return Seen(
        message.message_id,
        message.sender.is_bot,
        message.sender.id,
        message.text,
        tuple(message.entities),
        rows,
        message.reply_to.message_id if message.reply_to else None,
        message.thread_id,
        bool(message.edit_date),
        message.order,
        message.at,
        message.content.get("document"),
        message.caption,
        not message.preview.get("is_disabled", False),
        tuple(message.versions),
        tuple(str(one.get("emoji", "")) for one in message.reactions),
    )
