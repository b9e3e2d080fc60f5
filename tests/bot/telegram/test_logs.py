"""The log gives nothing away, at any level."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.telegram.logs import OneLine, describe, is_wanted, note_lost_failure, pseudonym

TOKEN = "123456:TEST-fake-telegram-token_0123456789"  # noqa: S105 - opens nothing
OTHER_TOKEN = "987654321:AAExampleExampleExampleExampleExam"  # noqa: S105 - opens nothing
QUESTION = "متى افتتح الجسر؟"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the handler of the bot writes, with every logger at its most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine(TOKEN))
    handler.addFilter(is_wanted)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_token_is_masked_wherever_it_stands(log: io.StringIO) -> None:
    ours = logging.getLogger("bot.telegram.test")
    ours.info("GET /bot%s/getMe", TOKEN)
    ours.warning(f"another one: {OTHER_TOKEN}.")
    ours.error("it failed", exc_info=ValueError(f"no {TOKEN}"))
    assert TOKEN not in log.getvalue()
    assert OTHER_TOKEN not in log.getvalue()
    assert log.getvalue().count("<token>") == 2
    assert len(log.getvalue().splitlines()) == 3


def test_an_error_is_its_type_and_its_place_never_its_text(log: io.StringIO) -> None:
    with pytest.raises(ValueError, match=QUESTION) as foreign:
        int(QUESTION)
    logging.getLogger("bot.telegram.test").error("it failed", exc_info=foreign.value)
    assert QUESTION not in log.getvalue()
    assert log.getvalue().endswith("it failed (ValueError)\n")
    with pytest.raises(AttributeError) as ours:
        OneLine("").format(None)  # type: ignore[arg-type]
    assert describe(ours.value).startswith("AttributeError at bot.telegram.logs:")
    assert describe(ours.value).endswith(" in format")


def test_an_error_is_named_with_its_cause() -> None:
    error = ValueError("text")
    error.__cause__ = OSError("text")
    assert describe(error) == "ValueError from OSError"


def test_of_other_libraries_only_the_fixed_part_of_a_message_is_written(log: io.StringIO) -> None:
    theirs = logging.getLogger("tornado.application")
    theirs.error("Uncaught exception %s: %r", QUESTION, {"text": QUESTION}, exc_info=ValueError(QUESTION))
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: <Task {QUESTION}>")  # noqa: G004 - as asyncio does
    logging.getLogger("telegram.ext.Updater").critical("Received data was: %r", {"text": QUESTION})
    assert QUESTION not in log.getvalue()
    first, second, third = log.getvalue().splitlines()
    assert first.endswith("ERROR tornado.application: Uncaught exception %s: %r (ValueError)")
    assert second.endswith("ERROR asyncio: Task exception was never retrieved")
    assert third.endswith("CRITICAL telegram.ext.Updater: Received data was: %r")


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "telegram.ext.Application", "sqlalchemy.engine", "x"])
def test_other_libraries_are_quiet_below_a_warning(log: io.StringIO, name: str) -> None:
    for level in (logging.DEBUG, logging.INFO):
        logging.getLogger(name).log(level, "HTTP Request: POST %s", TOKEN)
    assert log.getvalue() == ""


def test_what_ptb_reports_of_the_network_is_said_by_us_instead(log: io.StringIO) -> None:
    logging.getLogger("telegram.ext.Updater").error("Exception happened while polling for updates.")
    assert log.getvalue() == ""


def test_a_failure_that_nobody_awaited_is_one_line(log: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(QUESTION)

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(note_lost_failure)
        task = asyncio.create_task(fail())
        await asyncio.wait({task})
        del task

    asyncio.run(test())
    assert QUESTION not in log.getvalue()
    assert len(log.getvalue().splitlines()) == 1
    assert "ValueError" in log.getvalue()


def test_a_record_is_one_line_whatever_it_holds(log: io.StringIO) -> None:
    logging.getLogger("bot.x").info("a\nb\r\n  c")
    assert log.getvalue().endswith("bot.x: a b c\n")
    assert log.getvalue().count("\n") == 1


def test_a_person_has_one_name_in_one_process_and_another_in_the_next() -> None:
    assert pseudonym(7) == pseudonym(7) != pseudonym(8)
    assert pseudonym(12345678) not in {"12345678", f"{12345678:x}"}
    code = "from bot.telegram.logs import pseudonym; print(pseudonym(7))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert other.stdout.strip() != pseudonym(7)
