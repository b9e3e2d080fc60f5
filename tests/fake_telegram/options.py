"""What a test may want otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Options:
    """How this Telegram behaves where the real one may behave so or so."""

    privacy: bool = False
    """Whether groups hide what is not for the bot from it (BotFather's privacy mode)."""
    mentions_pass: bool = True
    """Whether mentions pass privacy mode; public reports differ."""
    query_seconds: float = 15.0
    """How long a button press or an inline query can be answered."""
    inaccessible_after: float = 48 * 3600.0
    """How old a message may be to come whole with a press of its buttons."""
    per_chat: tuple[int, float] | None = None
    """So many messages in so many seconds for each chat; None for no limit."""
    per_group: tuple[int, float] | None = None
    overall: tuple[int, float] | None = None
    webhook_proxy: str = ""
    """Where requests for the webhook's public address really go, as a proxy with TLS would send them."""
    webhook_retry_seconds: float = 1.0
