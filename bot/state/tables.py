"""The tables of the state. Their names begin with `bot_`, so that one PostgreSQL may hold the store of articles too.

A change here needs a step in `migrations`: what an older version made is carried forward, never made anew.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

_KEY = String(32)
"""A keyed hash, see `keys`."""
_COUNTER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""


def _id(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _update_id() -> Column[int]:
    return Column("update_id", BigInteger, primary_key=True, autoincrement=False)


version = Table("bot_version", metadata, Column("number", Integer, nullable=False))
"""One row: how many steps made these tables."""

facts = Table(
    "bot_facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""`secret`, which keys the hashes, and `erasing`, while deleted bytes may still be in the files."""

updates = Table(
    "bot_updates",
    metadata,
    _update_id(),
    Column("taken_at", Double, nullable=False),
    Column("sent_at", BigInteger, nullable=False, server_default=text("0")),
)
"""Every update that was taken in, so that one that comes again does nothing."""

inbox = Table(
    "bot_inbox",
    metadata,
    _update_id(),
    _id("chat_id"),
    _id("thread_id", nullable=True),
    _id("user_id"),
    _id("message_id"),
    Column("text", Text, nullable=False),
    Column("received_at", Double, nullable=False),
    Column("language_code", Text),
    Column("is_edit", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
)
"""The questions that wait for an answer: the only place of Telegram's ids, and only that long."""

people = Table("bot_people", metadata, Column("person", _KEY, primary_key=True), Column("lang", String(2)))

traces = Table("bot_traces", metadata, Column("person", _KEY, primary_key=True))
"""People of whom a row was deleted since the files were last made anew: they may hold what it said."""

moved = Table(
    "bot_moved", metadata, Column("old_chat", _KEY, primary_key=True), Column("new_chat", _KEY, nullable=False)
)
"""Groups that became supergroups: the allow-list of the settings may name them by their first number."""

unreachable = Table(
    "bot_unreachable", metadata, Column("chat", _KEY, primary_key=True), Column("since", Double, nullable=False)
)

turns = Table(
    "bot_turns",
    metadata,
    Column("turn_id", _COUNTER, primary_key=True),
    Column("person", _KEY, nullable=False),
    Column("chat", _KEY, nullable=False),
    _id("thread"),
    _id("message_id"),
    Column("text", Text, nullable=False),
    Column("asked_at", Double, nullable=False),
    Index("bot_turns_by_place", "person", "chat", "thread"),
)
"""The questions that a new one may lean on; `thread` is 0 where there is none."""

answers = Table(
    "bot_answers",
    metadata,
    Column("answer_id", String(32), primary_key=True),
    Column("person", _KEY, nullable=False),
    Column("chat", _KEY, nullable=False),
    _id("thread"),
    _id("message_id"),
    Column("message_ids", Text, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("question", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("content", Text, nullable=False),
    Column("is_source", Boolean, nullable=False),
    Column("vote", SmallInteger, nullable=False),
    Column("kept_at", Double, nullable=False),
    Index("bot_answers_by_place", "person", "chat", "thread", "message_id"),
)
"""`message_id` asked, `message_ids` (JSON) answered; `content` (JSON) is what the buttons show.

`is_source`: it has citations, and the conversation has not begun anew since.
"""

spent = Table(
    "bot_spent",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("subject", _KEY, primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("number", Integer, nullable=False),
)
"""What counts against the daily limits; `subject` is a person, a group, or empty for all."""

tally = Table(
    "bot_tally",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("status", String(20), primary_key=True),
    Column("number", Integer, nullable=False),
)
"""How many questions ended how on each day: of nobody in particular, so it outlives them."""
