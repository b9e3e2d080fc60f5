"""The fake Telegram as a server: addresses, token, faults, long polling, in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Self

from tests.fake_telegram.errors import ApiError
from tests.fake_telegram.faults import Faults
from tests.fake_telegram.files import linked_file
from tests.fake_telegram.hook import deliver_all
from tests.fake_telegram.methods import NAMES, perform
from tests.fake_telegram.options import Options
from tests.fake_telegram.params import Params, read_params
from tests.fake_telegram.polling import Polling
from tests.fake_telegram.replies import refusal, spoilt
from tests.fake_telegram.transcript import Call, Transcript
from tests.fake_telegram.wire import Connection, Reply, Request
from tests.fake_telegram.world import World

TOKEN = "123456:TEST-fake-telegram-token_0123456789"  # noqa: S105 - opens nothing
ADDRESS = re.compile(r"/(file/)?bot([^/]+)/(.+)")
WELL_FORMED = re.compile(r"\d+:[A-Za-z0-9_-]+")
BY_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
MAX_LIMIT, MAX_TIMEOUT = 100, 50


class Server:
    """Answers like api.telegram.org on a loopback port. Everything but the loop's own work may come from any thread."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        port: int = 0,
        options: Options | None = None,
        transcript: Path | None = None,
    ) -> None:
        self.token, self.port = token, port
        self.options = options or Options()
        self.transcript, self.faults = Transcript(transcript), Faults()
        self.world = World(int(token.partition(":")[0]), self.transcript, self.options)
        self.world.updates.listeners.append(self.wake)
        self.lock = threading.Condition(threading.RLock())
        self.control: Callable[[Request], Reply] | None = None
        self.revoked = False
        self.polling = Polling(self.world, self.lock)
        self.connections: set[Connection] = set()
        self.listener: asyncio.Server | None = None
        self.pushing: asyncio.Task[None] | None = None
        self.loop: asyncio.AbstractEventLoop
        self.stopping: asyncio.Event
        self.listening = threading.Event()

    @property
    def url(self) -> str:
        """The server's root: what TELEGRAM_API_BASE is set to."""
        return f"http://127.0.0.1:{self.port}"

    # life

    def start(self) -> Self:
        """Listen; return once connections are taken."""
        self.thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="fake-telegram", daemon=True)
        self.thread.start()
        self.listening.wait()
        if self.listener is None:
            raise OSError(f"port {self.port} is taken")
        return self

    def stop(self) -> None:
        """Hang up and end."""
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join()
        self.transcript.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    async def _live(self) -> None:
        self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            await self._listen()
        except OSError:
            return
        finally:
            self.listening.set()
        await self.stopping.wait()
        self.listening.clear()
        self.deafen()

    async def _listen(self) -> None:
        if self.listener is None:
            connect = partial(Connection, self, self.connections)
            self.listener = await self.loop.create_server(connect, "127.0.0.1", self.port, backlog=1024)
            self.port = self.listener.sockets[0].getsockname()[1]
            with self.lock:
                self.lock.notify_all()

    def deafen(self, seconds: float | None = None) -> None:
        """Hang up and stop listening, for good or for a while; in the server's thread."""
        if self.listener:
            self.listener.close()
            self.listener = None
        for connection in list(self.connections):
            connection.transport.abort()
        if seconds is not None:
            self.loop.call_later(seconds, lambda: self.loop.create_task(self._listen()))

    def in_loop(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the server's thread and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def refuse_connections(self, seconds: float | None = None) -> None:
        """Drop every connection and take no new ones, for a while or until `accept_connections`."""

        async def refuse() -> None:
            self.deafen(seconds)

        self.in_loop(refuse())

    def accept_connections(self) -> None:
        """Listen again, on the same port."""
        self.in_loop(self._listen())

    # requests

    def drops(self, path: str) -> bool:
        """Whether a fault says to hang up with the body unread."""
        found = ADDRESS.fullmatch(path)
        if found is None:
            return False
        method = "download" if found[1] else NAMES.get(found[3].lower(), found[3])
        with self.lock:
            order = self.faults.waiting(method)
            if order is None or order.fault.drop != "unread" or order.skip:
                return False
            call = self.transcript.begin(method, {})
            call.fault = self.faults.take(method).label
            self._end(call)
        return True

    async def respond(self, request: Request) -> Reply:
        """Answer a request: a call, a download, or the control API."""
        if request.path.startswith("/control") and self.control:
            return await asyncio.to_thread(self.control, request)
        found = ADDRESS.fullmatch(request.path)
        if found is None or not WELL_FORMED.fullmatch(found[2]):
            return refusal(ApiError(404, "Not Found"))
        if found[2] != self.token or self.revoked:
            return refusal(ApiError(401, "Unauthorized"))
        unreadable = None
        try:
            params = read_params(request.query, request.headers.get("content-type", ""), request.body)
        except ApiError as error:
            params, unreadable = Params(), error
        method = "download" if found[1] else NAMES.get(found[3].lower(), found[3])
        with self.lock:
            call = self.transcript.begin(method, {"path": found[3]} if found[1] else params.summary())
        try:
            reply = await self._serve(call, params, unreadable)
            call.answered = None if reply.drop else monotonic()
            call.status = 0 if reply.drop else reply.status
        except asyncio.CancelledError:
            call.client_gone = True
            raise
        else:
            return reply
        finally:
            with self.lock:
                self._end(call)

    def _end(self, call: Call) -> None:
        self.transcript.finish(call)
        self.lock.notify_all()

    async def _serve(self, call: Call, params: Params, unreadable: ApiError | None) -> Reply:
        """The reply to a call, with the fault that is on order for it."""
        with self.lock:
            fault = self.faults.take(call.method, call.chat_id)
        call.fault = fault.label
        if fault.delay_before:
            await asyncio.sleep(fault.delay_before)
        if fault.drop == "before":
            return Reply(drop=True)
        if fault.status and not fault.effect:
            call.error = fault.error.description
            return refusal(fault.error)
        try:
            if unreadable:
                raise unreadable
            reply = await self._perform(call, params)
            call.done = True
        except ApiError as error:
            call.error = error.description
            reply = refusal(error)
        with self.lock:
            self.lock.notify_all()
        if fault.delay_after:
            await asyncio.sleep(fault.delay_after)
        return spoilt(reply, fault)

    async def _perform(self, call: Call, params: Params) -> Reply:
        """Do what the call asks."""
        if call.method == "download":
            with self.lock:
                return Reply(200, linked_file(self.world, call.params["path"]), "application/octet-stream")
        if call.method == "getUpdates":
            call.result = await self.polling.get_updates(params)
        else:
            with self.lock:
                call.result = perform(self.world, call.method, params)
            if call.method == "setWebhook" and self.world.webhook:
                self.polling.end("Conflict: terminated by setWebhook request")
                self._wake()
        return Reply(200, json.dumps({"ok": True, "result": call.result}).encode())

    # updates

    def wake(self) -> None:
        """Let whoever waits for updates look again; called with the lock held, from any thread."""
        self.lock.notify_all()
        if self.listening.is_set():
            self.loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self.polling.wake()
        if self.world.webhook and (self.pushing is None or self.pushing.done()):
            self.pushing = self.loop.create_task(deliver_all(self.world, self.lock, self._called_by_webhook))

    async def _called_by_webhook(self, method: str, params: Params) -> None:
        """Do a call that stood in the webhook's response, whose result nobody hears."""
        with self.lock:
            call = self.transcript.begin(NAMES.get(method.lower(), method), params.summary())
        await self._serve(call, params, None)
        with self.lock:
            self._end(call)
