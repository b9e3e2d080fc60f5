"""The control API: what a test does in Python, over HTTP, so that a person or a script can play the users.

`GET /control` lists what there is. Each takes its values as a JSON object (POST) or from the address (GET), and
answers JSON. `user` is a person's number, made at first use; `chat` is their private chat unless it is given.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any
from urllib.parse import parse_qsl

from tests.fake_telegram.errors import Json
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.faults import EVERY_FAULT, Fault
from tests.fake_telegram.people import Person, Room, Said
from tests.fake_telegram.wire import Reply, Request

FAULT_FIELDS = {field.name for field in fields(Fault)}
MEDIA = ("sticker", "voice", "photo", "video", "location")
REFUSING_DELAY = 0.05


class Control:
    """Answers requests under /control; called from a worker thread."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self.telegram = telegram
        self.commands: dict[str, Callable[[Json], Any]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def __call__(self, request: Request) -> Reply:
        """Do what a request says; 400 with the reason where that can not be done."""
        name = request.path.removeprefix("/control").strip("/")
        if not name:
            lines = [f"/control/{command}: {work.__doc__}" for command, work in self.commands.items()]
            return Reply(200, "\n".join([str(__doc__), *lines, ""]).encode(), "text/plain; charset=utf-8")
        if name not in self.commands:
            return said(404, {"error": f"no such command: {name}"})
        try:
            given: Json = {key: value if key in WORDS else number(value) for key, value in parse_qsl(request.query)}
            given |= json.loads(request.body) if request.body else {}
            return said(200, self.commands[name](given))
        except (ValueError, LookupError, TypeError, TimeoutError) as error:
            return said(400, {"error": f"{type(error).__name__}: {error}"})

    def person(self, given: Json) -> Person:
        """The person that a command names."""
        account = ("first_name", "last_name", "username", "language_code")
        return self.telegram.user(int(given["user"]), **{name: given[name] for name in account if name in given})

    def room(self, given: Json) -> Room:
        """The chat that a command names, with the person that speaks."""
        person = self.person(given) if "user" in given else None
        if "chat" in given and not (person and int(given["chat"]) == person.id):
            room = self.telegram.room(int(given["chat"]))
            room = Room(self.telegram, room.chat, person or room.person)
        elif person:
            room = person.private()
        else:
            raise ValueError("say which user or chat")
        return room.topic(int(given["thread"])) if given.get("thread") else room

    def do_user(self, given: Json) -> Json:
        """user, first_name?, last_name?, username?, language_code?: a person, as they will be from now on."""
        person = self.person(given)
        for name in ("first_name", "last_name", "username", "language_code"):
            setattr(person.user, name, given.get(name, getattr(person.user, name)))
        return person.user.as_json()

    def do_group(self, given: Json) -> Json:
        """chat, title?, kind? (group or supergroup), forum?: a group with the bot in it."""
        settings = {name: given[name] for name in ("title", "kind", "forum") if name in given}
        return self.telegram.group(int(given["chat"]), **settings).chat.as_json()

    def do_say(self, given: Json) -> Json:
        """user, text, chat?, thread?, reply_to?, entities?: write a text."""
        return told(self.room(given).say(given["text"], reply_to=given.get("reply_to"), entities=given.get("entities")))

    def do_edit(self, given: Json) -> Json:
        """user, message_id, text, chat?: change a text."""
        return told(self.room(given).edit(int(given["message_id"]), given["text"]))

    def do_send(self, given: Json) -> Json:
        """user, kind (sticker, voice, photo, video, location, forward), chat?, text? (forward): send no question."""
        if given["kind"] == "forward":
            return told(self.room(given).forward(given["text"]))
        if given["kind"] not in MEDIA:
            raise ValueError(f"kind must be one of {', '.join(MEDIA)}, forward")
        send: Callable[[], Said] = getattr(self.room(given), given["kind"])
        return told(send())

    def do_document(self, given: Json) -> Json:
        """user, name, text or content_base64, size?, mime_type?, caption?, chat?: send a file."""
        content = base64.b64decode(given["content_base64"]) if "content_base64" in given else given["text"].encode()
        more = {name: given[name] for name in ("size", "mime_type", "caption") if name in given}
        return told(self.room(given).send_document(given["name"], content, **more))

    def do_press(self, given: Json) -> Json:
        """user, button (its text or data) or forged, chat?, message_id? (else the last with buttons), wait?: press."""
        room = self.room(given)
        with_buttons = [one.message_id for one in room.messages(by_bot=True) if one.buttons]
        message_id = int(given.get("message_id") or (with_buttons or [0])[-1])
        query = room.press(message_id, str(given.get("button", "")), forged=given.get("forged"))
        found: Json = {"query_id": query}
        return found | ({"toast": self.telegram.wait_for_toast(query, given["wait"])} if given.get("wait") else {})

    def do_inline(self, given: Json) -> Json:
        """user, query, wait?: an inline query."""
        query = self.person(given).inline(given["query"])
        found: Json = {"query_id": query}
        return found | ({"answer": self.telegram.wait_for_inline(query, given["wait"])} if given.get("wait") else {})

    def do_messages(self, given: Json) -> list[Json]:
        """user or chat: what stands in the chat now."""
        return [asdict(one) for one in self.room(given).messages()]

    def do_answer(self, given: Json) -> list[Json]:
        """user or chat, after? (an order), count?, wait?: the bot's messages, as soon as there are so many."""
        room, order = self.room(given), int(given.get("after", 0))
        after = Said(None, 0, order, 0.0)
        wait = float(given.get("wait", 10))
        found = self.telegram.wait_for_answers(room, int(given.get("count", 1)), after=after, timeout=wait)
        return [asdict(one) for one in found]

    def do_actions(self, given: Json) -> list[Json]:
        """user or chat: the chat actions that were shown."""
        return [asdict(one) for one in self.room(given).actions()]

    def do_menu(self, given: Json) -> list[Json]:
        """user, chat?: the commands that Telegram offers."""
        return self.room(given).menu()

    def do_profile(self, given: Json) -> Json:
        """What the bot said of itself."""
        profile = self.telegram.world.profile
        commands = {f"{scope}/{language or '*'}": found for (scope, language), found in profile.commands.items()}
        return {
            "commands": commands,
            "texts": {f"{key}/{code or '*'}": text for (key, code), text in profile.texts.items()},
        }

    def do_toast(self, given: Json) -> Json | None:
        """query_id: how a press was answered."""
        return self.telegram.toast(str(given["query_id"]))

    def do_block(self, given: Json) -> Json:
        """user, undo?: block the bot, or have it back."""
        (self.telegram.unblock if given.get("undo") else self.telegram.block)(self.person(given))
        return {}

    def do_migrate(self, given: Json) -> Json:
        """chat, to?: make a group a supergroup."""
        return self.telegram.migrate(self.room(given), given.get("to")).chat.as_json()

    def do_advance(self, given: Json) -> Json:
        """seconds: move the clock on."""
        self.telegram.advance(float(given["seconds"]))
        return {"now": self.telegram.world.now()}

    def do_fault(self, given: Json) -> Json:
        """method, name? or fields of a fault, times? (null: until cleared), skip?, chat?: order a fault."""
        known = {name: value for name, value in given.items() if name in FAULT_FIELDS and name != "name"}
        fault = replace(EVERY_FAULT[given["name"]] if "name" in given else Fault(), **known)
        chat = self.room({"chat": given["chat"]}) if "chat" in given else None
        times = given.get("times", 1)
        self.telegram.fail(given["method"], fault, times=times, chat=chat, skip=given.get("skip", 0))
        return asdict(fault)

    def do_faults(self, given: Json) -> Json:
        """clear?: every fault there is by name, and the orders that are left; or none any more."""
        if given.get("clear"):
            self.telegram.faults.clear()
        orders = [asdict(order) for order in self.telegram.faults.orders]
        return {"known": sorted(EVERY_FAULT), "orders": orders}

    def do_refuse(self, given: Json) -> Json:
        """seconds: drop every connection, this one too, and take none for so long."""
        loop = self.telegram.loop
        seconds = float(given["seconds"])
        loop.call_soon_threadsafe(loop.call_later, REFUSING_DELAY, self.telegram.deafen, seconds)
        return {"seconds": seconds}

    def do_revoke(self, given: Json) -> Json:
        """undo?: let the token be wrong."""
        self.telegram.revoke_token(revoked=not given.get("undo"))
        return {"revoked": self.telegram.revoked}

    def do_state(self, given: Json) -> Json:
        """What waits, the webhook, and how many calls there were."""
        world, calls = self.telegram.world, self.telegram.transcript.calls
        found = {"waiting": [update for _, update in world.updates.waiting], "webhook": world.webhook}
        return found | {"calls": len(calls), "polling": self.telegram.polling.poll is not None}

    def do_transcript(self, given: Json) -> Json:
        """after? (a call's number): everything that was said."""
        return self.telegram.transcript.as_json(int(given.get("after", 0)))


WORDS = {"text", "query", "button", "forged", "name", "query_id", "title", "username", "first_name", "last_name"}
"""What stays a string though it may look like a number."""


def number(value: str) -> Any:
    """A value from an address: JSON where it is that, else the word."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def told(what: Said) -> Json:
    """What a person did, as JSON."""
    return what._asdict()


def said(status: int, what: Any) -> Reply:
    """A reply of the control API."""
    return Reply(status, json.dumps(what, ensure_ascii=False, default=str).encode())
