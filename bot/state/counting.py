"""What is counted: against the daily limits, and for the administrators."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from bot.state.database import insert_into
from bot.state.records import Numbers
from bot.state.tables import answers, inbox, people, spent, tally, turns, unreachable

Spent = tuple[str, str, str]
"""Kind, subject, day."""


@cache
def _spend_one(dialect: str, *, has_end: bool) -> sa.sql.dml.ReturningInsert[tuple[int]]:
    below = spent.c.number < sa.bindparam("most") if has_end else None
    one_more = insert_into(spent, dialect).on_conflict_do_update(
        index_elements=["kind", "subject", "day"], set_={"number": spent.c.number + 1}, where=below
    )
    return one_more.returning(spent.c.number)


@cache
def _count_one(dialect: str) -> sa.Insert:
    return insert_into(tally, dialect).on_conflict_do_update(
        index_elements=["day", "status"], set_={"number": tally.c.number + 1}
    )


def spend(connection: sa.Connection, spent_on: Spent, most: int | None) -> bool:
    """Count one more, unless `most` are counted; `most` is at least 1."""
    kind, subject, day = spent_on
    new = {"kind": kind, "subject": subject, "day": day, "number": 1}
    if most is not None:
        new["most"] = most
    one_more = _spend_one(connection.dialect.name, has_end=most is not None)
    return connection.execute(one_more, new).first() is not None


def count(connection: sa.Connection, *, day: str, status: str) -> None:
    """Count a question that ended so."""
    connection.execute(_count_one(connection.dialect.name), {"day": day, "status": status, "number": 1})


def numbers(connection: sa.Connection, today: str) -> Numbers:
    """Everything that an administrator may want to know, and nothing of anybody in particular."""
    known = sa.union(sa.select(people.c.person), sa.select(turns.c.person), sa.select(answers.c.person))
    ended = {(row.day, row.status): row.number for row in connection.execute(sa.select(tally))}

    def num(*statuses: str) -> int:
        return sum(number for (_, status), number in ended.items() if status in statuses)

    def num_rows(table: sa.FromClause, *where: sa.ColumnElement[bool]) -> int:
        return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0

    num_questions = sum(ended.values())
    num_answered, num_weak, num_refused = num("answered"), num("weak"), num("refused")
    return Numbers(
        num_people=num_rows(known.subquery()),
        num_questions=num_questions,
        num_today=sum(number for (day, _), number in ended.items() if day == today),
        num_answered=num_answered,
        num_weak=num_weak,
        num_refused=num_refused,
        num_other=num_questions - num_answered - num_weak - num_refused,
        num_up=num_rows(answers, answers.c.vote > 0),
        num_down=num_rows(answers, answers.c.vote < 0),
        num_waiting=num_rows(inbox),
        num_unreachable=num_rows(unreachable),
    )
