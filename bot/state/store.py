"""What the bot remembers: questions that wait, conversations, answers with buttons, choices and counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import sqlalchemy as sa

from bot.state import answers, conversations, counting, inbox, privacy, tables
from bot.state.database import open_database
from bot.state.erasure import Erasable
from bot.state.keys import read_keys
from bot.state.migrations import migrate
from bot.state.records import KeptAnswer, Numbers, Place, Question, Vote
from bot.texts import Lang
from rag.settings import Settings


def open_state(settings: Settings, *, clock: Callable[[], float] = time.time) -> State:
    """Open the state, make it, or carry what an older version made forward. Blocking, as all of `State`.

    Raises:
        SettingsError: ISNAD_STATE_URL is no URL of a supported database.
        ModelUnavailable: the database's driver is not installed.
        StoreUnusable: the database cannot be opened, read or written.
        IndexMismatch: a newer version of Isnad made it.
    """
    database = open_database(settings)
    try:
        migrate(database)
        with database.writing() as connection:
            inbox.join_edits(connection)
        state = State(database, read_keys(database), keep_days=settings.keep_days, clock=clock)
        state.erase()
    except BaseException:
        database.close()
        raise
    return state


class State(Erasable):
    """The open state; every method is a transaction of its own and may be called from any thread.

    All of them raise StoreUnusable where the database cannot be read or written.
    """

    # The inbox

    def take_in(self, question: Question) -> bool:
        """Write a question down; False where its update was taken in before, answered or not.

        An edit is a question of its own, and rewords its message where that still waits: after a restart the
        two are one.
        """
        with self._database.writing() as connection:
            self._forgotten.drop(question.place.chat_id, question.message_id)
            return inbox.take_in(connection, self._keys, question)

    def waiting(self) -> list[Question]:
        """The questions that are not finished, oldest first."""
        with self._database.reading() as connection:
            return inbox.waiting(connection)

    def begin(self, update_id: int) -> None:
        """Count one more attempt at answering; committed before the work starts."""
        with self._database.writing() as connection:
            inbox.begin(connection, update_id)

    def postpone(self, update_id: int, attempts: int) -> None:
        """Let only `attempts` count: the last one did its work, and what it made waits for Telegram."""
        with self._database.writing() as connection:
            inbox.postpone(connection, update_id, attempts)

    def finish(self, update_id: int) -> None:
        """Cross a question out: only the number of its update stays, for two days, against redelivery."""
        with self._database.writing() as connection:
            inbox.finish(connection, self._keys, update_id)

    # People and chats

    def chosen_language(self, user_id: int) -> Lang | None:
        """The language that the person chose."""
        with self._database.reading() as connection:
            return conversations.chosen_language(connection, self._keys.person(user_id))

    def choose_language(self, user_id: int, lang: Lang) -> None:
        """Keep the person's choice of a language."""
        with self._database.writing() as connection:
            conversations.choose_language(connection, self._keys.person(user_id), lang)

    def note_reachable(self, chat_id: int, *, reachable: bool) -> None:
        """Note whether a chat takes messages: it may have blocked the bot, or be gone."""
        with self._database.writing() as connection:
            if reachable:
                self._reached(connection, chat_id)
            else:
                conversations.note_unreachable(connection, self._keys.chat(chat_id), self._clock())

    def follow_chat(self, old_id: int, new_id: int) -> bool:
        """Carry everything of a group over to the supergroup that it became; False where that was done before."""
        old, new = self._keys.chat(old_id), self._keys.chat(new_id)
        with self._database.writing() as connection:
            inbox.follow_chat(connection, old_id, new_id)
            conversations.follow_chat(connection, self._keys, old_id, new_id)
            self._moved.note(old_id, new_id)
            is_new = self._moves.get(new) != old
            self._moves[new] = old
        return is_new

    def was_once(self, chat_id: int, old_ids: Collection[int]) -> bool:
        """Whether that group had one of those numbers before it became a supergroup. Does not block."""
        first = self._moves.get(self._keys.chat(chat_id))
        return first is not None and first in map(self._keys.chat, old_ids)

    # Conversations

    def history(self, place: Place) -> tuple[str, ...]:
        """The last four questions of a conversation, oldest first."""
        with self._database.reading() as connection:
            return conversations.history(connection, self._keys, place)

    def start_anew(self, place: Place) -> None:
        """Begin a new conversation: no earlier question, no last answer. Buttons keep working."""
        with self._database.writing() as connection:
            conversations.start_anew(connection, self._keys, place)

    # Answers

    def keep_answer(self, answer: KeptAnswer, message_id: int) -> None:
        """Keep an answer to the message `message_id` before it is sent, so that its buttons work at once."""
        with self._database.writing() as connection:
            if answer.place and self._forgotten.asked(answer.place.chat_id, message_id):
                return
            answer = replace(answer, place=self._now_at(answer.place)) if answer.place else answer
            answers.keep(connection, self._keys, answer, message_id=message_id, now=self._clock())

    def answered(
        self,
        question: Question,
        answer: KeptAnswer | None,
        message_ids: Sequence[int],
        *,
        status: str,
        joins_history: bool,
    ) -> None:
        """Cross a question out, count how it ended and, for an answer, note its messages and join the history.

        All or nothing. `answer` is None after an apology or a limit's line. For who had everything forgotten
        while the answer was being written, only the count is kept.
        """
        now = self._clock()
        with self._database.writing() as connection:
            inbox.finish(connection, self._keys, question.update_id)
            counting.count(connection, day=privacy.day_of(now), status=status)
            if self._forgotten.drop(question.place.chat_id, question.message_id):
                return
            place = self._now_at(question.place)
            if message_ids:
                self._reached(connection, place.chat_id)
            if answer is not None and not answers.note_sent(connection, answer.answer_id, message_ids):
                kept = replace(answer, place=place, message_ids=tuple(message_ids))
                answers.keep(connection, self._keys, kept, message_id=question.message_id, now=now)
            if joins_history:
                conversations.join_history(connection, self._keys, replace(question, place=place), now)

    def answer_to(self, place: Place, message_id: int) -> KeptAnswer | None:
        """What last answered that message of that person: an edit of it is answered in its place."""
        with self._database.reading() as connection:
            return answers.answer_to(connection, self._keys, place, message_id, since=self._since())

    def last_answer(self, place: Place) -> KeptAnswer | None:
        """The last answer with citations in this conversation."""
        with self._database.reading() as connection:
            return answers.last_answer(connection, self._keys, place, since=self._since())

    def load_answer(self, answer_id: str) -> KeptAnswer | None:
        """The answer of that id; None where it is forged, forgotten or expired."""
        with self._database.reading() as connection:
            return answers.load(connection, answer_id, since=self._since())

    def owns(self, answer_id: str, *, chat_id: int, user_id: int) -> bool:
        """Whether that person got that answer in that chat."""
        chat, person = self._keys.chat(chat_id), self._keys.person(user_id)
        with self._database.reading() as connection:
            return answers.owns(connection, answer_id, chat=chat, person=person)

    def vote(self, answer_id: str, vote: Vote) -> None:
        """Keep what the asker thinks of an answer."""
        with self._database.writing() as connection:
            answers.vote(connection, answer_id, vote)

    # Limits

    def spend(self, kind: str, subject: int, day: str, most: int | None) -> bool:
        """Count one more of `kind` on `day`; False, and nothing counted, where `most` are counted.

        `subject` is the person's id for kind "user", else a group's, or 0 for all. `most` None is no limit.
        What a person had spent before having everything forgotten counts on until the process ends.
        """
        spent_on = (kind, self._keys.subject(kind, subject), day)
        if most is not None:
            most -= self._forgotten.spent(spent_on)
            if most <= 0:
                return False
        with self._database.writing() as connection:
            return counting.spend(connection, spent_on, most)

    # Numbers

    def numbers(self) -> Numbers:
        """What an administrator may want to know."""
        with self._database.reading() as connection:
            return counting.numbers(connection, privacy.day_of(self._clock()))

    def prove(self) -> None:
        """Write, though nothing new: a full disk or a database that only reads is noticed by nothing else."""
        with self._database.writing() as connection:
            connection.execute(sa.update(tables.facts).values(value=tables.facts.c.value))

    def _reached(self, connection: sa.Connection, chat_id: int) -> None:
        if conversations.note_reachable(connection, self._keys.chat(chat_id)) and chat_id > 0:
            inbox.note_trace(connection, self._keys.person(chat_id))

    def _now_at(self, place: Place) -> Place:
        """The place under the number that its group has now."""
        return replace(place, chat_id=self._moved.get(place.chat_id) or place.chat_id)
