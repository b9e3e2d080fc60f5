"""People, chats, and the last questions of each conversation."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from bot.session import MAX_TURNS
from bot.state.database import insert_into
from bot.state.keys import Keys
from bot.state.records import Place, Question
from bot.state.tables import answers, moved, people, spent, turns, unreachable
from bot.texts import Lang

_LANG = sa.select(people.c.lang).where(people.c.person == sa.bindparam("person"))
_IN_PLACE = (
    turns.c.person == sa.bindparam("in_person"),
    turns.c.chat == sa.bindparam("in_chat"),
    turns.c.thread == sa.bindparam("in_thread"),
)
_HISTORY = sa.select(turns.c.text).where(*_IN_PLACE).order_by(turns.c.turn_id.desc()).limit(MAX_TURNS)
_ADD = sa.insert(turns)
_REACHABLE = sa.delete(unreachable).where(unreachable.c.chat == sa.bindparam("chat"))
_REWORD = sa.update(turns).where(*_IN_PLACE, turns.c.message_id == sa.bindparam("in_message"))


def _in_place(keys: Keys, place: Place) -> dict[str, str | int]:
    return {f"in_{name}": value for name, value in keys.place(place).items()}


def chosen_language(connection: sa.Connection, person: str) -> Lang | None:
    """The language that the person chose."""
    return cast("Lang | None", connection.scalar(_LANG, {"person": person}))


def choose_language(connection: sa.Connection, person: str, lang: Lang) -> None:
    """Keep the choice."""
    insert = insert_into(people, connection.dialect.name)
    chosen = insert.on_conflict_do_update(index_elements=["person"], set_={"lang": insert.excluded.lang})
    connection.execute(chosen, {"person": person, "lang": lang})


def history(connection: sa.Connection, keys: Keys, place: Place) -> tuple[str, ...]:
    """The last questions of the conversation, oldest first."""
    return tuple(connection.scalars(_HISTORY, _in_place(keys, place)))[::-1]


def join_history(connection: sa.Connection, keys: Keys, question: Question, now: float) -> None:
    """Add the question to its conversation; an edit takes the place of what the message said before."""
    if question.is_edit:
        wanted = {**_in_place(keys, question.place), "in_message": question.message_id, "text": question.text}
        if connection.execute(_REWORD, wanted).rowcount:
            return
    new = {"message_id": question.message_id, "text": question.text, "asked_at": now}
    connection.execute(_ADD, {**keys.place(question.place), **new})


def start_anew(connection: sa.Connection, keys: Keys, place: Place) -> None:
    """Forget the conversation, and whose sources it was about."""
    connection.execute(sa.delete(turns).where(*_IN_PLACE), _in_place(keys, place))
    in_place = (answers.c[name] == value for name, value in keys.place(place).items())
    connection.execute(sa.update(answers).where(*in_place).values(is_source=False))


def note_reachable(connection: sa.Connection, chat: str) -> bool:
    """Note that the chat takes messages; whether it was noted that it does not."""
    return connection.execute(_REACHABLE, {"chat": chat}).rowcount > 0


def note_unreachable(connection: sa.Connection, chat: str, now: float) -> None:
    """Note that the chat takes no messages."""
    new = {"chat": chat, "since": now}
    connection.execute(insert_into(unreachable, connection.dialect.name).on_conflict_do_nothing(), new)


def moves(connection: sa.Connection) -> dict[str, str]:
    """Every group that became a supergroup: what it was by what it is."""
    return {row.new_chat: row.old_chat for row in connection.execute(sa.select(moved))}


def follow_chat(connection: sa.Connection, keys: Keys, old_id: int, new_id: int) -> None:
    """A group has a new id: what was the old one's is the new one's, where that has nothing of its own yet."""
    old, new = keys.chat(old_id), keys.chat(new_id)
    insert = insert_into(moved, connection.dialect.name)
    followed = insert.on_conflict_do_update(index_elements=["old_chat"], set_={"new_chat": insert.excluded.new_chat})
    connection.execute(followed, {"old_chat": old, "new_chat": new})
    for table in (turns, answers):
        connection.execute(sa.update(table).where(table.c.chat == old).values(chat=new))
    connection.execute(sa.delete(unreachable).where(unreachable.c.chat == old))
    there = sa.select(spent.c.day).where(spent.c.subject == new)
    connection.execute(sa.update(spent).where(spent.c.subject == old, spent.c.day.not_in(there)).values(subject=new))
