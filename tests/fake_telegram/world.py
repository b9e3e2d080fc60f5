"""The state of the fake Telegram, and the rules that hold for every call that touches a chat."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from itertools import count
from time import monotonic, time

from tests.fake_telegram.chats import Action, Chat, Draft, Message, Profile, Query, StoredFile, User
from tests.fake_telegram.errors import ApiError, Json, bad, forbidden, too_many
from tests.fake_telegram.options import Options
from tests.fake_telegram.transcript import Transcript
from tests.fake_telegram.updates import Updates

BOT_NAME = "isnad_test_bot"


class World:
    """Everything Telegram knows. Not thread-safe: the server holds a lock around each use."""

    def __init__(self, bot_id: int, transcript: Transcript, options: Options) -> None:
        self.me = User(bot_id, "Isnad", username=BOT_NAME, is_bot=True)
        self.options, self.transcript = options, transcript
        self.shift = 0.0
        self.users: dict[int, User] = {bot_id: self.me}
        self.chats: dict[int, Chat] = {}
        self.updates = Updates(transcript, self.now)
        self.callbacks: dict[str, Query] = {}
        self.inline: dict[str, Query] = {}
        self.files: dict[str, StoredFile] = {}
        self.actions: dict[int, list[Action]] = defaultdict(list)
        self.drafts: dict[int, Draft] = {}
        self.profile = Profile()
        self.webhook: Json = {}
        self.numbers = count(1)
        self.shared_ids = count(1)
        """Private chats and small groups number their messages together, as one account sees them."""
        self.sent: dict[object, deque[float]] = defaultdict(deque)

    def now(self) -> float:
        """The time in this world, in seconds since 1970."""
        return time() + self.shift

    def reach(self, chat_id: object) -> Chat:
        """The chat, where the bot may write in it."""
        if chat_id in {None, ""}:
            raise bad("chat_id is empty")
        chat = self.chats.get(int(str(chat_id))) if re.fullmatch(r"-?\d+", str(chat_id)) else None
        if chat is None:
            raise bad("chat not found")
        if chat.migrated_to:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, said, migrate_to_chat_id=chat.migrated_to)
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.bot_status in {"kicked", "left"}:
            if chat.is_private:
                raise forbidden("bot was blocked by the user")
            where = f"the {chat.type} chat"
            raise forbidden(
                f"bot was kicked from {where}" if chat.bot_status == "kicked" else f"bot is not a member of {where}"
            )
        if chat.bot_status == "never":
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def spend(self, chat: Chat) -> None:
        """Count a message to the chat; 429 where a limit is met. Off unless options set limits."""
        limits = [(chat.id, self.options.per_chat), ("all", self.options.overall)]
        if not chat.is_private:
            limits.append((("group", chat.id), self.options.per_group))
        now = monotonic()
        for key, limit in limits:
            if limit is None:
                continue
            most, seconds = limit
            while self.sent[key] and self.sent[key][0] <= now - seconds:
                self.sent[key].popleft()
            if len(self.sent[key]) >= most:
                raise too_many(max(1, round(self.sent[key][0] + seconds - now + 0.5)))
        for key, limit in limits:
            if limit is not None:
                self.sent[key].append(now)

    def add_message(self, chat: Chat, sender: User, **said: object) -> Message:
        """Put a message into a chat; `said` are fields of Message."""
        if chat.type == "supergroup":
            chat.last_id += 1
            message_id = chat.last_id
        else:
            message_id = next(self.shared_ids)
        message = Message(chat, message_id, sender, int(self.now()), order=next(self.numbers))
        for name, value in said.items():
            setattr(message, name, value)
        if message.reply_to and chat.type == "supergroup" and not chat.is_forum and not message.thread_id:
            message.thread_id = message.reply_to.thread_id or message.reply_to.message_id
        chat.messages[message_id] = message
        return message
