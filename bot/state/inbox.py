"""The inbox: every question is written down before anything else happens to it, and crossed out when it is answered."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from bot.state.database import insert_into
from bot.state.keys import Keys
from bot.state.records import Place, Question
from bot.state.tables import inbox, traces, updates

_BY_ID = inbox.c.update_id == sa.bindparam("wanted")
_ADD = sa.insert(inbox)
_BEGIN = sa.update(inbox).where(_BY_ID).values(attempts=inbox.c.attempts + 1)
_POSTPONE = sa.update(inbox).where(_BY_ID).values(attempts=sa.bindparam("number"))
_FINISH = sa.delete(inbox).where(_BY_ID).returning(inbox.c.user_id)
_WAITING = sa.select(inbox).order_by(inbox.c.received_at, inbox.c.update_id)


@cache
def _note_update(dialect: str) -> sa.sql.dml.ReturningInsert[tuple[int]]:
    new = insert_into(updates, dialect)
    return new.on_conflict_do_update(
        index_elements=[updates.c.update_id],
        set_={"taken_at": new.excluded.taken_at, "sent_at": new.excluded.sent_at},
        where=updates.c.sent_at != new.excluded.sent_at,
    ).returning(updates.c.update_id)


@cache
def _note_trace(dialect: str) -> sa.Insert:
    return insert_into(traces, dialect).on_conflict_do_nothing()


def take_in(connection: sa.Connection, keys: Keys, question: Question) -> bool:
    """Write the question down; False where its update was taken in before."""
    new = {"update_id": question.update_id, "taken_at": question.received_at, "sent_at": question.sent_at}
    if connection.execute(_note_update(connection.dialect.name), new).first() is None:
        return False
    finish(connection, keys, question.update_id)  # another one of this number may wait, in memory
    place = question.place
    if question.is_edit:
        same = (inbox.c.chat_id == place.chat_id, inbox.c.user_id == place.user_id)
        same_message = (*same, inbox.c.message_id == question.message_id)
        connection.execute(sa.update(inbox).where(*same_message).values(text=question.text))
    row = {
        "update_id": question.update_id,
        "chat_id": place.chat_id,
        "thread_id": place.thread_id,
        "user_id": place.user_id,
        "message_id": question.message_id,
        "text": question.text,
        "received_at": question.received_at,
        "language_code": question.language_code,
        "is_edit": question.is_edit,
        "attempts": question.attempts,
    }
    connection.execute(_ADD, row)
    return True


def waiting(connection: sa.Connection) -> list[Question]:
    """The questions that are not finished, oldest first."""
    return [
        Question(
            update_id=row.update_id,
            place=Place(row.chat_id, row.user_id, row.thread_id),
            message_id=row.message_id,
            text=row.text,
            received_at=row.received_at,
            language_code=row.language_code,
            is_edit=row.is_edit,
            attempts=row.attempts,
        )
        for row in connection.execute(_WAITING)
    ]


def begin(connection: sa.Connection, update_id: int) -> None:
    """Count one more attempt."""
    connection.execute(_BEGIN, {"wanted": update_id})


def postpone(connection: sa.Connection, update_id: int, attempts: int) -> None:
    """Let so many attempts count."""
    connection.execute(_POSTPONE, {"wanted": update_id, "number": attempts})


def finish(connection: sa.Connection, keys: Keys, update_id: int) -> None:
    """Leave nothing of the question but the number of its update, and a note of whose bytes the files may hold."""
    user_id = connection.execute(_FINISH, {"wanted": update_id}).scalar()
    if user_id is not None:
        note_trace(connection, keys.person(user_id))


def note_trace(connection: sa.Connection, person: str) -> None:
    """Note that something of the person was deleted, which the files may still hold."""
    connection.execute(_note_trace(connection.dialect.name), {"person": person})


def join_edits(connection: sa.Connection) -> None:
    """Let a question that waits with its own edits be one again: it has the last wording already."""
    first = inbox.alias()
    is_later = sa.and_(
        first.c.chat_id == inbox.c.chat_id,
        first.c.user_id == inbox.c.user_id,
        first.c.message_id == inbox.c.message_id,
        first.c.update_id < inbox.c.update_id,
    )
    connection.execute(sa.delete(inbox).where(inbox.c.is_edit, sa.exists().where(is_later)))


def follow_chat(connection: sa.Connection, old_id: int, new_id: int) -> None:
    """A group has a new id."""
    connection.execute(sa.update(inbox).where(inbox.c.chat_id == old_id).values(chat_id=new_id))
