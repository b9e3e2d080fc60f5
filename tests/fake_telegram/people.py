"""People who use the bot, and the rooms they meet it in, as tests move them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.fake_telegram.chats import Action, Chat, Message, Query, User
from tests.fake_telegram.detect import detected
from tests.fake_telegram.entities import MAX_TEXT, covered, utf16
from tests.fake_telegram.errors import Json
from tests.fake_telegram.files import document_json, keep_file
from tests.fake_telegram.profile import member_json, menu
from tests.fake_telegram.seen import Button, Seen, seen

if TYPE_CHECKING:
    from tests.fake_telegram.fake import FakeTelegram


class Said(NamedTuple):
    """What a person did: the update it made (None: the bot does not get it), the message, and when."""

    update_id: int | None
    message_id: int
    order: int
    at: float


class Person:
    """Somebody with an account."""

    def __init__(self, telegram: FakeTelegram, user: User) -> None:
        self.telegram, self.user, self.id = telegram, user, user.id

    def private(self, *, started: bool = True) -> Room:
        """Their chat with the bot; `started` False: in which they have not written yet, so the bot may not either."""
        with self.telegram.lock:
            chats = self.telegram.world.chats
            if self.id not in chats:
                chats[self.id] = Chat(self.id, "private", person=self.user)
                chats[self.id].bot_status = "member" if started else "never"
        return Room(self.telegram, chats[self.id], self)

    def inline(self, query: str, *, chat_type: str = "private", offset: str = "") -> str:
        """Type after the bot's name in some chat; returns the query's id."""
        with self.telegram.lock:
            world = self.telegram.world
            number = f"{self.id}{next(world.numbers):09d}"
            world.inline[number] = Query(number, self.user, world.now(), data=query)
            body = {"id": number, "from": self.user.as_json(), "query": query, "offset": offset, "chat_type": chat_type}
            world.updates.add("inline_query", body)
        return number


@dataclass(frozen=True, slots=True)
class Room:
    """A chat, or a topic of one, and who speaks in it unless another is named."""

    telegram: FakeTelegram
    chat: Chat
    person: Person | None = None
    thread_id: int = 0

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    def topic(self, thread_id: int) -> Room:
        """A topic of this forum, made if need be."""
        self.chat.topics.add(thread_id)
        return Room(self.telegram, self.chat, self.person, thread_id)

    def say(
        self,
        text: str,
        *,
        by: Person | None = None,
        reply_to: int | Seen | Said | None = None,
        entities: list[Json] | None = None,
        **content: Any,
    ) -> Said:
        """Write a text. Its entities are found as Telegram finds them, unless given; `content` joins the message."""
        if not text or utf16(text) > MAX_TEXT:
            raise ValueError("people's messages have 1 to 4096 characters: Telegram's own programs split longer ones")
        found = detected(text) if entities is None else entities
        return self._put(by, reply_to, text=text, entities=found, content=content)

    def send(self, *, by: Person | None = None, caption: str = "", reply_to: Any = None, **content: Any) -> Said:
        """Send something that is no text: `sticker={…}`, `voice={…}` …"""
        found = detected(caption)
        return self._put(by, reply_to, caption=caption, caption_entities=found, content=content)

    def _put(self, by: Person | None, reply_to: Any, **said: Any) -> Said:
        with self.telegram.lock:
            target = self.chat.messages[message_id_of(reply_to)] if reply_to is not None else None
            sender = self._speaker(by)
            if self.chat.bot_status == "never":
                self.chat.bot_status = "member"
            message = self.telegram.world.add_message(
                self.chat, sender, reply_to=target, thread_id=self.thread_id, **said
            )
            return self._tell("message", message)

    def _speaker(self, by: Person | None) -> User:
        person = by or self.person
        if person is None:
            raise ValueError("say who speaks: by=…")
        return person.user

    def _tell(self, kind: str, message: Message) -> Said:
        """Make an update of a message, where the bot is there to get it."""
        world, update_id = self.telegram.world, None
        if self.chat.bot_status in {"member", "administrator"} and (not world.options.privacy or self._meant(message)):
            update_id = world.updates.add(kind, message.as_json())
        return Said(update_id, message.message_id, message.order, message.at)

    def _meant(self, message: Message) -> bool:
        """Whether the message passes privacy mode."""
        me = self.telegram.world.me
        if self.chat.is_private or (message.reply_to and message.reply_to.sender is me):
            return True
        for entity in message.entities:
            words = covered(message.text, entity).lower()
            if entity["type"] == "bot_command" and ("@" not in words or words.endswith(f"@{me.username.lower()}")):
                return True
            if entity["type"] == "mention" and self.telegram.options.mentions_pass:
                return words == f"@{me.username.lower()}"
        return False

    def edit(self, message: int | Seen | Said, text: str) -> Said:
        """Change the text of a person's message."""
        with self.telegram.lock:
            found = self.chat.messages[message_id_of(message)]
            found.versions.append(found.text)
            found.text, found.entities, found.edit_date = text, detected(text), int(self.telegram.world.now())
            found.order = next(self.telegram.world.numbers)
            return self._tell("edited_message", found)

    def delete(self, message: int | Seen | Said) -> None:
        """Delete a message for everyone; bots are not told."""
        with self.telegram.lock:
            del self.chat.messages[message_id_of(message)]

    def send_document(
        self,
        name: str,
        content: bytes,
        *,
        mime_type: str = "text/plain",
        size: int | None = None,
        caption: str = "",
        by: Person | None = None,
    ) -> Said:
        """Send a file; `size` is what is said of it, if not the truth."""
        with self.telegram.lock:
            file = keep_file(self.telegram.world, content, "documents", name, size=size)
            return self.send(by=by, caption=caption, document=document_json(file, name, mime_type))

    def _media(self, folder: str, **more: Any) -> Json:
        file = keep_file(self.telegram.world, b"\0" * 100, folder, "")
        return {"file_id": file.file_id, "file_unique_id": file.file_id[-16:], "file_size": 100, **more}

    def sticker(self, *, by: Person | None = None) -> Said:
        """Send a sticker."""
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular", "emoji": "👍"}
        return self.send(by=by, sticker=self._media("stickers", **shape))

    def voice(self, *, by: Person | None = None) -> Said:
        """Send a voice message."""
        return self.send(by=by, voice=self._media("voice", duration=3, mime_type="audio/ogg"))

    def photo(self, *, caption: str = "", by: Person | None = None) -> Said:
        """Send a photo."""
        return self.send(by=by, caption=caption, photo=[self._media("photos", width=90, height=60)])

    def video(self, *, caption: str = "", by: Person | None = None) -> Said:
        """Send a video."""
        return self.send(by=by, caption=caption, video=self._media("videos", width=90, height=60, duration=3))

    def location(self, *, by: Person | None = None) -> Said:
        """Send a place."""
        return self.send(by=by, location={"latitude": 31.95, "longitude": 35.93})

    def forward(self, text: str, *, by: Person | None = None) -> Said:
        """Forward a text of a person who hides their account."""
        origin = {"type": "hidden_user", "date": int(self.telegram.world.now()), "sender_user_name": "A channel"}
        return self.say(text, by=by, forward_origin=origin)

    def press(
        self, message: int | Seen, button: str | Button = "", *, by: Person | None = None, forged: str | None = None
    ) -> str:
        """Press a button, named by its text or its data, or send forged data; returns the query's id."""
        with self.telegram.lock:
            found = self.chat.messages.get(message_id_of(message))
            data = forged if forged is not None else pressed(found, button)
            return self.telegram.press(self.chat, message_id_of(message), data, self._speaker(by))

    def messages(self, *, by_bot: bool | None = None) -> list[Seen]:
        """What stands in the chat now, oldest first."""
        with self.telegram.lock:
            found = [seen(message) for message in self.chat.messages.values()]
        here = [one for one in found if not self.thread_id or one.thread_id == self.thread_id]
        return [one for one in here if by_bot is None or one.by_bot == by_bot]

    def actions(self) -> list[Action]:
        """The chat actions that were shown, oldest first."""
        return list(self.telegram.world.actions[self.chat.id])

    def menu(self, *, by: Person | None = None) -> list[Json]:
        """The commands that Telegram offers here."""
        with self.telegram.lock:
            return menu(self.telegram.world, self.chat, self._speaker(by))

    def bot_becomes(self, status: str, *, by: Person | None = None) -> None:
        """Change what the bot is here: member, administrator, left, kicked; the bot is told."""
        with self.telegram.lock:
            world, user = self.telegram.world, self._speaker(by)
            old, self.chat.bot_status = self.chat.bot_status, status
            body: Json = {"chat": self.chat.as_json(), "from": user.as_json(), "date": int(world.now())}
            body["old_chat_member"] = member_json(self.chat, world.me, old)
            world.updates.add("my_chat_member", body | {"new_chat_member": member_json(self.chat, world.me, status)})


def message_id_of(message: int | Seen | Said) -> int:
    """The number of a message, however it is named."""
    return message if isinstance(message, int) else message.message_id


def pressed(message: Message | None, button: str | Button) -> str:
    """The data of a message's button; LookupError where it has no such button to press."""
    rows = seen(message).rows if message else ()
    wanted = (button.text, button.data) if isinstance(button, Button) else (button, button)
    for one in (one for row in rows for one in row):
        if one.data and (one.text == wanted[0] or one.data == wanted[1]):
            return one.data
    raise LookupError(f"no button {button!r} to press among {rows}")
