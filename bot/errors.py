"""What ends the running bot, each with its exit code.

IsnadError
└── BotEnded
    ├── AnotherBotPolls    69  another process polls with this token
    ├── PollDied           70  Telegram has not been heard of for too long
    └── TokenRefused       78  Telegram does not know the token
"""

from __future__ import annotations

from typing import ClassVar

from rag.errors import IsnadError


class BotEnded(IsnadError):
    """The bot cannot go on."""

    exit_code: ClassVar[int]


class AnotherBotPolls(BotEnded):
    """Another process polls with this token."""

    exit_code = 69


class PollDied(BotEnded):
    """Telegram has not been heard of for too long."""

    exit_code = 70


class TokenRefused(BotEnded):
    """Telegram does not know the token."""

    exit_code = 78
