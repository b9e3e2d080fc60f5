"""The bot without Telegram: every part is the real one, but for an outbox that records."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from telegram import Update

from bot.catalogue import Catalogue
from bot.limits import Limits
from bot.state.records import Place, Question
from bot.state.store import open_state
from bot.telegram.answering import Answering, Answers
from bot.telegram.context import AppContext, Identity
from bot.telegram.conversation import answer_question
from bot.telegram.inbox import InboxQueue
from bot.telegram.monitoring import Metrics
from bot.telegram.outbox import Outbox
from bot.telegram.render import Keyboard, Outgoing
from tests.bot.fakes import FakePipeline
from tests.corpus import settings_for

ME = Identity(user_id=99, username="IsnadBot")
PRIVATE, GROUP = Place(7, 7), Place(-100, 7)


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that sends."""

    how: str
    place: Place
    text: str
    keyboard: Keyboard
    ids: tuple[int, ...]
    reply_to: int | None = None

    @property
    def data(self) -> list[str]:
        return [button.data for row in self.keyboard for button in row]


@dataclass
class Recorder:
    """Stands for the Outbox."""

    events: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    before_act: Callable[[], Any] | None = None
    """Awaited before a sign of life is out."""
    is_lost: bool = False
    """Whether the chat cannot be reached."""
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    async def send(self, place: Place, outgoing: Outgoing, *, reply_to: int | None = None) -> tuple[int, ...]:
        ids = () if self.is_lost else tuple(next(self.ids) for _ in outgoing.parts)
        return self._note("send", place, outgoing, ids, reply_to)

    async def edit(
        self, place: Place, message_ids: Sequence[int], outgoing: Outgoing, *, reply_to: int | None = None
    ) -> tuple[int, ...]:
        return self._note("edit", place, outgoing, tuple(message_ids), reply_to)

    async def deliver(
        self, place: Place, outgoing: Outgoing, *, in_place_of: Sequence[int] = (), reply_to: int | None = None
    ) -> tuple[int, ...]:
        if in_place_of:
            return await self.edit(place, in_place_of, outgoing, reply_to=reply_to)
        return await self.send(place, outgoing, reply_to=reply_to)

    async def edit_keyboard(self, place: Place, message_id: int, keyboard: Keyboard) -> None:
        self._note("edit_keyboard", place, Outgoing((), keyboard), (message_id,), None)

    async def act(self, place: Place) -> None:
        self.events.append("act")
        if self.before_act:
            await self.before_act()
        self.events.append("acted")

    async def toast(self, callback_id: str, text: str = "", *, alert: bool = False) -> None:
        self.events.append("toast")
        self.toasts.append(text)

    @property
    def only(self) -> Sent:
        assert len(self.sent) == 1
        return self.sent[0]

    def _note(
        self, how: str, place: Place, outgoing: Outgoing, ids: tuple[int, ...], reply_to: int | None
    ) -> tuple[int, ...]:
        self.events.append(how)
        text = "\n".join(part.plain for part in outgoing.parts)
        self.sent.append(Sent(how, place, text, outgoing.keyboard, ids, reply_to))
        return ids


@dataclass
class SmallBot:
    """The parts, and ways to drive them."""

    app: AppContext
    outbox: Recorder
    pipeline: Any

    def ask(self, *questions: Question) -> None:
        """Answer questions one after the other."""

        async def work() -> None:
            for question in questions:
                await answer_question(self.app, question)

        asyncio.run(work())

    def take_in(self, *sent: Update | Question) -> list[Any]:
        """Put what Telegram sent into the queue; all that is in it then."""

        async def work() -> list[Any]:
            for one in sent:
                await self.app.inbox.put(one)
            return [self.app.inbox.get_nowait() for _ in range(self.app.inbox.qsize())]

        return asyncio.run(work())

    def open(self) -> int:
        return asyncio.run(self.app.inbox.open(self.app.state, ME))

    @property
    def waiting(self) -> list[Question]:
        return self.app.state.waiting()


@contextmanager
def small_bot(
    home: Path, pipeline: Answers | None = None, *, timeout_s: float = 30, **values: Any
) -> Iterator[SmallBot]:
    settings = settings_for(home, **values)
    state = open_state(settings)
    pipeline = pipeline or FakePipeline()
    catalogue, outbox = Catalogue(settings), Recorder()
    answering = Answering(pipeline, workers=2, timeout_s=timeout_s)
    app = AppContext(
        settings=settings,
        state=state,
        limits=Limits(settings, state),
        outbox=cast("Outbox", outbox),
        answering=answering,
        catalogue=catalogue,
        me=ME,
        metrics=Metrics(),
        inbox=InboxQueue(),
    )
    try:
        yield SmallBot(app, outbox, pipeline)
    finally:
        answering.close()
        catalogue.close()
        state.close()


def text_update(update_id: int, text: str, **changes: Any) -> Update:
    """A private text of person 7; `message_id` is the update's id unless it is given."""
    ana = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "ar"}
    chat = {"id": 7, "type": "private", "first_name": "Ana"}
    message = {"message_id": update_id, "date": 1_700_000_000, "chat": chat, "from": ana, "text": text, **changes}
    kind = "edited_message" if "edit_date" in changes else "message"
    return Update.de_json({"update_id": update_id, kind: message}, bot=None)
