"""What Telegram knows: people, chats and what was written in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from tests.fake_telegram.errors import Json


@dataclass(slots=True)
class User:
    """A person, or the bot."""

    id: int
    first_name: str = "Someone"
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def as_json(self) -> Json:
        """The User of the Bot API."""
        found: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        return found


@dataclass(slots=True)
class Chat:
    """A private chat, a group or a supergroup."""

    id: int
    type: str
    title: str = ""
    person: User | None = None
    is_forum: bool = False
    topics: set[int] = field(default_factory=set)
    bot_status: str = "member"
    """member, administrator, left or kicked (in a private chat: blocked)."""
    statuses: dict[int, str] = field(default_factory=dict)
    """Of members who are more or less than members: creator, administrator, left, kicked."""
    migrated_to: int = 0
    deactivated: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0

    @property
    def is_private(self) -> bool:
        """Whether it is a chat of one person with the bot."""
        return self.type == "private"

    def as_json(self) -> Json:
        """The Chat of the Bot API."""
        found: Json = {"id": self.id, "type": self.type}
        if self.person:
            found["first_name"] = self.person.first_name
            for name in ("last_name", "username"):
                if getattr(self.person, name):
                    found[name] = getattr(self.person, name)
        else:
            found["title"] = self.title
        return found | ({"is_forum": True} if self.is_forum else {})


@dataclass(slots=True)
class Message:
    """A message as it stands now."""

    chat: Chat
    message_id: int
    sender: User
    date: int
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    markup: Json = field(default_factory=dict)
    reply_to: Message | None = None
    thread_id: int = 0
    edit_date: int = 0
    caption: str = ""
    caption_entities: list[Json] = field(default_factory=list)
    content: Json = field(default_factory=dict)
    """What it carries beside text: `document`, `sticker`, `location`, `forward_origin` …"""
    preview: Json = field(default_factory=dict)
    silent: bool = False
    order: int = 0
    """A number that grows over all chats."""
    at: float = field(default_factory=monotonic)
    versions: list[str] = field(default_factory=list)
    """The texts it had before it was edited."""
    reactions: list[Json] = field(default_factory=list)

    def as_json(self, *, depth: int = 1) -> Json:
        """The Message of the Bot API; the message it replies to is told without its own."""
        found: Json = {"message_id": self.message_id, "from": self.sender.as_json(), "chat": self.chat.as_json()}
        found["date"] = self.date
        if self.edit_date:
            found["edit_date"] = self.edit_date
        if self.thread_id:
            found["message_thread_id"] = self.thread_id
            if self.chat.is_forum:
                found["is_topic_message"] = True
        if self.reply_to and depth:
            found["reply_to_message"] = self.reply_to.as_json(depth=0)
        for name in ("text", "entities", "caption", "caption_entities"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if "inline_keyboard" in self.markup:
            found["reply_markup"] = self.markup
        return found | self.content


@dataclass(slots=True)
class Query:
    """A button press or an inline query that waits for its answer."""

    id: str
    user: User
    created: float
    """By the server's clock, which tests can move."""
    answer: Json | None = None
    answered_at: float = 0.0
    chat_id: int = 0
    data: str = ""


@dataclass(slots=True)
class StoredFile:
    """A file that Telegram keeps."""

    file_id: str
    content: bytes
    size: int
    path: str
    linked: float = 0.0
    """When getFile last gave a link to it, by the server's clock."""

    def as_json(self) -> Json:
        """The File of the Bot API."""
        found: Json = {"file_id": self.file_id, "file_unique_id": self.file_id[-16:], "file_size": self.size}
        return found | {"file_path": self.path}


@dataclass(slots=True)
class Profile:
    """What the bot said of itself: commands by (scope, language), texts by (kind, language)."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """A chat action such as "typing", which a person sees for five seconds or until a message comes."""

    action: str
    at: float
    thread_id: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is being written, as a private chat shows it for half a minute."""

    draft_id: int
    text: str
    entities: tuple[Json, ...]
    at: float
