"""What was taken in is there whatever happens to the process, and threads do not get into each other's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bot.state.records import Place
from bot.state.store import State, open_state
from rag.settings import Settings
from tests.bot.state.samples import ALIYA, GROUP, kept, question

TAKES_IN = """
import itertools, sys
from bot.state.store import open_state
from tests.bot.state.samples import kept, question
from tests.corpus import settings_for
from pathlib import Path
state = open_state(settings_for(Path(sys.argv[1])))
for number in itertools.count(1):
    asked = question(number, text=f"سؤال {number}؟")
    assert state.take_in(asked)
    print("taken", number, flush=True)
    state.begin(number)
    print("begun", number, flush=True)
    if number % 3 == 0:
        state.keep_answer(kept(asked), asked.message_id)
        state.answered(asked, kept(asked), [number], status="answered", joins_history=True)
        print("answered", number, flush=True)
"""


def test_what_was_said_to_be_done_survives_a_kill(settings: Settings) -> None:
    done: dict[str, set[int]] = {"taken": set(), "begun": set(), "answered": set()}
    with subprocess.Popen([sys.executable, "-c", TAKES_IN, settings.home], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            what, number = line.split()
            done[what].add(int(number))
            if len(done["taken"]) == 40:
                os.kill(child.pid, signal.SIGKILL)  # and what it still said before it was gone counts too
    assert child.returncode == -signal.SIGKILL
    state = open_state(settings)
    waiting = {asked.update_id: asked for asked in state.waiting()}
    assert done["answered"].isdisjoint(waiting)
    last = max(done["taken"])
    assert done["taken"] - done["answered"] - {last} <= set(waiting) <= done["taken"] - done["answered"] | {last + 1}
    assert all(waiting[number].attempts == 1 for number in done["begun"] & set(waiting))
    assert all(not state.take_in(question(number)) for number in done["taken"])
    assert waiting[1].text == "سؤال 1؟"
    assert len(state.history(Place(ALIYA, ALIYA))) == 4
    state.close()


def test_many_threads_lose_nothing_and_count_right(state: State) -> None:
    num_threads, num_each = 8, 30

    def work(thread: int) -> Counter[str]:
        done: Counter[str] = Counter()
        place = Place(GROUP, ALIYA + thread)
        for number in range(num_each):
            asked = question(thread * num_each + number, place=place, text=f"{thread}/{number}")
            done["taken"] += state.take_in(asked)
            done["again"] += state.take_in(asked)
            state.begin(asked.update_id)
            state.keep_answer(kept(asked), asked.message_id)
            state.answered(asked, kept(asked), [number], status="answered", joins_history=number % 2 == 0)
            done["mine"] += state.owns(kept(asked).answer_id, chat_id=GROUP, user_id=place.user_id)
            done["spent"] += state.spend("llm", 0, "2026-01-01", 100)
            done["spent by one"] += state.spend("user", place.user_id, "2026-01-01", 7)
        assert state.history(place) == tuple(f"{thread}/{number}" for number in (22, 24, 26, 28))
        return done

    with ThreadPoolExecutor(num_threads) as threads:
        done = sum(threads.map(work, range(num_threads)), Counter[str]())
    everything = num_threads * num_each
    assert +done == {"taken": everything, "mine": everything, "spent": 100, "spent by one": 7 * num_threads}
    assert state.waiting() == []
    assert state.numbers().num_answered == everything


def test_one_update_from_many_threads_is_taken_in_once(state: State) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(state.take_in, [question(number // 8) for number in range(160)]))
    assert sum(taken) == 20


def test_two_processes_may_open_a_new_state_at_once(settings: Settings) -> None:
    code = (
        "import sys; from pathlib import Path; from bot.state.store import open_state;"
        "from tests.corpus import settings_for; from tests.bot.state.samples import question;"
        "state = open_state(settings_for(Path(sys.argv[1]))); print(state._keys.person(1), state.take_in(question(1)))"
    )
    command = [sys.executable, "-c", code, str(settings.home)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [child.communicate(timeout=60)[0].split() for child in children]
    assert [child.returncode for child in children] == [0] * 4
    assert len({person for person, _ in said}) == 1
    assert sorted(taken for _, taken in said) == ["False", "False", "False", "True"]
