"""The bot in this process, every part of it real, with the fake Telegram at the other end of the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.limits import Limits
from bot.telegram.application import _application
from bot.telegram.connection import ALLOWED_UPDATES, connect
from bot.telegram.context import AppContext, Identity
from bot.telegram.fair_queue import FairProcessor
from bot.telegram.inbox import InboxQueue
from bot.telegram.monitoring import Metrics
from bot.telegram.outbox import Outbox
from bot.telegram.parts import open_parts
from bot.telegram.polling import Pulse
from tests.corpus import settings_for
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.people import Room, Said
from tests.fake_telegram.seen import Seen
from tests.fake_telegram.server import TOKEN

if TYPE_CHECKING:
    from telegram.ext import Application, ExtBot

T = TypeVar("T")
ADMIN = 11


@dataclass
class Live:
    """The bot, driven one update at a time."""

    telegram: FakeTelegram
    runner: asyncio.Runner
    bot: ExtBot[None]
    app: AppContext
    application: Application[Any, Any, Any, Any, Any, Any]
    errors: list[BaseException] = field(default_factory=list)
    _offset: int = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def handle(self) -> None:
        """Handle whatever people have done, one after the other."""
        self.run(self._handle())
        if self.errors:
            raise self.errors.pop()

    def say(self, room: Room, text: str, **more: Any) -> list[Seen]:
        """Write a text; what the bot sent then."""
        return self.after(room, room.say(text, **more))

    def after(self, room: Room, said: Said) -> list[Seen]:
        self.handle()
        return [one for one in room.messages(by_bot=True) if one.order > said.order]

    async def _handle(self) -> None:
        updates = await self.bot.get_updates(offset=self._offset, timeout=0, allowed_updates=ALLOWED_UPDATES)
        for update in updates:
            self._offset = update.update_id + 1
            await self.app.inbox.put(update)
        while not self.app.inbox.empty():  # a button may ask a question
            await self.application.process_update(self.app.inbox.get_nowait())


@contextmanager
def live_bot(home: Path, **values: Any) -> Iterator[Live]:
    """The bot of a home; person 11 administers it."""
    with FakeTelegram() as telegram, asyncio.Runner() as runner:
        secrets = {"telegram_api_base": telegram.url, "telegram_bot_token": TOKEN}
        settings = settings_for(home, **{"admins": frozenset({ADMIN}), **secrets, **values})
        bot = connect(settings, TOKEN, Pulse(lambda _: None))
        runner.run(bot.initialize())
        parts = open_parts(settings)
        inbox, state, metrics = InboxQueue(), parts.state, Metrics()

        async def nothing(*_: object) -> None:
            pass

        app = AppContext(
            settings=settings,
            state=state,
            limits=Limits(settings, state),
            outbox=Outbox(bot, nothing, nothing, metrics=metrics),
            answering=parts.answering,
            catalogue=parts.catalogue,
            me=Identity(bot.id, bot.username),
            metrics=metrics,
            inbox=inbox,
        )
        application = _application(app, bot, inbox, FairProcessor(nothing))
        live = Live(telegram, runner, bot, app, application)

        async def note(update: object, context: Any) -> None:
            live.errors.append(context.error)

        application.error_handlers.clear()
        application.add_error_handler(note)
        runner.run(application.initialize())
        runner.run(inbox.open(state, app.me))
        try:
            yield live
        finally:
            runner.run(application.shutdown())
            parts.close()
