"""Who may ask, and how much: 0 is none, not set is no limit, and a limit is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import buckets
from bot import limits as limits_module
from bot.limits import ALLOWED, Admission, Limits
from bot.state.records import Place
from bot.state.store import State, open_state
from tests.bot.state.samples import ALIYA, BADR, DAY_S, GROUP, Clock
from tests.corpus import settings_for

HOME = Place(ALIYA, ALIYA)
SUPERGROUP = GROUP - 7
"""What the group becomes."""


class Counted:
    """Counters in memory."""

    def __init__(self) -> None:
        self.spent: Counter[tuple[str, int, str]] = Counter()

    def spend(self, kind: str, subject: int, day: str, most: int | None) -> bool:
        if most is not None and self.spent[kind, subject, day] >= most:
            return False
        self.spent[kind, subject, day] += 1
        return True

    def was_once(self, chat_id: int, old_ids: Collection[int]) -> bool:
        return chat_id == SUPERGROUP and GROUP in old_ids


def limits_of(clock: Clock | None = None, state: State | Counted | None = None, **values: object) -> Limits:
    return Limits(settings_for(Path("nowhere"), **values), state or Counted(), clock=clock or Clock())


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = open_state(settings_for(tmp_path))
    yield state
    state.close()


class TestWho:
    def test_without_lists_it_is_open(self) -> None:
        limits = limits_of(admins={BADR})
        assert limits.admits(HOME)
        assert limits.admits(Place(GROUP, ALIYA))
        assert not limits.is_admin(ALIYA)
        assert limits.is_admin(BADR)
        assert not limits_of().is_admin(ALIYA)

    @pytest.mark.parametrize(
        ("place", "users", "groups", "admitted"),
        [
            (HOME, {ALIYA}, None, True),
            (HOME, {BADR}, None, False),
            (HOME, None, {GROUP}, False),
            (HOME, set(), None, False),
            (Place(GROUP, ALIYA), None, {GROUP}, True),
            (Place(GROUP - 1, ALIYA), None, {GROUP}, False),
            (Place(SUPERGROUP, ALIYA), None, {GROUP}, True),
            (Place(SUPERGROUP, ALIYA), None, {GROUP - 1}, False),
            (Place(SUPERGROUP, ALIYA), set(), None, False),
            (Place(GROUP - 1, ALIYA), {ALIYA}, {GROUP}, True),
            (Place(GROUP, ALIYA), {BADR}, None, False),
            (HOME, {BADR}, {ALIYA}, False),
        ],
    )
    def test_the_lists(self, place: Place, users: set[int] | None, groups: set[int] | None, *, admitted: bool) -> None:
        assert limits_of(allowed_users=users, allowed_groups=groups).admits(place) is admitted
        assert limits_of(allowed_users=users, allowed_groups=groups, admins={ALIYA}).admits(place)

    def test_who_may_not_ask_is_told_once_a_day_in_each_chat(self) -> None:
        clock = Clock()
        limits = limits_of(clock, allowed_users={BADR})
        in_group = Place(GROUP, ALIYA)
        told = [limits.admit(place).tell for place in (HOME, HOME, in_group, HOME, Place(GROUP, ALIYA + 1))]
        assert told == [True, False, True, False, False]
        assert limits.admit(HOME) == Admission(allowed=False, reason="not_allowed", tell=False)
        clock.now += DAY_S
        assert limits.admit(HOME) == Admission(allowed=False, reason="not_allowed", tell=True)
        assert not limits.admit(HOME).tell
        assert limits.admit(Place(BADR, BADR)) == ALLOWED


class TestPerMinute:
    def test_a_bucket_empties_and_fills(self) -> None:
        clock = Clock()
        limits = limits_of(clock, user_per_minute=3)
        assert [limits.admit(HOME).allowed for _ in range(5)] == [True, True, True, False, False]
        assert limits.admit(Place(BADR, BADR)).allowed, "each has a bucket of their own"
        assert not limits.admit(Place(GROUP, ALIYA)).allowed, "one for all chats"
        clock.now += 20
        assert [limits.admit(HOME).allowed for _ in range(2)] == [True, False]

    def test_a_refusal_is_told_once_until_something_was_allowed(self) -> None:
        clock = Clock()
        limits = limits_of(clock, user_per_minute=1)
        limits.admit(HOME)
        assert limits.admit(HOME) == Admission(allowed=False, reason="per_minute", tell=True)
        assert limits.admit(HOME) == Admission(allowed=False, reason="per_minute", tell=False)
        clock.now += 60
        assert limits.admit(HOME) == ALLOWED
        assert limits.admit(HOME).tell

    def test_zero_is_none(self) -> None:
        clock = Clock()
        limits = limits_of(clock, user_per_minute=0)
        for _ in range(5):
            assert limits.admit(HOME).reason == "per_minute"
            clock.now += 3600

    def test_a_clock_that_was_set_back_neither_fills_nor_blocks(self) -> None:
        clock = Clock()
        limits = limits_of(clock, user_per_minute=2)
        assert [limits.admit(HOME).allowed for _ in range(3)] == [True, True, False]
        clock.now -= 3600
        assert not limits.admit(HOME).allowed
        clock.now += 30
        assert limits.admit(HOME).allowed

    def test_full_buckets_are_dropped_and_empty_ones_are_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(buckets, "_MANY", 10)
        clock = Clock()
        limits = limits_of(clock, user_per_minute=1)
        for user_id in range(1, 11):
            limits.admit(Place(user_id, user_id))
        clock.now += 61
        limits.admit(HOME)
        assert limits.admit(Place(BADR, BADR)).allowed
        assert len(limits._questions) == 2
        assert not limits.admit(HOME).allowed

    def test_looking_for_full_ones_is_not_done_for_everybody_who_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(buckets, "_MANY", 10)
        kept, looks = buckets.Buckets(1), 0
        held = buckets.Buckets._held

        def counted(self: buckets.Buckets, bucket: buckets._Bucket, now: float) -> float:
            nonlocal looks
            looks += 1
            return held(self, bucket, now)

        monkeypatch.setattr(buckets.Buckets, "_held", counted)
        for user_id in range(1000):
            assert kept.take(user_id, 0.0)
        assert looks < 4000

    @given(
        most=st.integers(0, 20) | st.none(),
        steps=st.lists(st.tuples(st.floats(0, 90), st.integers(1, 3)), max_size=80),
    )
    def test_never_more_than_a_bucket_and_what_flowed_in(
        self, most: int | None, steps: list[tuple[float, int]]
    ) -> None:
        clock = Clock(0.0)
        limits = limits_of(clock, user_per_minute=most)
        allowed: dict[int, list[float]] = {1: [], 2: [], 3: []}
        for passed, user_id in steps:
            clock.now += passed
            answer = limits.admit(Place(user_id, user_id))
            assert answer.allowed or answer.reason == "per_minute"
            if answer.allowed:
                allowed[user_id].append(clock.now)
            elif most:
                recent = [moment for moment in allowed[user_id] if clock.now - moment < 60]
                assert len(recent) >= 1, "who asked nothing for a minute is not refused"
        if most is None:
            assert sum(map(len, allowed.values())) == len(steps)
            return
        for moments in allowed.values():
            for first, since in enumerate(moments):
                for last, until in enumerate(moments[first:], 1):
                    assert last <= most + (until - since) * most / 60 + 1e-6


class TestLooking:
    """Inline queries, of which Telegram sends one with every pause in typing."""

    def test_it_spends_nothing_of_the_questions_and_tells_nobody(self) -> None:
        counted = Counted()
        limits = limits_of(None, counted, user_per_minute=2, user_per_day=2)
        looks = [limits.may_look(HOME) for _ in range(limits_module.LOOKS_PER_MINUTE + 5)]
        assert looks == [True] * limits_module.LOOKS_PER_MINUTE + [False] * 5
        assert not counted.spent
        assert [limits.admit(HOME).allowed for _ in range(2)] == [True, True]
        assert limits.admit(HOME) == Admission(allowed=False, reason="per_minute", tell=True)

    def test_a_met_limit_of_questions_does_not_end_it(self) -> None:
        limits = limits_of(user_per_minute=1)
        assert [limits.admit(HOME).allowed for _ in range(2)] == [True, False]
        assert limits.may_look(HOME)

    @pytest.mark.parametrize(
        "closed", [{"user_per_minute": 0}, {"user_per_day": 0}, {"allowed_users": {BADR}}], ids=str
    )
    def test_who_may_ask_nothing_may_not_look(self, closed: dict[str, Any]) -> None:
        assert not limits_of(**closed).may_look(HOME)


class TestPace:
    def test_everything_once_in_quick_succession_is_answered(self) -> None:
        limits = limits_of()
        assert all(limits.pace(ALIYA) == ALLOWED for _ in range(60))

    def test_who_hurries_on_is_told_once_a_minute(self) -> None:
        clock = Clock()
        limits = limits_of(clock)
        found: list[Admission] = []
        for _ in range(600):
            found.append(limits.pace(ALIYA))
            clock.now += 0.1
        assert sum(one.allowed for one in found) <= 60 + 30
        assert sum(one.tell for one in found) == 1
        assert limits.pace(BADR) == ALLOWED, "each has a bucket of their own"
        clock.now += 120
        assert limits.pace(ALIYA) == ALLOWED

    def test_a_clock_that_was_set_back_does_not_silence_the_line(self) -> None:
        clock = Clock()
        limits = limits_of(clock)
        assert next(one for one in iter(lambda: limits.pace(ALIYA), None) if not one.allowed).tell
        clock.now -= 3600
        assert limits.pace(ALIYA).tell


class TestGrowth:
    """However many strangers come, what is remembered of them has an end."""

    def test_those_who_were_told_are_not_kept_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits_module, "_REMEMBERED", 50)
        open_to_all, closed = limits_of(user_per_minute=0), limits_of(allowed_users=set())
        for user_id in range(1, 500):
            assert open_to_all.admit(Place(user_id, user_id)).tell
            assert closed.admit(Place(user_id, user_id)).tell
        assert (len(open_to_all._told), len(closed._turned_away)) == (50, 50)


class TestPerDay:
    @given(
        most=st.integers(0, 5) | st.none(),
        steps=st.lists(st.tuples(st.floats(0, 0.4 * DAY_S), st.integers(1, 2)), max_size=60),
    )
    def test_never_more_than_that_on_one_day(self, most: int | None, steps: list[tuple[float, int]]) -> None:
        clock = Clock()
        counted = Counted()
        limits = limits_of(clock, counted, user_per_day=most)
        allowed: Counter[tuple[int, int]] = Counter()
        refused: Counter[tuple[int, int]] = Counter()
        for passed, user_id in steps:
            clock.now += passed
            answer = limits.admit(Place(user_id, user_id))
            day = (user_id, int(clock.now // DAY_S))
            (allowed if answer.allowed else refused)[day] += 1
        if most is None:
            assert not refused
            assert not counted.spent, "what has no limit is not counted against it"
        else:
            assert all(number <= most for number in allowed.values())
            assert all(allowed[day] == most for day in refused), "nobody is refused early"

    def test_the_day_is_that_of_utc(self) -> None:
        clock = Clock()
        counted = Counted()
        clock.now -= 1
        limits = limits_of(clock, counted, user_per_day=1)
        assert limits.admit(HOME).allowed
        assert limits.admit(HOME) == Admission(allowed=False, reason="per_day", tell=True)
        clock.now += 1
        assert limits.admit(HOME).allowed
        assert sorted(day for _, _, day in counted.spent) == ["2025-12-31", "2026-01-01"]

    def test_what_a_minute_refuses_costs_the_day_nothing(self) -> None:
        counted = Counted()
        limits = limits_of(None, counted, user_per_minute=2, user_per_day=10)
        for _ in range(5):
            limits.admit(HOME)
        assert counted.spent["user", ALIYA, "2026-01-01"] == 2

    def test_two_limits_in_a_row_are_told_once(self) -> None:
        clock = Clock()
        limits = limits_of(clock, user_per_minute=1, user_per_day=1)
        limits.admit(HOME)
        assert limits.admit(HOME) == Admission(allowed=False, reason="per_minute", tell=True)
        clock.now += 60
        assert limits.admit(HOME) == Admission(allowed=False, reason="per_day", tell=False)

    def test_it_lasts_over_a_restart_of_the_bot(self, state: State) -> None:
        assert limits_of(None, state, user_per_day=1).admit(HOME).allowed
        assert not limits_of(None, state, user_per_day=1).admit(HOME).allowed

    def test_being_forgotten_does_not_begin_the_day_anew(self, state: State) -> None:
        clock = Clock()
        limits = limits_of(clock, state, user_per_minute=4, user_per_day=6)
        assert [limits.admit(HOME).allowed for _ in range(3)] == [True] * 3
        state.forget(ALIYA)
        assert [limits.admit(HOME).reason for _ in range(2)] == [None, "per_minute"]
        clock.now += 60
        assert [limits.admit(HOME).reason for _ in range(3)] == [None, None, "per_day"]
        state.forget(ALIYA)
        assert limits.admit(HOME).reason == "per_day"
        assert state.export(ALIYA)["counters"] == [], "and nothing of it is written down"

    def test_threads_share_one_limit(self, state: State) -> None:
        limits = limits_of(None, state, user_per_minute=50, user_per_day=40)
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: limits.admit(HOME), range(100)))
        assert sum(answer.allowed for answer in answers) == 40
        assert sum(answer.tell for answer in answers) <= 1 + 40


class TestWriting:
    def test_without_a_budget_it_may(self) -> None:
        counted = Counted()
        assert all(limits_of(None, counted).may_write(place) for place in (HOME, Place(GROUP, ALIYA)))
        assert not counted.spent

    def test_zero_is_none(self) -> None:
        assert not limits_of(llm_per_day=0).may_write(HOME)
        assert not limits_of(llm_group_per_day=0).may_write(Place(GROUP, ALIYA))
        assert limits_of(llm_group_per_day=0).may_write(HOME), "a private chat is no group"

    def test_each_group_has_a_share_of_the_whole(self) -> None:
        limits = limits_of(llm_per_day=5, llm_group_per_day=2)
        one, two = Place(GROUP, ALIYA), Place(GROUP - 1, BADR)
        assert [limits.may_write(one) for _ in range(4)] == [True, True, False, False]
        assert [limits.may_write(two) for _ in range(3)] == [True, True, False]
        assert [limits.may_write(HOME) for _ in range(2)] == [True, False], "what a group is refused costs nobody"

    @given(
        st.integers(0, 6) | st.none(),
        st.integers(0, 3) | st.none(),
        st.lists(st.integers(-3, 2).filter(bool), max_size=30),
    )
    def test_never_more_than_the_budgets(self, overall: int | None, per_group: int | None, chats: list[int]) -> None:
        limits = limits_of(llm_per_day=overall, llm_group_per_day=per_group)
        written = Counter(chat for chat in chats if limits.may_write(Place(chat, ALIYA)))
        assert overall is None or written.total() <= overall
        assert per_group is None or all(number <= per_group for chat, number in written.items() if chat < 0)
        wanted = Counter(chats)
        could = sum(
            number if chat > 0 or per_group is None else min(number, per_group) for chat, number in wanted.items()
        )
        assert written.total() == (could if overall is None else min(could, overall)), "nobody is refused early"
