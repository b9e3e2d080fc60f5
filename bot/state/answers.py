"""Answers that can still be asked about: what the buttons under them need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.state.database import insert_into
from bot.state.keys import Keys
from bot.state.records import KeptAnswer, Place, Vote
from bot.state.tables import answers
from rag.schema import Citation, Nearest

_BY_ID = answers.c.answer_id == sa.bindparam("wanted")
_LOAD = sa.select(answers).where(_BY_ID, answers.c.kept_at >= sa.bindparam("since"))
_SENT = sa.update(answers).where(_BY_ID)
_IN_PLACE = (
    answers.c.person == sa.bindparam("person"),
    answers.c.chat == sa.bindparam("chat"),
    answers.c.thread == sa.bindparam("thread"),
)
_LAST = sa.select(answers).where(*_IN_PLACE, answers.c.kept_at >= sa.bindparam("since"))
_LAST = _LAST.order_by(answers.c.kept_at.desc()).limit(1)
_LAST_SOURCE = _LAST.where(answers.c.is_source)
_LAST_TO = _LAST.where(answers.c.message_id == sa.bindparam("message_id"))
_VOTE = sa.update(answers).where(_BY_ID)
_OWNER = sa.select(answers.c.chat, answers.c.person).where(_BY_ID)


@cache
def _keep(dialect: str) -> sa.Insert:
    insert = insert_into(answers, dialect)
    renewed = {column.name: insert.excluded[column.name] for column in answers.columns}
    del renewed["answer_id"], renewed["vote"]
    return insert.on_conflict_do_update(index_elements=["answer_id"], set_=renewed)


def keep(connection: sa.Connection, keys: Keys, answer: KeptAnswer, *, message_id: int, now: float) -> None:
    """Keep the answer to the message, or what it has become; a vote on it stays.

    Raises:
        ValueError: the answer has no place.
    """
    if answer.place is None:
        raise ValueError("an answer is kept with its place")
    row = {
        **keys.place(answer.place),
        "answer_id": answer.answer_id,
        "message_id": message_id,
        "message_ids": json.dumps(answer.message_ids),
        "lang": answer.lang,
        "question": answer.question,
        "status": answer.status,
        "content": _encoded(answer),
        "is_source": bool(answer.citations),
        "vote": answer.vote,
        "kept_at": now,
    }
    connection.execute(_keep(connection.dialect.name), row)


def note_sent(connection: sa.Connection, answer_id: str, message_ids: Sequence[int]) -> bool:
    """Note the messages that hold the answer; False where no such answer is kept."""
    wanted = {"wanted": answer_id, "message_ids": json.dumps(tuple(message_ids))}
    return connection.execute(_SENT, wanted).rowcount > 0


def answer_to(
    connection: sa.Connection, keys: Keys, place: Place, message_id: int, *, since: float
) -> KeptAnswer | None:
    """What last answered that message."""
    wanted = {**keys.place(place), "message_id": message_id, "since": since}
    return _only(connection, _LAST_TO, wanted, place)


def last_answer(connection: sa.Connection, keys: Keys, place: Place, *, since: float) -> KeptAnswer | None:
    """The conversation's last answer that has citations."""
    return _only(connection, _LAST_SOURCE, {**keys.place(place), "since": since}, place)


def load(connection: sa.Connection, answer_id: str, *, since: float) -> KeptAnswer | None:
    """The answer of that id, unless it is older than `since`."""
    return _only(connection, _LOAD, {"wanted": answer_id, "since": since}, None)


def owns(connection: sa.Connection, answer_id: str, *, chat: str, person: str) -> bool:
    """Whether that person was answered so in that chat."""
    owner = connection.execute(_OWNER, {"wanted": answer_id}).one_or_none()
    return owner is not None and (owner.chat, owner.person) == (chat, person)


def vote(connection: sa.Connection, answer_id: str, vote: Vote) -> None:
    """Keep what the asker thinks of it."""
    connection.execute(_VOTE, {"wanted": answer_id, "vote": vote})


def _only(
    connection: sa.Connection, query: sa.Select[Any], wanted: dict[str, Any], place: Place | None
) -> KeptAnswer | None:
    row = connection.execute(query, wanted).one_or_none()
    return None if row is None else replace(decoded(row), place=place)


def decoded(row: sa.Row[Any]) -> KeptAnswer:
    """The answer of a row of `answers`; its place is not known from it."""
    content = json.loads(row.content)
    return KeptAnswer(
        answer_id=row.answer_id,
        place=None,
        lang=row.lang,
        question=row.question,
        status=row.status,
        citations=tuple(Citation(**citation) for citation in content["citations"]),
        more=tuple(Nearest(**nearest) for nearest in content["more"]),
        nearest=tuple(Nearest(**nearest) for nearest in content["nearest"]),
        message_ids=tuple(json.loads(row.message_ids)),
        vote=row.vote,
    )


def _encoded(answer: KeptAnswer) -> str:
    content = {
        "citations": [asdict(citation) for citation in answer.citations],
        "more": [asdict(nearest) for nearest in answer.more],
        "nearest": [asdict(nearest) for nearest in answer.nearest],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
