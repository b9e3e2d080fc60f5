"""The entities that Telegram itself finds in what people write."""

from __future__ import annotations

import re

from tests.fake_telegram.entities import utf16
from tests.fake_telegram.errors import Json

FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,;:!?)])"
    r"|(?P<email>\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}\b)"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/<>@])"
    r"|(?<![\w])(?P<mention>@[A-Za-z0-9_]{3,32})(?!\w)"
    r"|(?<![\w])(?P<hashtag>#(?=\S*[^\W\d])\w{1,255})"
)


def detected(text: str) -> list[Json]:
    """Links, addresses, commands, mentions and hashtags, with offsets in UTF-16 units."""
    return [
        {"type": found.lastgroup, "offset": utf16(text[: found.start()]), "length": utf16(found[0])}
        for found in FOUND.finditer(text)
    ]
