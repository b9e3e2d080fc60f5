"""Who is who without Telegram's ids: keyed hashes, whose key stands in the state itself."""

from __future__ import annotations

import hmac
import secrets

import sqlalchemy as sa

from bot.state import tables
from bot.state.database import Database, insert_into
from bot.state.records import Place

_SECRET = "secret"  # noqa: S105 - the name of the fact, not the secret
_NUM_BYTES = 16


class Keys:
    """The names that people and chats have in the tables; a person and the private chat with them have two."""

    def __init__(self, secret: str) -> None:
        self._secret = bytes.fromhex(secret)

    def person(self, user_id: int) -> str:
        """The name of a person."""
        return self._key("person", user_id)

    def chat(self, chat_id: int) -> str:
        """The name of a chat."""
        return self._key("chat", chat_id)

    def place(self, place: Place) -> dict[str, str | int]:
        """The columns `person`, `chat` and `thread` of a place."""
        return {
            "person": self.person(place.user_id),
            "chat": self.chat(place.chat_id),
            "thread": place.thread_id or 0,
        }

    def subject(self, kind: str, number: int) -> str:
        """Whose counter of `kind` it is: a person's for "user", else a group's, and everybody's for 0."""
        if kind == "user":
            return self.person(number)
        return self.chat(number) if number else ""

    def digest(self, text: str) -> str:
        """A hash of `text` that tells nothing to who has not the state."""
        return self._hashed(f"text:{text}")

    def _key(self, kind: str, number: int) -> str:
        return self._hashed(f"{kind}:{number}")

    def _hashed(self, text: str) -> str:
        return hmac.digest(self._secret, text.encode(), "sha256")[:_NUM_BYTES].hex()


def read_keys(database: Database) -> Keys:
    """The keys of this state; the secret is made with the first look."""
    with database.writing() as connection:
        new = {"name": _SECRET, "value": secrets.token_hex(32)}
        connection.execute(insert_into(tables.facts, connection.dialect.name).on_conflict_do_nothing(), new)
        stated = sa.select(tables.facts.c.value).where(tables.facts.c.name == _SECRET)
        return Keys(connection.execute(stated).scalar_one())
