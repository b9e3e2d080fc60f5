"""What is kept about a person, told in full and forgotten in full."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.state.answers import decoded
from bot.state.database import insert_into
from bot.state.forgotten import Forgotten
from bot.state.keys import Keys
from bot.state.tables import answers, facts, inbox, people, spent, traces, turns, unreachable, updates

FINISHED_FOR_S = 2 * 86_400.0
"""How long a finished update is known: Telegram hands out none that is older than a day."""

_ERASING = "erasing"


def _rows_of(keys: Keys, user_id: int) -> dict[sa.Table, sa.ColumnElement[bool]]:
    """Where the person stands in each table."""
    person = keys.person(user_id)
    return {
        inbox: inbox.c.user_id == user_id,
        people: people.c.person == person,
        unreachable: unreachable.c.chat == keys.chat(user_id),
        turns: turns.c.person == person,
        answers: answers.c.person == person,
        spent: spent.c.subject == person,
    }


def forget(connection: sa.Connection, keys: Keys, user_id: int) -> Forgotten:
    """Delete every row of the person; `Database.erase` has to follow the commit."""
    rows_of = _rows_of(keys, user_id)
    asked = connection.execute(sa.select(inbox.c.chat_id, inbox.c.message_id).where(rows_of[inbox])).all()
    counts = connection.execute(sa.select(spent).where(rows_of[spent])).all()
    num_rows = sum(connection.execute(sa.delete(table).where(mine)).rowcount for table, mine in rows_of.items())
    left_traces = connection.execute(sa.delete(traces).where(traces.c.person == keys.person(user_id))).rowcount > 0
    if num_rows or left_traces:  # else nothing of that person can stand anywhere, and making it sure is dear
        _note_erasing(connection)
    return Forgotten(
        num_rows,
        frozenset((row.chat_id, row.message_id) for row in asked),
        {(row.kind, row.subject, row.day): row.number for row in counts},
    )


def export(connection: sa.Connection, keys: Keys, user_id: int) -> dict[str, object]:
    """Everything that is kept about the person, as JSON can hold it."""
    rows_of = _rows_of(keys, user_id)

    def rows(table: sa.Table) -> list[sa.Row[Any]]:
        return list(connection.execute(sa.select(table).where(rows_of[table]).order_by(*table.primary_key)))

    waiting = [{**row._asdict(), "received_at": _moment(row.received_at)} for row in rows(inbox)]
    return {
        "user_id": user_id,
        "language": next((row.lang for row in rows(people)), None),
        "unreachable_since": next((_moment(row.since) for row in rows(unreachable)), None),
        "waiting": waiting,
        "history": [
            {"asked_at": _moment(row.asked_at), "message_id": row.message_id, "question": row.text}
            for row in rows(turns)
        ],
        "answers": [_exported(row) for row in rows(answers)],
        "counters": [{"kind": row.kind, "day": row.day, "number": row.number} for row in rows(spent)],
    }


def _exported(row: sa.Row[Any]) -> dict[str, object]:
    told = asdict(decoded(row))
    del told["place"]
    return {**told, "answered_at": _moment(row.kept_at), "message_id": row.message_id}


def purge(connection: sa.Connection, *, before: float, now: float) -> int:
    """Delete what is older than `before`, and finished updates after two days; the number of rows."""
    unfinished = sa.select(inbox.c.update_id)
    known_for = min(FINISHED_FOR_S, now - before)
    old: dict[sa.Table, sa.ColumnElement[bool]] = {
        inbox: inbox.c.received_at < before,
        turns: turns.c.asked_at < before,
        answers: answers.c.kept_at < before,
        unreachable: unreachable.c.since < before,
        spent: spent.c.day < day_of(before),
        updates: sa.and_(updates.c.taken_at < now - known_for, updates.c.update_id.not_in(unfinished)),
    }
    num_rows = sum(connection.execute(sa.delete(table).where(is_old)).rowcount for table, is_old in old.items())
    if num_rows:
        _note_erasing(connection)
    return num_rows


def _note_erasing(connection: sa.Connection) -> None:
    """State that deleted bytes may still be in the files: a kill in between changes nothing."""
    insert = insert_into(facts, connection.dialect.name)
    again = insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})
    connection.execute(again, {"name": _ERASING, "value": secrets.token_hex(8)})


def to_erase(connection: sa.Connection) -> str | None:
    """The name of the last deletion whose bytes may still be in the files."""
    return connection.scalar(sa.select(facts.c.value).where(facts.c.name == _ERASING))


def begin_erasing(connection: sa.Connection) -> str | None:
    """As `to_erase`; where there is one, the notes of who left traces go: all of them are about to be gone.

    Where that fails, the deletion stays noted, and all of it is done again.
    """
    deletion = to_erase(connection)
    if deletion is not None:
        connection.execute(sa.delete(traces))
    return deletion


def note_erased(connection: sa.Connection, name: str) -> None:
    """State that its bytes are gone; where there was another deletion meanwhile, that one's may not be."""
    connection.execute(sa.delete(facts).where(facts.c.name == _ERASING, facts.c.value == name))


def day_of(moment: float) -> str:
    """The day of a moment, in UTC."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _moment(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
