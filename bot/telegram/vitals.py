"""Whether the bot is well: what `/healthz` asks, and the numbers that are read when somebody looks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telegram.connection import port_taken
from bot.telegram.monitoring import Watchpost

if TYPE_CHECKING:
    from bot.telegram.context import AppContext
    from bot.telegram.fair_queue import FairProcessor
    from bot.telegram.polling import Pulse
    from rag.pipeline import Pipeline

FRESH_S = 30.0
"""How much longer than one poll a healthy bot may have heard nothing."""
_ANY_WORD = "خبر"


@dataclass(slots=True)
class Vitals:
    """What is looked at from outside."""

    app: AppContext
    pipeline: Pipeline
    processor: FairProcessor
    pulse: Pulse
    generation: int = 0
    num_articles: int = 0

    def open(self) -> Watchpost | None:
        """Listen on the port of the settings; None where none is set.

        Raises:
            SettingsError: the port is taken.
        """
        port = self.app.settings.health_port
        if port is None:
            return None
        gauge = self.app.metrics.gauge
        gauge("waiting", "Updates that wait for their turn.", lambda: self.processor.num_waiting)
        gauge("in_work", "Updates that are being handled.", lambda: self.processor.num_in_work)
        gauge("last_poll_age_seconds", "Since a poll went through; of no meaning with a webhook.", self._poll_age)
        gauge("generation", "Of the index that serves.", lambda: self.generation)
        gauge("articles", "In the store.", lambda: self.num_articles)
        checks = {"poll": self._hears, "state": self._remembers, "index": self._finds}
        watchpost = Watchpost(self.app.metrics, checks, self._look)
        try:
            watchpost.open(port)
        except OSError as error:
            raise port_taken("ISNAD_HEALTH_PORT", port) from error
        return watchpost

    def _poll_age(self) -> float:
        return self.pulse.age_s

    async def _hears(self) -> bool:
        settings = self.app.settings
        return settings.webhook_url is not None or self.pulse.age_s < settings.poll_timeout_s + FRESH_S

    async def _remembers(self) -> bool:
        await self.app.state.call(self.app.state.prove)
        return True

    async def _finds(self) -> bool:
        await asyncio.to_thread(self.pipeline.search, _ANY_WORD, 1)
        return True

    async def _look(self) -> None:
        from rag.errors import IsnadError
        from rag.index.status import load_status

        try:
            status = await asyncio.to_thread(load_status, self.app.settings)
        except IsnadError:  # /healthz says so; the last numbers stand
            return
        self.generation, self.num_articles = status.generation, status.num_articles
