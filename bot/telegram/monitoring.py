"""What can be watched from outside: counters, and `/healthz` and `/metrics` on a port of the loopback."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import prometheus_client as prometheus
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

LOOPBACK = "127.0.0.1"
CHECK_TIMEOUT_S = 5.0
_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 20, 40, 60, 120)

_log = logging.getLogger(__name__)

Checks = Mapping[str, Callable[[], Awaitable[bool]]]
"""What has to hold, by name."""


class Metrics:
    """Numbers of the running bot. No label holds a person, a chat or a text."""

    def __init__(self) -> None:
        self._registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=self._registry)  # resident memory among others
        self._questions = prometheus.Counter(
            "isnad_questions", "Questions that are done, by what became of them.", ["status"], registry=self._registry
        )
        self._seconds = prometheus.Histogram(
            "isnad_question_seconds", "From the arrival of a question to its last message.",
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._updates = prometheus.Counter(
            "isnad_updates", "Updates that were handled, by kind.", ["kind"], registry=self._registry
        )
        self._faults = prometheus.Counter(
            "isnad_send_faults", "Calls to Telegram that did not go through.", ["kind"], registry=self._registry
        )
        self._errors = prometheus.Counter("isnad_errors", "Errors that nobody foresaw.", registry=self._registry)

    def question(self, status: str, seconds: float) -> None:
        """Count a question that is done; `seconds` since it arrived."""
        self._questions.labels(status).inc()
        self._seconds.observe(max(seconds, 0.0))

    def update(self, kind: str) -> None:
        """Count an update that was handled."""
        self._updates.labels(kind).inc()

    def send_fault(self, kind: str) -> None:
        """Count a call to Telegram that did not go through."""
        self._faults.labels(kind).inc()

    def unforeseen(self) -> None:
        """Count an error that nobody foresaw."""
        self._errors.inc()

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Show a number that `read` gives when it is asked for."""
        prometheus.Gauge(f"isnad_{name}", meaning, registry=self._registry).set_function(read)

    def page(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return prometheus.generate_latest(self._registry)


class Watchpost:
    """The HTTP server for those who watch the bot."""

    def __init__(self, metrics: Metrics, checks: Checks, refresh: Callable[[], Awaitable[None]]) -> None:
        """`refresh` is awaited before the metrics are read, for gauges that need blocking work."""
        given = {"metrics": metrics, "checks": checks, "refresh": refresh}
        self._server = HTTPServer(
            Application(
                [("/healthz", _Health, given), ("/metrics", _Numbers, given)],
                log_function=lambda _: None,
            )
        )

    def open(self, port: int) -> None:
        """Listen on the loopback.

        Raises:
            OSError: the port is taken.
        """
        self._server.listen(port, address=LOOPBACK)

    async def close(self) -> None:
        """Stop listening."""
        self._server.stop()
        await self._server.close_all_connections()


class _Watched(RequestHandler):
    def initialize(self, metrics: Metrics, checks: Checks, refresh: Callable[[], Awaitable[None]]) -> None:
        self.metrics, self.checks, self.refresh = metrics, checks, refresh


class _Health(_Watched):
    async def get(self) -> None:
        found = dict(zip(self.checks, await asyncio.gather(*map(_holds, self.checks.values())), strict=True))
        is_well = all(found.values())
        self.set_status(HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"ok": is_well, **found}))


class _Numbers(_Watched):
    async def get(self) -> None:
        await self.refresh()
        self.set_header("Content-Type", prometheus.CONTENT_TYPE_LATEST)
        self.finish(self.metrics.page())


async def _holds(check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check()
    except Exception as error:  # noqa: BLE001  whatever the check met, it does not hold
        _log.warning("a health check failed (%s)", type(error).__name__)
        return False
