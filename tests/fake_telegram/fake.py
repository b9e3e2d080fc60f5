"""The fake Telegram as tests hold it: the server, and everything a test does with it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Literal, TypeVar

from tests.fake_telegram.chats import Action, Chat, Draft, Message, Query, User
from tests.fake_telegram.errors import Json
from tests.fake_telegram.faults import EVERY_FAULT, Fault
from tests.fake_telegram.people import Person, Room, Said
from tests.fake_telegram.seen import Seen
from tests.fake_telegram.server import Server
from tests.fake_telegram.transcript import Call

Found = TypeVar("Found")
PATIENCE_SECONDS = 10.0
DRAFT_SECONDS = 30


class FakeTelegram(Server):
    """`with FakeTelegram() as telegram: telegram.user(7).private().say("…")`."""

    # who there is

    def user(
        self,
        user_id: int,
        *,
        first_name: str = "Someone",
        last_name: str = "",
        username: str = "",
        language_code: str = "",
    ) -> Person:
        """A person; the one known by that id, if there is one, with their account as it was made."""
        with self.lock:
            if user_id not in self.world.users:
                self.world.users[user_id] = User(user_id, first_name, last_name, username, language_code)
            return Person(self, self.world.users[user_id])

    def group(
        self,
        chat_id: int,
        *,
        title: str = "A group",
        kind: Literal["group", "supergroup"] = "supergroup",
        forum: bool = False,
        person: Person | None = None,
    ) -> Room:
        """A group with the bot in it; `person` speaks in it unless another is named."""
        with self.lock:
            if chat_id not in self.world.chats:
                self.world.chats[chat_id] = Chat(chat_id, kind, title=title, is_forum=forum)
            return Room(self, self.world.chats[chat_id], person)

    def room(self, chat_id: int) -> Room:
        """A chat that is there already."""
        with self.lock:
            chat = self.world.chats[chat_id]
            return Room(self, chat, Person(self, chat.person) if chat.person else None)

    # what happens to them

    def block(self, person: Person) -> None:
        """Let a person block the bot."""
        person.private().bot_becomes("kicked")

    def unblock(self, person: Person) -> None:
        """Let a person have the bot back."""
        person.private().bot_becomes("member")

    def migrate(self, group: Room, new_id: int | None = None, *, by: Person | None = None) -> Room:
        """Make a group a supergroup: it gets another id, both chats say so, and the old one refuses messages."""
        speaker = by or group.person or self.user(1)
        with self.lock:
            new = self.group(new_id or -1_000_000_000_000 + group.id, title=group.chat.title, person=group.person)
            group.send(by=speaker, migrate_to_chat_id=new.id)
            group.chat.migrated_to = new.id
            new.send(by=speaker, migrate_from_chat_id=group.id)
        return new

    def press(self, chat: Chat, message_id: int, data: str, user: User) -> str:
        """Make the update of a button press; returns the query's id."""
        with self.lock:
            number = f"{user.id}{next(self.world.numbers):09d}"
            self.world.callbacks[number] = Query(number, user, self.world.now(), chat_id=chat.id, data=data)
            body: Json = {"id": number, "from": user.as_json(), "chat_instance": str(hash(chat.id)), "data": data}
            body["message"] = self.pressed_on(chat, message_id, chat.messages.get(message_id))
            self.world.updates.add("callback_query", body)
        return number

    def pressed_on(self, chat: Chat, message_id: int, message: Message | None) -> Json:
        """The message as it comes with a press: without content where it is gone or old."""
        if message and self.world.now() - message.date <= self.options.inaccessible_after:
            return message.as_json()
        return {"chat": chat.as_json(), "message_id": message_id, "date": 0}

    def advance(self, seconds: float) -> None:
        """Move the server's clock on: messages get older, presses and links to files expire."""
        with self.lock:
            self.world.shift += seconds

    def fail(
        self, method: str, fault: Fault | str, *, times: int | None = 1, chat: Room | None = None, skip: int = 0
    ) -> None:
        """Order a fault (or one of EVERY_FAULT by name) for the next calls of a method; `times` None: for all."""
        found = EVERY_FAULT[fault] if isinstance(fault, str) else fault
        with self.lock:
            self.faults.order(method, found, times=times, chat_id=chat.id if chat else None, skip=skip)

    def redeliver(self, said: Said) -> None:
        """Hand out an update once more, as Telegram may."""
        with self.lock:
            self.world.updates.again(said.update_id or 0)

    def revoke_token(self, *, revoked: bool = True) -> None:
        """Let the token be wrong from now on."""
        self.revoked = revoked
        self.loop.call_soon_threadsafe(self._wake)

    # what a test sees

    def messages(self, chat: Room, *, by_bot: bool | None = None) -> list[Seen]:
        """What stands in a chat now."""
        return chat.messages(by_bot=by_bot)

    def actions(self, chat: Room) -> list[Action]:
        """The chat actions that were shown."""
        return chat.actions()

    def draft(self, chat: Room) -> Draft | None:
        """The draft that is seen now."""
        draft = self.world.drafts.get(chat.id)
        return draft if draft and monotonic() - draft.at <= DRAFT_SECONDS else None

    def toast(self, query_id: str) -> Json | None:
        """How a button press was answered; None as long as it is not."""
        return self.world.callbacks[query_id].answer

    def inline_answer(self, query_id: str) -> Json | None:
        """How an inline query was answered; None as long as it is not."""
        return self.world.inline[query_id].answer

    def wait_for(self, look: Callable[[], Found], timeout: float = PATIENCE_SECONDS, *, what: str = "") -> Found:
        """What `look` finds, as soon as it finds something; TimeoutError with the last calls where it does not."""
        end = monotonic() + timeout
        with self.lock:
            while not (found := look()):
                if not self.lock.wait(end - monotonic()) and monotonic() >= end:
                    calls = [f"{call.method} {call.params} -> {call.status} {call.error}" for call in self.last_calls()]
                    raise TimeoutError("\n  ".join([f"waited {timeout} s in vain for {what or look}; last:", *calls]))
            return found

    def last_calls(self) -> list[Call]:
        """The latest calls, without those of polling."""
        return [call for call in self.transcript.calls if call.method != "getUpdates"][-12:]

    def wait_for_answers(
        self, chat: Room, count: int = 1, *, after: Said | Seen | None = None, timeout: float = PATIENCE_SECONDS
    ) -> list[Seen]:
        """The bot's first messages in a chat after something, as soon as there are so many."""
        order = after.order if after else 0

        def look() -> list[Seen]:
            found = [one for one in chat.messages(by_bot=True) if one.order > order]
            return found if len(found) >= count else []

        return self.wait_for(look, timeout, what=f"{count} messages in {chat.id}")

    def wait_for_answer(
        self, chat: Room, *, after: Said | Seen | None = None, timeout: float = PATIENCE_SECONDS
    ) -> Seen:
        """The bot's first message in a chat after something."""
        return self.wait_for_answers(chat, after=after, timeout=timeout)[0]

    def wait_for_toast(self, query_id: str, timeout: float = PATIENCE_SECONDS) -> Json:
        """How a button press was answered, as soon as it is."""
        return self.wait_for(lambda: self.toast(query_id), timeout, what=f"the toast of {query_id}") or {}

    def wait_for_inline(self, query_id: str, timeout: float = PATIENCE_SECONDS) -> Json:
        """How an inline query was answered, as soon as it is."""
        return self.wait_for(lambda: self.inline_answer(query_id), timeout, what=f"an answer to {query_id}") or {}

    def wait_until_polled(self, timeout: float = PATIENCE_SECONDS) -> None:
        """Wait until a bot waits for updates."""
        self.wait_for(lambda: self.polling.poll, timeout, what="a poll")

    def wait_until_acknowledged(self, said: Said, timeout: float = PATIENCE_SECONDS) -> None:
        """Wait until the bot has fetched what was said and moved on."""
        if said.update_id is not None:
            arrival = self.transcript.updates[said.update_id]
            self.wait_for(lambda: arrival.acknowledged, timeout, what=f"update {said.update_id} to be acknowledged")
