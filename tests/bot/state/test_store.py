"""What the state remembers, and for how long."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.state.records import Place
from bot.state.store import State, open_state
from rag.errors import SettingsError, StoreUnusable
from rag.settings import Settings
from tests.bot.state.samples import ALIYA, BADR, DAY_S, GROUP, NOW, Clock, kept, question
from tests.corpus import settings_for

HOME = Place(ALIYA, ALIYA)


def every_value(state: State) -> set[object]:
    """Everything that stands in any row of any table."""
    found: set[object] = set()
    with state._database.reading() as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}"):  # noqa: S608 - our own tables
                found.update(row)
    return found


def ask(state: State, update_id: int, user_id: int = ALIYA, text: str = "ما طول الجسر؟", **values: object) -> None:
    """A question from its coming in to its answer."""
    asked = question(update_id, user_id, text, **values)
    assert state.take_in(asked)
    state.begin(update_id)
    state.keep_answer(kept(asked), asked.message_id)
    state.answered(asked, kept(asked), [asked.message_id + 1], status="answered", joins_history=True)


class TestInbox:
    def test_a_question_waits_until_it_is_finished(self, state: State) -> None:
        first = question(1, text="الأول؟", language_code="ar")
        second = question(2, BADR, "الثاني؟", received_at=NOW - 5, place=Place(GROUP, BADR, 7))
        assert state.take_in(first)
        assert state.take_in(second)
        state.begin(1)
        state.begin(1)
        assert state.waiting() == [second, replace(first, attempts=2)]
        state.finish(1)
        assert state.waiting() == [second]

    def test_an_update_counts_once(self, state: State) -> None:
        assert state.take_in(question(1))
        assert not state.take_in(question(1, text="شيء آخر؟"))
        state.finish(1)
        assert not state.take_in(question(1))
        assert state.waiting() == []

    def test_what_is_finished_leaves_the_number_of_its_update(self, state: State) -> None:
        state.take_in(question(1))
        state.finish(1)
        assert not every_value(state) & {ALIYA, "ما طول الجسر؟", 101}
        assert 1 in every_value(state)

    def test_an_edit_rewords_what_waits(self, state: State) -> None:
        state.take_in(question(1, text="ما طول الجسر"))
        state.take_in(question(2, BADR, message_id=101))
        assert state.take_in(question(3, text="ما كلفة الجسر؟", message_id=101, is_edit=True))
        assert [asked.text for asked in state.waiting()] == ["ما كلفة الجسر؟", "ما طول الجسر؟", "ما كلفة الجسر؟"]
        assert not state.take_in(question(3, message_id=101, is_edit=True))

    def test_after_a_restart_a_question_and_its_edits_are_one(self, state: State, settings: Settings) -> None:
        state.take_in(question(1, text="ما طول الجسر"))
        for update_id, text in ((2, "ما كلفة"), (3, "ما كلفة الجسر؟")):
            state.take_in(question(update_id, text=text, message_id=101, is_edit=True))
        state.close()
        again = open_state(settings)
        assert again.waiting() == [question(1, text="ما كلفة الجسر؟")]
        assert not again.take_in(question(3))
        again.close()

    def test_an_edit_of_what_is_answered_waits_by_itself(self, state: State, settings: Settings) -> None:
        ask(state, 1)
        edit = question(2, text="ما كلفة الجسر؟", message_id=101, is_edit=True)
        state.take_in(edit)
        state.close()
        again = open_state(settings)
        assert again.waiting() == [edit]
        again.close()

    def test_no_such_update_is_no_mistake(self, state: State) -> None:
        state.begin(9)
        state.finish(9)
        assert state.waiting() == []


class TestConversations:
    def test_the_last_four_questions_oldest_first(self, state: State) -> None:
        for number in range(1, 7):
            ask(state, number, text=f"سؤال {number}؟")
        assert state.history(HOME) == ("سؤال 3؟", "سؤال 4؟", "سؤال 5؟", "سؤال 6؟")

    def test_each_person_in_each_thread_of_each_chat_has_one(self, state: State) -> None:
        places = [HOME, Place(GROUP, ALIYA), Place(GROUP, ALIYA, 4), Place(GROUP, BADR), Place(GROUP - 1, ALIYA)]
        for number, place in enumerate(places, 1):
            ask(state, number, place.user_id, f"سؤال {number}؟", place=place)
        assert [state.history(place) for place in places] == [(f"سؤال {number}؟",) for number in range(1, 6)]
        state.start_anew(places[1])
        assert [len(state.history(place)) for place in places] == [1, 0, 1, 1, 1]

    def test_an_edit_takes_the_place_of_what_it_rewords(self, state: State) -> None:
        ask(state, 1, text="الأول؟")
        ask(state, 2, text="الثاني؟")
        ask(state, 3, text="الأول مصححا؟", message_id=101, is_edit=True)
        assert state.history(HOME) == ("الأول مصححا؟", "الثاني؟")

    def test_what_does_not_join_is_not_leaned_on(self, state: State) -> None:
        asked = question(1)
        state.take_in(asked)
        state.answered(asked, None, [], status="failed", joins_history=False)
        assert state.history(HOME) == ()
        assert state.waiting() == []

    def test_a_new_conversation_has_no_last_answer_and_its_buttons_work(self, state: State) -> None:
        ask(state, 1)
        state.start_anew(HOME)
        assert state.last_answer(HOME) is None
        assert state.load_answer("answer0001") is not None

    def test_a_language_is_chosen_and_changed(self, state: State) -> None:
        assert state.chosen_language(ALIYA) is None
        for lang in ("ar", "en", "en"):
            state.choose_language(ALIYA, lang)
            assert state.chosen_language(ALIYA) == lang
        assert state.chosen_language(BADR) is None


class TestAnswers:
    def test_an_answer_comes_back_as_it_was_without_its_place(self, state: State) -> None:
        answer = kept(question(1), vote=0)
        state.keep_answer(answer, 101)
        assert state.load_answer(answer.answer_id) == replace(answer, place=None)
        assert state.load_answer("forged") is None

    def test_it_learns_its_messages_when_it_is_sent(self, state: State) -> None:
        asked = question(1)
        state.keep_answer(kept(asked), 101)
        state.vote("answer0001", 1)
        state.answered(asked, kept(asked), (7, 8), status="answered", joins_history=True)
        loaded = state.load_answer("answer0001")
        assert loaded is not None
        assert (loaded.message_ids, loaded.vote) == ((7, 8), 1)

    def test_an_answer_that_was_not_kept_before_is_kept_when_it_is_sent(self, state: State) -> None:
        asked = question(1)
        state.answered(asked, replace(kept(asked), place=None), [7], status="answered", joins_history=True)
        assert state.answer_to(HOME, 101) == kept(asked, message_ids=(7,))

    def test_keeping_it_again_renews_it_and_leaves_the_vote(self, state: State) -> None:
        asked = question(1)
        state.keep_answer(kept(asked), 101)
        state.vote("answer0001", -1)
        state.keep_answer(kept(asked, quote="غيره", status="weak"), 101)
        assert state.load_answer("answer0001") == kept(asked, quote="غيره", status="weak", vote=-1, place=None)

    def test_an_answer_without_a_place_is_refused(self, state: State) -> None:
        with pytest.raises(ValueError, match="place"):
            state.keep_answer(kept(question(1), place=None), 101)

    def test_only_who_asked_owns_it_and_only_there(self, state: State) -> None:
        ask(state, 1, place=Place(GROUP, ALIYA))
        assert state.owns("answer0001", chat_id=GROUP, user_id=ALIYA)
        assert not state.owns("answer0001", chat_id=GROUP, user_id=BADR)
        assert not state.owns("answer0001", chat_id=ALIYA, user_id=ALIYA)
        assert not state.owns("forged", chat_id=GROUP, user_id=ALIYA)

    def test_the_last_one_with_citations(self, state: State, clock: Clock) -> None:
        assert state.last_answer(HOME) is None
        for update_id, citations in ((1, None), (2, None), (3, ())):
            clock.now += 1
            asked = question(update_id)
            answer = kept(asked) if citations is None else kept(asked, citations=())
            state.keep_answer(answer, asked.message_id)
        last = state.last_answer(HOME)
        assert last is not None
        assert (last.answer_id, last.place) == ("answer0002", HOME)
        assert state.last_answer(Place(GROUP, ALIYA)) is None

    def test_what_answered_a_message_last(self, state: State, clock: Clock) -> None:
        ask(state, 1)
        clock.now += 60
        ask(state, 2, message_id=101, is_edit=True)
        found = state.answer_to(HOME, 101)
        assert found is not None
        assert found.answer_id == "answer0002"
        assert state.answer_to(Place(BADR, BADR), 101) is None

    def test_an_answer_expires(self, state: State, clock: Clock) -> None:
        ask(state, 1)
        clock.now += 31 * DAY_S
        assert state.load_answer("answer0001") is None
        assert state.last_answer(HOME) is None
        assert state.answer_to(HOME, 101) is None


class TestChats:
    def test_a_group_that_became_a_supergroup_keeps_what_it_had(self, state: State) -> None:
        old, new = Place(-4001, ALIYA), Place(GROUP, ALIYA)
        ask(state, 1, place=old)
        state.take_in(question(2, place=old))
        state.note_reachable(-4001, reachable=False)
        assert state.spend("llm", -4001, "2026-01-01", 1)
        state.follow_chat(-4001, GROUP)
        assert state.history(new) == ("ما طول الجسر؟",)
        assert state.owns("answer0001", chat_id=GROUP, user_id=ALIYA)
        assert [asked.place for asked in state.waiting()] == [new]
        assert state.numbers().num_unreachable == 0
        assert not state.spend("llm", GROUP, "2026-01-01", 1)
        assert state.history(old) == ()

    def test_following_twice_is_harmless(self, state: State) -> None:
        for day in ("2026-01-01", "2026-01-02"):
            state.spend("llm", -4001, day, None)
        state.spend("llm", GROUP, "2026-01-01", None)
        state.follow_chat(-4001, GROUP)
        state.follow_chat(-4001, GROUP)
        assert not state.spend("llm", GROUP, "2026-01-02", 1)

    def test_who_blocked_the_bot_is_counted_until_they_come_back(self, state: State) -> None:
        for reachable, number in ((False, 1), (False, 1), (True, 0), (True, 0)):
            state.note_reachable(ALIYA, reachable=reachable)
            assert state.numbers().num_unreachable == number


class TestCounting:
    def test_never_more_than_allowed(self, state: State) -> None:
        assert [state.spend("user", ALIYA, "2026-01-01", 2) for _ in range(4)] == [True, True, False, False]
        assert state.spend("user", ALIYA, "2026-01-02", 2)
        assert state.spend("user", BADR, "2026-01-01", 2)
        assert state.spend("llm", 0, "2026-01-01", 1)
        assert not state.spend("llm", 0, "2026-01-01", 1)
        assert state.spend("llm", GROUP, "2026-01-01", 1)

    def test_zero_is_none_and_none_is_no_limit(self, state: State) -> None:
        assert not state.spend("user", ALIYA, "2026-01-01", 0)
        assert all(state.spend("user", ALIYA, "2026-01-01", None) for _ in range(9))
        assert not state.spend("user", ALIYA, "2026-01-01", 9)
        assert state.spend("user", ALIYA, "2026-01-01", 10)

    def test_the_numbers(self, state: State, clock: Clock) -> None:
        for update_id, status in enumerate(("answered", "weak", "refused", "failed"), 1):
            asked = question(update_id)
            state.answered(asked, kept(asked), [1], status=status, joins_history=True)
        clock.now += DAY_S
        ask(state, 5, BADR)
        state.take_in(question(6, BADR))
        state.vote("answer0001", 1)
        state.vote("answer0005", -1)
        state.choose_language(GROUP, "en")
        numbers = state.numbers()
        assert (numbers.num_people, numbers.num_questions, numbers.num_today) == (3, 5, 1)
        assert (numbers.num_answered, numbers.num_weak, numbers.num_refused, numbers.num_other) == (2, 1, 1, 1)
        assert (numbers.num_up, numbers.num_down, numbers.num_waiting) == (1, 1, 1)


class TestForAWhile:
    def test_the_old_goes_and_the_new_stays(self, state: State, clock: Clock) -> None:
        ask(state, 1, text="قديم؟")
        state.spend("user", ALIYA, "2026-01-01", None)
        state.take_in(question(2, text="لم يجب عنه أحد؟"))
        clock.now += 40 * DAY_S
        ask(state, 3, text="جديد؟", received_at=clock.now)
        assert state.purge() == 6
        assert state.history(HOME) == ("جديد؟",)
        assert not every_value(state) & {"قديم؟", "لم يجب عنه أحد؟", "answer0001", "2025-12-31"}
        assert state.numbers().num_questions == 2, "how many there were is of nobody in particular"
        assert state.purge() == 0

    def test_a_finished_update_is_known_for_two_days(self, state: State, clock: Clock) -> None:
        state.take_in(question(1))
        state.take_in(question(2))
        state.finish(1)
        clock.now += 2 * DAY_S - 1
        assert state.purge() == 0
        clock.now += 2
        assert state.purge() == 1, "the one that waits is known as long as it does"
        assert state.take_in(question(1))
        assert not state.take_in(question(2))


class TestFiles:
    def test_it_stands_in_a_file_of_its_own_that_nobody_else_may_read(self, state: State, settings: Settings) -> None:
        ask(state, 1)
        files = sorted(settings.home.iterdir())
        assert [path.name for path in files] == ["state.db", "state.db-shm", "state.db-wal"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}

    def test_a_file_that_was_too_open_is_closed(self, settings: Settings) -> None:
        open_state(settings).close()
        (settings.home / "state.db").chmod(0o644)
        open_state(settings).close()
        assert stat.S_IMODE((settings.home / "state.db").stat().st_mode) == 0o600

    def test_everything_is_there_after_a_restart(self, state: State, settings: Settings, clock: Clock) -> None:
        ask(state, 1)
        state.choose_language(ALIYA, "en")
        state.close()
        again = open_state(settings, clock=clock)
        assert again.history(HOME) == ("ما طول الجسر؟",)
        assert again.owns("answer0001", chat_id=ALIYA, user_id=ALIYA)
        assert again.chosen_language(ALIYA) == "en"
        again.close()

    def test_no_id_of_telegrams_stands_in_it_once_all_is_answered(self, state: State) -> None:
        ask(state, 1, place=Place(GROUP, ALIYA, 7))
        state.choose_language(ALIYA, "ar")
        state.note_reachable(GROUP, reachable=False)
        state.spend("user", ALIYA, "2026-01-01", 5)
        values = every_value(state)
        assert not values & {ALIYA, GROUP}
        assert not [value for value in values if str(ALIYA) in str(value) or str(GROUP) in str(value)]

    def test_a_state_by_url(self, tmp_path: Path) -> None:
        settings = settings_for(tmp_path / "home", state_url=f"sqlite:///{tmp_path / 'elsewhere' / 'my.db'}")
        open_state(settings).close()
        assert (tmp_path / "elsewhere" / "my.db").exists()
        assert not (tmp_path / "home").exists()

    @pytest.mark.parametrize("url", ["mysql://u@h/d", "nonsense", "sqlite://", "sqlite:///:memory:"])
    def test_another_kind_of_database_is_a_wrong_setting(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(SettingsError, match="ISNAD_STATE_URL"):
            open_state(settings_for(tmp_path, state_url=url))

    def test_a_file_that_is_no_database_is_named(self, settings: Settings) -> None:
        settings.home.mkdir()
        (settings.home / "state.db").write_bytes(b"no database at all " * 100)
        with pytest.raises(StoreUnusable, match="not a database"):
            open_state(settings)

    def test_a_file_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoreUnusable, match="File exists"):
            open_state(settings_for(tmp_path, state_url=f"sqlite:///{tmp_path / 'file' / 'state.db'}"))


class TestExport:
    def test_everything_about_one_person_and_nobody_else(self, state: State) -> None:
        ask(state, 1, text="سؤال عالية؟")
        ask(state, 2, BADR, text="سؤال بدر؟")
        state.vote("answer0001", 1)
        state.choose_language(ALIYA, "en")
        state.note_reachable(ALIYA, reachable=False)
        state.spend("user", ALIYA, "2026-01-01", None)
        state.take_in(question(3, text="ينتظر؟"))
        told = json.loads(json.dumps(state.export(ALIYA), ensure_ascii=False))
        assert told["language"] == "en"
        assert told["unreachable_since"] == "2026-01-01T00:00:00+00:00"
        assert [asked["text"] for asked in told["waiting"]] == ["ينتظر؟"]
        assert [turn["question"] for turn in told["history"]] == ["سؤال عالية؟"]
        (answer,) = told["answers"]
        assert (answer["question"], answer["vote"], answer["message_ids"]) == ("سؤال عالية؟", 1, [102])
        assert answer["citations"][0]["quote"] == "يبلغ طول الجسر 340 مترا."
        assert told["counters"] == [{"kind": "user", "day": "2026-01-01", "number": 1}]
        assert "بدر" not in str(told)

    def test_of_a_stranger_there_is_nothing(self, state: State) -> None:
        told = state.export(BADR)
        assert not any(value for name, value in told.items() if name != "user_id")
