"""The bot as a process, from its start to its end, against the fake server."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import main
from bot.texts import say
from rag.text.normalise import has_arabic
from tests.bot.running import BRIDGE, MARKET
from tests.bot.telegram.bot_process import BotProcess, running
from tests.bot.telegram.whole import Whole
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.faults import EVERY_FAULT
from tests.fake_telegram.options import Options

QUESTION, ANSWER = "متى افتتح الوزير جسر النهر؟", "افتتح الوزير جسر النهر يوم الاثنين في مدينة الواحة."
BOT = "isnad_test_bot"
READY = f"@{BOT} is ready: 2 articles"
ASKER, OTHER = 7340982651, 7340982658
"""Of people, in as many digits as Telegram's numbers have: shorter ones stand in any log."""
_TELLING = 1_000_000


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, home = tmp_path_factory.mktemp("articles"), tmp_path_factory.mktemp("home")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    (folder / "market.txt").write_text(MARKET, "utf-8")
    assert main(["ingest", str(folder), "--home", str(home), "--json"]) == 0
    return home


@pytest.fixture
def home(corpus: Path, tmp_path: Path) -> Path:
    """A home of its own: the bot writes its state there."""
    return Path(shutil.copytree(corpus, tmp_path / "home"))


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def hold_to_the_rules(process: BotProcess, telegram: FakeTelegram) -> None:
    """No log holds a token, what somebody wrote or was told, who it was, the body of an update, or a traceback."""
    log = process.log
    users = telegram.world.users.values()
    people = {str(number) for number in (*telegram.world.users, *telegram.world.chats) if abs(number) >= _TELLING}
    names = {name for user in users for name in (user.first_name, user.last_name, user.username) if len(name) > 1}
    secrets = (telegram.token, telegram.token.partition(":")[2], QUESTION, ANSWER, '"first_name"', "Traceback")
    assert [one for one in (*secrets, *people, *(names - {BOT})) if one in log] == []


def last_line(process: BotProcess) -> str:
    return process.log.strip().splitlines()[-1]


# the start


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_without_a_token_there_is_a_line_that_says_where_to_get_one(
    lang: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["bot", "--home", str(home), "--lang", lang]) == 2
    said = capsys.readouterr().err
    assert "@BotFather" in said
    assert has_arabic(said) == (lang == "ar")


