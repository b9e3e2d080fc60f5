"""What can be watched from outside: counters, /healthz and /metrics on a loopback port."""

from __future__ import annotations


class Metrics:
    """Counters of the running bot. No label holds a person, a chat or a text."""

    def question(self, status: str, seconds: float) -> None:
        """Count a question that is done: answered, weak, refused, failed, timeout or limited; seconds from its arrival."""

    def update(self, kind: str) -> None:
        """Count an update that was handled: question, command, button, inline, member, other."""

    def send_fault(self, kind: str) -> None:
        """Count a call to Telegram that did not go through: flood, timeout, network, forbidden, rejected…"""

    def unforeseen(self) -> None:
        """Count an error that nobody foresaw."""
