"""What the bot remembers: questions that wait, conversations, answers with buttons, choices and counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.state import answers, conversations, counting, inbox, privacy
from bot.state.database import Database, open_database
from bot.state.keys import Keys, read_keys
from bot.state.migrations import migrate
from bot.state.records import KeptAnswer, Numbers, Place, Question, Vote
from bot.texts import Lang
from rag.settings import Settings

_DAY_S = 86_400.0
_PATIENCE_S = 5.0
"""How long another program's look at the file may hold up forgetting."""


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


class State:
    """The open state; every method is a transaction of its own and may be called from any thread.

    All of them raise StoreUnusable where the database cannot be read or written.
    """

    def __init__(self, database: Database, keys: Keys, *, keep_days: int, clock: Callable[[], float]) -> None:
        self._database = database
        self._keys = keys
        self._keep_s = keep_days * _DAY_S
        self._clock = clock
        self._asked_by_forgotten: set[tuple[int, int]] = set()
        self._spent_by_forgotten: dict[counting.Spent, int] = {}

    # The inbox

    def take_in(self, question: Question) -> bool:
        """Write a question down; False where its update was taken in before, answered or not.

        An edit is a question of its own, and rewords its message where that still waits: after a restart the
        two are one.
        """
        with self._database.writing() as connection:
            self._asked_by_forgotten.discard((question.place.chat_id, question.message_id))
            return inbox.take_in(connection, question)

    def waiting(self) -> list[Question]:
        """The questions that are not finished, oldest first."""
        with self._database.reading() as connection:
            return inbox.waiting(connection)

    def begin(self, update_id: int) -> None:
        """Count one more attempt at answering; committed before the work starts."""
        with self._database.writing() as connection:
            inbox.begin(connection, update_id)

    def finish(self, update_id: int) -> None:
        """Cross a question out: only the number of its update stays, for two days, against redelivery."""
        with self._database.writing() as connection:
            inbox.finish(connection, update_id)

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
        chat, now = self._keys.chat(chat_id), self._clock()
        with self._database.writing() as connection:
            conversations.note_reachable(connection, chat, reachable=reachable, now=now)

    def follow_chat(self, old_id: int, new_id: int) -> None:
        """Carry everything of a group over to the supergroup that it became."""
        with self._database.writing() as connection:
            inbox.follow_chat(connection, old_id, new_id)
            conversations.follow_chat(connection, self._keys, old_id, new_id)

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
            if answer.place and (answer.place.chat_id, message_id) in self._asked_by_forgotten:
                return
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
        place, now = question.place, self._clock()
        with self._database.writing() as connection:
            inbox.finish(connection, question.update_id)
            counting.count(connection, day=privacy.day_of(now), status=status)
            asked = (place.chat_id, question.message_id)
            if asked in self._asked_by_forgotten:
                self._asked_by_forgotten.discard(asked)
                return
            if answer is not None and not answers.note_sent(connection, answer.answer_id, message_ids):
                kept = replace(answer, place=place, message_ids=tuple(message_ids))
                answers.keep(connection, self._keys, kept, message_id=question.message_id, now=now)
            if joins_history:
                conversations.join_history(connection, self._keys, question, now)

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
            most -= self._spent_by_forgotten.get(spent_on, 0)
            if most <= 0:
                return False
        with self._database.writing() as connection:
            return counting.spend(connection, spent_on, most)

    # Privacy and numbers

    def forget(self, user_id: int) -> int:
        """Delete everything of a person, so that no file of SQLite's holds a byte of it; the number of rows.

        Where another program keeps reading the files, or the disk is full, a line in the log says so, and the
        bytes go with the next forgetting, purge or opening.
        """
        with self._database.writing() as connection:
            forgotten = privacy.forget(connection, self._keys, user_id)
            self._asked_by_forgotten |= forgotten.asked
            for spent, number in forgotten.spent.items():
                self._spent_by_forgotten[spent] = self._spent_by_forgotten.get(spent, 0) + number
        self.erase()
        return forgotten.num_rows

    def export(self, user_id: int) -> dict[str, object]:
        """Everything that is kept about a person, as JSON can hold it."""
        with self._database.reading() as connection:
            return privacy.export(connection, self._keys, user_id)

    def purge(self) -> int:
        """Delete what is older than `keep_days`, for good; the number of rows. Meant for once a day."""
        with self._database.writing() as connection:
            num_rows = privacy.purge(connection, before=self._since(), now=self._clock())
        self.erase()
        return num_rows

    def numbers(self) -> Numbers:
        """What an administrator may want to know."""
        with self._database.reading() as connection:
            return counting.numbers(connection, privacy.day_of(self._clock()))

    def erase(self) -> None:
        """Let no file hold what was deleted, where one still may."""
        with self._database.reading() as connection:
            deletion = privacy.to_erase(connection)
        if deletion is not None and self._database.erase(_PATIENCE_S):
            with self._database.writing() as connection:
                privacy.note_erased(connection, deletion)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _since(self) -> float:
        return self._clock() - self._keep_s
