"""Long polling: one poll at a time, the newer ends the older."""

from __future__ import annotations

import asyncio
from threading import Condition
from time import monotonic

from tests.fake_telegram.errors import PHRASES, ApiError, Json
from tests.fake_telegram.params import Params
from tests.fake_telegram.world import World

BY_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
MAX_LIMIT, MAX_TIMEOUT = 100, 50


class Polling:
    """Lives in the server's loop."""

    def __init__(self, world: World, lock: Condition) -> None:
        self.world, self.lock = world, lock
        self.poll: asyncio.Future[None] | None = None

    async def get_updates(self, params: Params) -> list[Json]:
        """getUpdates."""
        if self.world.webhook:
            raise ApiError(409, BY_WEBHOOK)
        self.end(PHRASES[409])
        limit = min(max(params.integer("limit", MAX_LIMIT), 1), MAX_LIMIT)
        timeout = min(max(params.integer("timeout"), 0), MAX_TIMEOUT)
        with self.lock:
            self.world.updates.allow(params.structure("allowed_updates"))
            if offset := params.integer("offset"):
                self.world.updates.acknowledge(offset, monotonic())
                self.lock.notify_all()
            if self.world.updates.waiting or not timeout:
                return self.world.updates.next(limit, monotonic())
            poll = self.poll = asyncio.get_running_loop().create_future()
            self.lock.notify_all()
        try:
            async with asyncio.timeout(timeout):
                await poll
        except TimeoutError:
            pass
        finally:
            with self.lock:
                self.poll = None if self.poll is poll else self.poll
                self.lock.notify_all()
        with self.lock:
            return self.world.updates.next(limit, monotonic())

    def wake(self) -> None:
        """Let the poll that waits take what there is now."""
        if self.poll and not self.poll.done():
            self.poll.set_result(None)

    def end(self, said: str) -> None:
        """Refuse the poll that waits with a 409."""
        if self.poll and not self.poll.done():
            self.poll.set_exception(ApiError(409, said))