def test_a_token_that_cannot_be_one_is_not_sent_anywhere(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123/../456")
    capsys.readouterr()
    assert main(["bot", "--home", str(home), "--lang", "en"]) == 2
    assert "123/../456" not in capsys.readouterr().err


def test_a_whole_run(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    port = free_port()
    room = telegram.user(ASKER, language_code="en").private()
    with running(telegram, home, tmp_path, health_port=port) as process:
        process.wait_for_line(READY)
        start = telegram.wait_for_answer(room, after=room.say("/start"))
        assert "2" in start.text
        answer = telegram.wait_for_answer(room, after=room.say(QUESTION))
        assert answer.text.startswith(ANSWER)
        telegram.wait_for_toast(query := room.press(answer, answer.rows[0][0]))
        quote = telegram.wait_for_answer(room, after=answer)
        assert ANSWER in quote.text
        assert telegram.toast(query) is not None
        assert len(room.actions()) >= 1
        status, health = get(port, "/healthz")
        assert (status, json.loads(health)) == (200, {"ok": True, "poll": True, "state": True, "index": True})
        metrics = get(port, "/metrics")[1].splitlines()
        assert 'isnad_questions_total{status="answered"} 1.0' in metrics
        assert "isnad_generation 1.0" in metrics
        assert process.end(signal.SIGTERM) == 0
        assert last_line(process).endswith("stopped")
        hold_to_the_rules(process, telegram)


def test_an_empty_index_is_said_and_the_bot_runs(telegram: FakeTelegram, tmp_path: Path) -> None:
    room = telegram.user(ASKER).private()
    with running(telegram, tmp_path / "home", tmp_path) as process:
        process.wait_for_line("there are no articles yet")
        assert "مقالات" in telegram.wait_for_answer(room, after=room.say(QUESTION)).text
        (tmp_path / "bridge.txt").write_text(BRIDGE, "utf-8")
        assert main(["ingest", str(tmp_path / "bridge.txt"), "--home", str(tmp_path / "home"), "--json"]) == 0
        assert telegram.wait_for_answer(room, after=room.say(QUESTION)).text.startswith(ANSWER)
        assert process.end(signal.SIGINT) == 0


def test_a_network_that_is_down_at_the_start_is_waited_for(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    room = telegram.user(ASKER).private()
    telegram.refuse_connections()
    with running(telegram, home, tmp_path) as process:
        process.wait_for_line("Telegram cannot be reached (NetworkError: ConnectError), trying again", times=2)
        telegram.accept_connections()
        process.wait_for_line(READY)
        assert telegram.wait_for_answer(room, after=room.say(QUESTION)).text.startswith(ANSWER)
        assert process.end(signal.SIGTERM) == 0
        hold_to_the_rules(process, telegram)


def test_it_can_be_stopped_while_it_waits_for_the_network(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    telegram.refuse_connections()
    with running(telegram, home, tmp_path) as process:
        process.wait_for_line("Telegram cannot be reached")
        assert process.end(signal.SIGTERM, within_s=8) == 0


# what ends it


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_wrong_token_ends_it_with_one_line(telegram: FakeTelegram, home: Path, tmp_path: Path, lang: str) -> None:
    telegram.revoke_token()
    with running(telegram, home, tmp_path, lang=lang) as process:
        assert process.end() == 78
        assert "@BotFather" in last_line(process)
        assert has_arabic(last_line(process)) == (lang == "ar")
        hold_to_the_rules(process, telegram)


def test_a_token_that_is_revoked_ends_it_too(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    with running(telegram, home, tmp_path, lang="en") as process:
        process.wait_for_line(READY)
        telegram.revoke_token()
        assert process.end() == 78
        assert "@BotFather" in last_line(process)
        hold_to_the_rules(process, telegram)


def test_another_bot_with_its_token_ends_it(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    with running(telegram, home, tmp_path, lang="en", poll_timeout_s=1) as process:
        process.wait_for_line(READY)
        telegram.fail("getUpdates", "conflict", times=None)
        assert process.end() == 69
        assert "Another bot polls with this token" in last_line(process)
        assert process.log.count("Another bot") == 1
        hold_to_the_rules(process, telegram)


def test_a_poll_that_died_ends_it(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    telegram.fail("getUpdates", "never_answered", times=None)
    with running(telegram, home, tmp_path, silence_s=1.0, poll_timeout_s=1, lang="en") as process:
        assert process.end() == 70
        assert "No poll has gone through" in last_line(process)
        hold_to_the_rules(process, telegram)


def test_a_port_that_is_taken_is_named(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with running(telegram, home, tmp_path, health_port=port, lang="en") as process:
            assert process.end() == 2
            assert f"ISNAD_HEALTH_PORT is {port}" in last_line(process)


# what does not


def test_faults_of_the_network_are_one_line_each_and_pass(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    room = telegram.user(ASKER).private()
    with running(telegram, home, tmp_path, poll_timeout_s=1) as process:
        process.wait_for_line(READY)
        for fault in ("dropped", "half", "garbage", "bad_gateway", "internal", "flood", "conflict", "bad_request"):
            telegram.fail("getUpdates", fault)
            said = room.say(QUESTION)
            assert telegram.wait_for_answer(room, after=said, timeout=60).text.startswith(ANSWER)
        assert process.end(signal.SIGTERM) == 0
        hold_to_the_rules(process, telegram)
        assert process.log.count("a poll failed") == 7
        assert process.log.count("Telegram wants no poll for 1 s") == 1


# the end


def hanging_server() -> socket.socket:
    """A language model's server that takes a question and never answers."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


def test_it_ends_in_time_while_a_thread_hangs_and_the_question_is_answered_later(
    telegram: FakeTelegram, home: Path, tmp_path: Path
) -> None:
    room = telegram.user(ASKER).private()
    with hanging_server() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        times = {"llm_timeout_s": 60, "question_timeout_s": 60, "stop_timeout_s": 3}
        with running(telegram, home, tmp_path, llm_url=url, llm_model="x", **times) as process:
            process.wait_for_line(READY)
            said = room.say(QUESTION)
            server.settimeout(30)
            with server.accept()[0]:
                begun = time.monotonic()
                assert process.end(signal.SIGTERM) == 0
                assert time.monotonic() - begun <= 3.2
            hold_to_the_rules(process, telegram)
    assert room.messages(by_bot=True) == []
    with running(telegram, home, tmp_path) as process:
        process.wait_for_line("1 questions were left")
        answer = telegram.wait_for_answer(room, after=said)
        assert answer.text.startswith(ANSWER)
        assert answer.reply_to == said.message_id
        assert process.end(signal.SIGTERM) == 0
    with sqlite3.connect(home / "state.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    assert len(room.messages(by_bot=True)) == 1


def test_what_is_being_answered_is_finished_and_the_rest_left_for_the_next_start(
    telegram: FakeTelegram, home: Path, tmp_path: Path
) -> None:
    room = telegram.user(ASKER).private()
    telegram.fail("sendChatAction", "slow", times=1)
    with running(telegram, home, tmp_path) as process:
        process.wait_for_line(READY)
        said = [room.say(QUESTION) for _ in range(10)]
        telegram.wait_until_acknowledged(said[-1])
        assert process.end(signal.SIGTERM, within_s=8) == 0
    with running(telegram, home, tmp_path) as process:
        telegram.wait_for_answers(room, 10)
        assert process.end(signal.SIGTERM) == 0
    assert len(room.messages(by_bot=True)) == 10


def test_what_telegram_does_not_want_yet_is_sent_after_the_next_start(
    telegram: FakeTelegram, home: Path, tmp_path: Path
) -> None:
    room = telegram.user(ASKER).private()
    telegram.fail("sendMessage", replace(EVERY_FAULT["flood"], retry_after=400))
    with running(telegram, home, tmp_path) as process:
        process.wait_for_line(READY)
        said = room.say(QUESTION)
        process.wait_for_line("is held back for")
        process.wait_for_line("given up")
        assert process.end(signal.SIGTERM, within_s=8) == 0
        hold_to_the_rules(process, telegram)
    assert (noted(home), left(home), room.messages(by_bot=True)) == (0, 1, [])
    with running(telegram, home, tmp_path) as process:
        assert telegram.wait_for_answer(room, after=said).text.startswith(ANSWER)
        assert process.end(signal.SIGTERM) == 0
    assert (noted(home), left(home), len(room.messages(by_bot=True))) == (1, 0, 1)


def noted(home: Path) -> int:
    """Questions of which the state says how they ended."""
    return count(home, "SELECT coalesce(sum(number), 0) FROM bot_tally")


def left(home: Path) -> int:
    """Questions that wait."""
    return count(home, "SELECT count(*) FROM bot_inbox")


def count(home: Path, query: str) -> int:
    with closing(sqlite3.connect(home / "state.db")) as database:
        return int(database.execute(query).fetchone()[0])


def test_a_kill_leaves_nobody_without_an_answer_and_doubles_only_what_was_in_flight(
    telegram: FakeTelegram, home: Path, tmp_path: Path
) -> None:
    rooms = [telegram.user(ASKER + number).private() for number in range(10)]
    with running(telegram, home, tmp_path) as process:
        process.wait_for_line(READY)
        said = [room.say(QUESTION) for room in rooms for _ in range(2)]
        telegram.wait_for(lambda: telegram.transcript.of("sendMessage", ok=True))
        assert process.end(signal.SIGKILL) == -signal.SIGKILL
    sent = telegram.transcript.of("sendMessage")
    telegram.wait_for(lambda: all(call.answered or call.client_gone for call in sent))
    in_flight = sum(len(room.messages(by_bot=True)) for room in rooms) - noted(home)
    assert 0 <= in_flight <= len(rooms)
    with running(telegram, home, tmp_path) as process:
        for room in rooms:
            telegram.wait_for_answers(room, 2, timeout=30)
        Whole(telegram, process, home).settle()
        assert process.end(signal.SIGTERM) == 0
    assert sum(len(room.messages(by_bot=True)) for room in rooms) == len(said) + in_flight
    assert noted(home) == len(said)


# many at once


def test_a_flood_in_one_chat_is_told_once_and_delays_nobody(telegram: FakeTelegram, home: Path, tmp_path: Path) -> None:
    flooding, other = telegram.user(ASKER).private(), telegram.user(OTHER).private()

    def seconds_for_an_answer() -> float:
        begun = time.monotonic()
        telegram.wait_for_answer(other, after=other.say(QUESTION))
        return time.monotonic() - begun

    with running(telegram, home, tmp_path, user_per_minute=1000) as process:
        process.wait_for_line(READY)
        seconds_for_an_answer()  # the first of a process takes longer
        idle = statistics.median(seconds_for_an_answer() for _ in range(3))
        for number in range(200):
            flooding.say(f"{QUESTION} {number}")
        # as neighbours slow the machine down, they slow the idle bot down too
        assert seconds_for_an_answer() <= idle * 2 + 0.3
        telegram.wait_for_answers(flooding, 32)
        told = say("bot.flood", "ar")
        assert [message.text for message in flooding.messages(by_bot=True)].count(told) == 1
        assert process.end(signal.SIGTERM) == 0


# the webhook


def test_a_webhook_takes_what_comes_with_the_secret_and_nothing_else(home: Path, tmp_path: Path) -> None:
    port = free_port()
    with FakeTelegram(options=Options(webhook_proxy=f"http://127.0.0.1:{port}")) as telegram:
        room = telegram.user(ASKER).private()
        url = "https://bot.example.org/isnad.v1"
        with running(telegram, home, tmp_path, webhook_url=url, webhook_port=port) as process:
            process.wait_for_line("ISNAD_WEBHOOK_SECRET is not set: one was made for this run")
            process.wait_for_line(READY)
            assert telegram.wait_for_answer(room, after=room.say(QUESTION)).text.startswith(ANSWER)
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "forged"}):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                body = json.dumps({"update_id": 5})
                connection.request("POST", "/isnad.v1", body, {"Content-Type": "application/json"} | headers)
                assert connection.getresponse().status == 403
                connection.close()
            assert process.end(signal.SIGTERM) == 0
            hold_to_the_rules(process, telegram)
            assert telegram.world.webhook["secret"] not in process.log
