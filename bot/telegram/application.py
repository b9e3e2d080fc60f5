"""`isnad bot`: its parts are opened, Telegram is reached, and all of it ends in order and in time."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder

from bot.boundary import EXIT_DONE, exit_code_of
from bot.errors import BotEnded
from bot.limits import Limits
from bot.telegram import membership, menus
from bot.telegram.connection import connect, listen, token_of, until_it_works
from bot.telegram.context import AppContext, Identity
from bot.telegram.ending import EDGE_S, Edge
from bot.telegram.fair_queue import FairProcessor
from bot.telegram.handlers import failure_handler, handlers_of, turn_away
from bot.telegram.inbox import InboxQueue
from bot.telegram.logs import describe, note_lost_failure, start_logging
from bot.telegram.monitoring import Metrics
from bot.telegram.outbox import Outbox
from bot.telegram.parts import Parts, open_parts
from bot.telegram.polling import SILENCE_S, Pulse
from bot.telegram.vitals import Vitals
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram.ext import Application, ExtBot, Updater

    from rag.settings import Settings

_PURGE_EVERY_S = 86_400.0
_LAST_POLL_S = 2.0
"""For the poll that tells Telegram what has been taken in."""
_CLOSING_S = 0.7

_log = logging.getLogger(__name__)


def run_bot(settings: Settings, *, silence_s: float = SILENCE_S) -> int:
    """Run the bot until it is told to stop, and return the exit code.

    `silence_s` is how much longer than one poll Telegram may be silent.

    Raises:
        SettingsError: there is no token, or a port or an address cannot be used.
        BotEnded: it cannot go on.
        IsnadError: the state store cannot be used.
    """
    token = token_of(settings)
    start_logging(settings.log_level, token)
    edge = Edge(settings.stop_timeout_s)
    try:
        asyncio.run(_live(settings, token, edge, silence_s))
    finally:
        edge.settle()
    return EXIT_DONE


async def _live(settings: Settings, token: str, edge: Edge, silence_s: float) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(note_lost_failure)
    ending: asyncio.Future[BotEnded | None] = loop.create_future()

    def end(reason: BotEnded | None) -> None:
        if not ending.done():
            edge.start(exit_code_of(reason) if reason else EXIT_DONE, str(reason or "told to stop"))
            ending.set_result(reason)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, None)
    run = _Run(settings, token, Pulse(end), silence_s)
    starting = asyncio.create_task(run.start())
    either: set[asyncio.Future[Any]] = {starting, ending}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and not ending.done():
            starting.result()
        reason = await ending
    except Exception as error:  # it goes on to the boundary; the way there must not take for ever either
        edge.start(exit_code_of(error), str(error))
        raise
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await run.stop()
    if reason is not None:
        raise reason
    _log.info("stopped")


class _Run:
    """One run of the bot; whatever `start` has begun, `stop` ends, the last first."""

    def __init__(self, settings: Settings, token: str, pulse: Pulse, silence_s: float) -> None:
        self._settings = settings
        self._pulse = pulse
        self._silence_s = silence_s
        self._bot = connect(settings, token, pulse)
        self._ends = AsyncExitStack()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._finish_until = 0.0

    async def start(self) -> None:
        """Open the parts, reach Telegram, take up what waits, listen."""
        parts = await asyncio.to_thread(open_parts, self._settings)
        self._ends.push_async_callback(asyncio.to_thread, parts.close)
        self._begin(asyncio.to_thread(parts.warm_up))
        self._ends.push_async_callback(self._bot.shutdown)
        await until_it_works("start", self._bot.initialize)
        inbox = InboxQueue()
        app = _context(self._settings, parts, self._bot, inbox)
        processor = FairProcessor(partial(turn_away, app))
        inbox.refuse(processor.refuses)
        application = _application(app, self._bot, inbox, processor)
        await application.initialize()
        watchpost = Vitals(app, parts.pipeline, processor, self._pulse).open()
        if watchpost:
            self._ends.push_async_callback(watchpost.close)
        num_waiting = await inbox.open(app.state, app.me)
        await application.start()
        self._ends.push_async_callback(self._finish, application, processor, inbox)
        self._begin(menus.publish(app, self._bot))
        self._begin(_purge_for_ever(app))
        await listen(_updater_of(application), self._settings)
        self._ends.push_async_callback(self._stop_listening, _updater_of(application))
        if self._settings.webhook_url is None:
            self._pulse.beat()
            self._begin(self._pulse.watch(self._settings.poll_timeout_s + self._silence_s))
        self._ends.callback(processor.leave_questions)
        await _say_ready(app, num_waiting)

    async def stop(self) -> None:
        """End it all; what fails on the way has its line and does not keep the rest."""
        self._finish_until = asyncio.get_running_loop().time() + self._settings.stop_timeout_s - EDGE_S - _CLOSING_S
        for task in self._tasks:
            task.cancel()
        try:
            await self._ends.aclose()
        except Exception as error:  # noqa: BLE001  the process ends all the same
            _log.error("the end was not in order: %s", describe(error))

    async def _stop_listening(self, updater: Updater) -> None:
        with suppress(TimeoutError, TelegramError):  # the last poll is a courtesy: the inbox knows what came
            async with asyncio.timeout(min(_LAST_POLL_S, self._settings.stop_timeout_s / 4)):
                await updater.stop()

    async def _finish(
        self, application: Application[Any, Any, Any, Any, Any, Any], processor: FairProcessor, inbox: InboxQueue
    ) -> None:
        """Let what is being answered come to its end, within the limit; the inbox keeps the rest."""
        processor.leave_questions()
        try:
            async with asyncio.timeout_at(self._finish_until):
                await application.stop()
        except TimeoutError:
            _log.warning("%d updates were not finished in time", processor.num_in_work + processor.num_waiting)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_CLOSING_S / 3)
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_S / 3):
                await inbox.finish()

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Run something beside the rest; that it failed has its line."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("something at work beside the answering failed: %s", describe(error))


def _context(settings: Settings, parts: Parts, bot: ExtBot[Any], inbox: InboxQueue) -> AppContext:
    metrics, state = Metrics(), parts.state

    async def follow(old_id: int, new_id: int) -> None:
        await membership.follow(app, old_id, new_id)

    app = AppContext(
        settings=settings,
        state=state,
        limits=Limits(settings, state),
        outbox=Outbox(bot, partial(membership.lost, state), follow, metrics=metrics),
        answering=parts.answering,
        catalogue=parts.catalogue,
        me=Identity(bot.id, bot.username),
        metrics=metrics,
        inbox=inbox,
    )
    return app


def _application(
    app: AppContext, bot: ExtBot[Any], inbox: InboxQueue, processor: FairProcessor
) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = ApplicationBuilder().bot(bot).update_queue(inbox).concurrent_updates(processor).job_queue(None)
    application = builder.build()
    application.add_handlers(handlers_of(app))
    application.add_error_handler(failure_handler(app))
    return application


def _updater_of(application: Application[Any, Any, Any, Any, Any, Any]) -> Updater:
    if application.updater is None:
        raise RuntimeError("the application was built without an updater")
    return application.updater


async def _purge_for_ever(app: AppContext) -> None:
    while True:
        try:
            await app.state.call(app.state.delete_old)
            await app.eraser.erase(app.state)
        except Exception as error:  # noqa: BLE001  whatever the database raises: it must be tried again tomorrow
            _log.warning("what is old could not be erased: %s", describe(error))
        await asyncio.sleep(_PURGE_EVERY_S)


async def _say_ready(app: AppContext, num_waiting: int) -> None:
    try:
        num_articles = (await asyncio.to_thread(app.catalogue.overview)).num_articles
    except IsnadError:  # the warm-up has said it
        num_articles = 0
    if not num_articles:
        _log.warning("there are no articles yet: `isnad ingest FOLDER` adds some, while the bot runs")
    if num_waiting:
        _log.info("%d questions were left from the last run", num_waiting)
    _log.info("who may ask: %s", _who_may_ask(app.settings))
    _log.info("@%s is ready: %d articles", app.me.username, num_articles)


def _who_may_ask(settings: Settings) -> str:
    """In words, for the operator's eye: an allow-list that was emptied by mistake lets anyone in."""
    users, groups = settings.allowed_users, settings.allowed_groups
    if users is None and groups is None:
        return "anyone"
    num_people, num_groups = (len((ids or frozenset()) - {0}) for ids in (users, groups))  # 0 is nobody's number
    return f"{num_people} people, {num_groups} groups and the administrators"
