"""The Telegram bot under load, floods, kills and faults, against the Telegram server of the tests.

    python -m benchmarks.bot --corpus seeds [--questions FILE.jsonl] [SCENARIO ...]

Each scenario starts `isnad bot` as a process of its own. Prints one JSON object per scenario.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import percentile, run_isnad
from tests.bot.telegram.bot_process import BotProcess, running
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.faults import EVERY_FAULT
from tests.fake_telegram.people import Room, Said

REPOSITORY = Path(__file__).resolve().parents[1]
READY = " is ready: "
PATIENCE_S = 120.0
CONTENT_METHODS = ("sendMessage", "editMessageText")

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a scenario has: an index, questions about it, and a folder of its own."""

    home: Path
    questions: Sequence[str]
    scratch: Path

    @contextmanager
    def bot(self, telegram: FakeTelegram, **settings: object) -> Iterator[BotProcess]:
        """A bot that is ready."""
        settings.setdefault("log_level", "info")
        with running(telegram, self.home, self.scratch, **settings) as process:  # type: ignore[arg-type]
            process.wait_for_line(READY)
            telegram.wait_until_polled()
            yield process

    def question(self, number: int) -> str:
        """A question; the same number is always the same."""
        return self.questions[number % len(self.questions)]


def main() -> None:
    """Ingest, run the scenarios, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=REPOSITORY / "seeds")
    parser.add_argument("--questions", type=Path, default=REPOSITORY / "evals" / "questions" / "seeds.jsonl")
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], help="all of them where none is named")
    given = parser.parse_args()
    questions = [json.loads(line)["question"] for line in given.questions.read_text("utf-8").splitlines() if line]
    for name in given.scenarios or SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="isnad-bot-") as scratch:
            home = Path(scratch) / "home"
            run_isnad("ingest", str(given.corpus.resolve()), "--json", home=home)
            setting = Setting(home, questions, Path(scratch))
            with FakeTelegram() as telegram:
                print(json.dumps({"scenario": name, **SCENARIOS[name](setting, telegram)}, ensure_ascii=False))
                sys.stdout.flush()


def idle(setting: Setting, telegram: FakeTelegram, *, num_questions: int = 100) -> Figures:
    """One person, one question after the other: time to the sign of life and to the answer; start; memory."""
    started = time.monotonic()
    with setting.bot(telegram) as process:
        room = telegram.user(7, language_code="ar").private()
        first = telegram.wait_for_answer(room, after=room.say(setting.question(0)), timeout=PATIENCE_S)
        figures: Figures = {"start_to_first_answer_s": round(first.at - started, 2)}
        answers, signs = [], []
        for number in range(1, num_questions + 1):
            said = room.say(setting.question(number))
            answer = telegram.wait_for_answer(room, after=said)
            answers.append(answer.at - said.at)
            signs.append(min(action.at for action in room.actions() if action.at >= said.at) - said.at)
        figures |= milliseconds("answer", answers) | milliseconds("sign_of_life", signs)
        return figures | {"memory_mb": memory_mb(process)}


def flood(setting: Setting, telegram: FakeTelegram, *, num_messages: int = 200) -> Figures:
    """One chat floods; how much longer than before another waits."""
    with setting.bot(telegram):
        loud, quiet = (telegram.user(number, language_code="ar").private() for number in (1, 2))
        idle_s = [timed(telegram, quiet, setting.question(number)) for number in range(20)]
        for number in range(num_messages):
            loud.say(setting.question(number))
        flooded_s = [timed(telegram, quiet, setting.question(number)) for number in range(20)]
        wait_for_quiet(loud)
        more = max(flooded_s) - statistics.median(idle_s)
        figures = milliseconds("idle", idle_s) | milliseconds("during", flooded_s)
        return figures | {"most_above_idle_ms": round(more * 1000), "flooder_got": len(loud.messages(by_bot=True))}


def together(setting: Setting, telegram: FakeTelegram, *, num_chats: int = 20, num_each: int = 5) -> Figures:
    """Many chats at once: none lost, order kept in each."""
    with setting.bot(telegram):
        rooms = [telegram.user(100 + number, language_code="ar").private() for number in range(num_chats)]
        said = {
            room.id: [room.say(setting.question(room.id + turn)) for room in [room] * num_each]
            for turn, room in enumerate(rooms)
        }
        spent = []
        lost = disordered = 0
        for room in rooms:
            found = telegram.wait_for_answers(room, num_each, timeout=PATIENCE_S)
            lost += num_each - len(found)
            disordered += [one.reply_to for one in found if one.reply_to] != sorted(
                one.reply_to for one in found if one.reply_to
            )
            spent += [one.at - asked.at for one, asked in zip(found, said[room.id], strict=True)]
        return {"chats": num_chats, "each": num_each, "lost": lost, "disordered": disordered} | milliseconds(
            "answer", spent
        )


def load(
    setting: Setting, telegram: FakeTelegram, *, per_minute: int = 500, minutes: float = 2, num_chats: int = 50
) -> Figures:
    """A steady stream of questions from many chats."""
    with setting.bot(telegram) as process:
        rooms = [telegram.user(200 + number, language_code="ar").private() for number in range(num_chats)]
        for room in rooms[:5]:
            timed(telegram, room, setting.question(room.id))
        memory_before = memory_mb(process)
        asked: dict[int, list[Said]] = {room.id: [] for room in rooms}
        began = time.monotonic()
        for number in range(int(per_minute * minutes)):
            time.sleep(max(0.0, began + number * 60 / per_minute - time.monotonic()))
            room = rooms[number % num_chats]
            asked[room.id].append(room.say(setting.question(number)))
        spent = []
        for room in rooms:
            first = asked[room.id][0]
            found = telegram.wait_for_answers(room, len(asked[room.id]), after=first, timeout=PATIENCE_S)
            spent += [one.at - said.at for one, said in zip(found, asked[room.id], strict=True)]
        figures: Figures = {
            "questions": len(spent),
            "memory_before_mb": memory_before,
            "memory_after_mb": memory_mb(process),
        }
        return figures | milliseconds("answer", spent)


def kills(setting: Setting, telegram: FakeTelegram, *, num_rounds: int = 20, num_questions: int = 20) -> Figures:
    """`kill -9` while questions are answered, and a new start: silence and doubles, counted."""
    chance = random.Random(7)  # noqa: S311  the same kills each time
    counted: Counter[str] = Counter()
    before_the_kill = [0.0]
    for attempt in range(num_rounds):
        rooms = [
            telegram.user(1000 * attempt + 1000 + number, language_code="ar").private()
            for number in range(num_questions)
        ]
        with setting.bot(telegram) as process:
            for number, room in enumerate(rooms):
                room.say(setting.question(number))
            time.sleep(chance.uniform(0.0, 1.5))
            killed_at = time.monotonic()
            process.end(signal.SIGKILL)
            counted["answered_before_the_kill"] += sum(bool(room.messages(by_bot=True)) for room in rooms)
        with setting.bot(telegram):
            for room in rooms:
                try:
                    telegram.wait_for_answer(room, timeout=20)
                except TimeoutError:
                    counted["silent"] += 1
            time.sleep(0.5)
        for room in rooms:
            found = room.messages(by_bot=True)
            counted[f"with_{len(found)}_messages"] += 1
            before_the_kill += [killed_at - found[0].at] * (len(found) > 1)
    oldest_ms = round(max(before_the_kill) * 1000, 1)  # of the doubled ones: how long before the kill the first was out
    return {
        "rounds": num_rounds,
        "questions": num_rounds * num_questions,
        **counted,
        "doubled_sent_at_most_ms": oldest_ms,
    }


def stop(setting: Setting, telegram: FakeTelegram, *, num_questions: int = 20) -> Figures:
    """SIGTERM while questions are answered."""
    with setting.bot(telegram) as process:
        rooms = [telegram.user(300 + number).private() for number in range(num_questions)]
        for room in rooms:
            room.say(setting.question(room.id))
        time.sleep(0.1)
        began = time.monotonic()
        code = process.end(signal.SIGTERM)
        return {"exit_code": code, "seconds": round(time.monotonic() - began, 2)}


def faults(setting: Setting, telegram: FakeTelegram) -> Figures:
    """Every fault of the server on sending, typing and polling, one after the other, then a normal question."""
    slow: list[str] = []
    num_done = 0
    with setting.bot(telegram, poll_timeout_s=2) as process:
        for method in ("sendMessage", "sendChatAction", "getUpdates"):
            for name in EVERY_FAULT:
                if method == "getUpdates" and name in {"unauthorized", "not_found"}:
                    continue  # that ends the bot, with its exit code
                unlucky, normal = (telegram.user(start + num_done, language_code="ar") for start in (5000, 9000))
                telegram.fail(method, name)
                unlucky.private().say(setting.question(num_done))
                telegram.wait_for(lambda: not telegram.faults.orders, PATIENCE_S, what=f"{name} on {method}")
                try:
                    timed(telegram, normal.private(), setting.question(1), patience_s=60)
                except TimeoutError:
                    slow.append(f"{method} {name}")
                telegram.faults.clear()
                num_done += 1
        has_traceback = "Traceback" in process.log
    return {"faults": num_done, "not_answered_afterwards": slow, "traceback_in_the_log": has_traceback}


SCENARIOS: dict[str, Callable[[Setting, FakeTelegram], Figures]] = {
    work.__name__: work for work in (idle, flood, together, load, kills, stop, faults)
}


def timed(telegram: FakeTelegram, room: Room, question: str, *, patience_s: float = PATIENCE_S) -> float:
    """Seconds from a question to its answer."""
    said = room.say(question)
    return telegram.wait_for_answer(room, after=said, timeout=patience_s).at - said.at


def wait_for_quiet(room: Room, *, quiet_s: float = 3.0) -> None:
    """Wait until nothing has come to a chat for a while."""
    while (found := room.messages(by_bot=True)) and time.monotonic() - found[-1].at < quiet_s:
        time.sleep(0.2)


def milliseconds(name: str, seconds: Sequence[float]) -> Figures:
    """Median, 95th percentile and largest."""
    ordered = [second * 1000 for second in seconds]
    return {
        f"{name}_p50_ms": round(percentile(ordered, 0.5), 1),
        f"{name}_p95_ms": round(percentile(ordered, 0.95), 1),
        f"{name}_max_ms": round(max(ordered), 1),
    }


def memory_mb(process: BotProcess) -> float:
    """Resident memory now, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return round(int(kilobytes) / 1000, 1)


if __name__ == "__main__":
    main()
