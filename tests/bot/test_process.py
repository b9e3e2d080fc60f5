"""What only a process of its own shows: streams, signals, locales."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import termios
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ISNAD = (sys.executable, "-m", "bot")


def isnad(
    *arguments: str | bytes | Path, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*ISNAD, *arguments],
        input=None if text is None else text.encode(),
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
        timeout=120,
    )


@pytest.fixture(scope="module")
def home(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter articles."""
    home = tmp_path_factory.mktemp("home")
    done = isnad("ingest", repository / "seeds", "--home", home, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["num_read"] > 10
    assert done.stderr == b""
    return home


def test_lines_of_the_settings_that_set_nothing_are_named_once(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ISNAD_LANG=en\nلغتي الإنجليزية\nISNAD_KEEP_DAYS=7\nISNAD_ADMINS\n", "utf-8")
    done = isnad("status", "--home", home)
    assert done.stderr.decode() == "What is not NAME=VALUE in .env sets nothing (lines 2, 4)\n"


def test_a_conversation_through_a_pipe(home: Path) -> None:
    typed = "من فاز برئاسة بلدية دار السرو؟\n/sources\n/quote 1\n/quote 99\n/new\n/help\n"
    done = isnad("chat", "--home", home, text=typed)
    assert done.returncode == 0, done.stderr
    out = done.stdout.decode()
    assert "سلمى الراوي" in out
    assert "election-dar-alsarw" in out
    assert "محادثة جديدة" in out
    assert "\u200f" not in out


def test_a_chat_takes_bytes_that_are_no_text(home: Path) -> None:
    process = subprocess.run(
        [*ISNAD, "chat", "--home", home], input=b"\xff\xfe \xd9\n\0\n", capture_output=True, check=False, timeout=120
    )
    assert process.returncode == 0
    assert b"Traceback" not in process.stderr


def test_a_question_of_undecodable_bytes_still_gives_valid_json(home: Path) -> None:
    done = isnad("ask", "متى ".encode() + b"\xff\xfe", "--json", "--home", home)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8"))["question"] == "متى \ufffd\ufffd"


def test_questions_may_come_from_standard_input(home: Path) -> None:
    done = isnad("ask", "--questions", "-", "--home", home, text='{"id": "1", "question": "من فاز بكأس العالم؟"}\n')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == "1"


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_arabic_is_utf_8_in_any_locale(locale: str) -> None:
    done = isnad("--help", LC_ALL=locale, PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "إسناد" in done.stdout.decode("utf-8")


def test_a_reader_that_leaves_is_no_failure(home: Path) -> None:
    for kept in (0, 10):
        with running("sources", "--text", "more-articles.jsonl#exam-results-2024", "--home", home) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.read(kept)
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(timeout=60) == 0


def test_ctrl_c_stops_with_one_line(tmp_path: Path) -> None:
    """A batch that waits for its questions is stopped from outside."""
    with running("--lang", "en", "ask", "--questions", "-", "--home", tmp_path) as process:
        wait_until_reading(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (130, b"", b"Stopped.\n")


def test_ctrl_c_is_met_before_anything_heavy_is_imported(repository: Path) -> None:
    script = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]["isnad"]
    module, _, function = script.partition(":")
    code = f"""
import sys
from {module} import {function} as run
class Stop:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
assert not {{"bot.cli", "typer", "rag"}} & sys.modules.keys()
sys.meta_path.insert(0, Stop())
sys.exit(run())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize(("lang", "said"), [("en", "Stopped.\n"), ("ar", "أُوقف.\n")])
def test_an_early_ctrl_c_is_answered_in_the_language_that_is_set(lang: str, said: str, tmp_path: Path) -> None:
    code = """
import sys
import bot.cli
class Stop:
    def find_spec(self, name, *_):
        if name == "pydantic_settings":
            sys.meta_path.remove(self)
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
sys.exit(bot.cli.main(["status"]))
"""
    environment = {**os.environ, "ISNAD_LANG": lang, "ISNAD_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (130, b"", said)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["status", "chat", "ask --questions -", "ask متى --json"])
def test_a_closed_stream_is_one_with_nothing_in_it(closed: str, command: str, tmp_path: Path) -> None:
    shell = f"{shlex.join(ISNAD)} {command} --home {shlex.quote(str(tmp_path))} {closed}"
    done = subprocess.run(shell, shell=True, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)  # noqa: S602
    assert done.returncode == 0, done.stderr
    assert "لم نتوقعه" not in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["status", "--json"],
        ["sources", "--text", "long.txt"],
        ["sources"],
        ["ask", "متى افتتح الجسر؟", "--json"],
        ["--help"],
    ],
    ids=" ".join,
)
def test_output_that_cannot_be_written_says_just_that(arguments: list[str], tmp_path: Path) -> None:
    text = "افتتاح الجسر\n" + "افتتح الوزير الجسر صباح أمس.\n" * 5000
    (tmp_path / "long.txt").write_text(text, "utf-8")
    if "--help" not in arguments:
        assert isnad("ingest", tmp_path / "long.txt", "--home", tmp_path / "home", "--json").returncode == 0
        arguments = [*arguments, "--home", str(tmp_path / "home")]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ISNAD, "--lang", "en", *arguments], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert done.stderr == b"The result could not be written to standard output: No space left on device\n"
    assert done.returncode == 1


def test_a_chat_in_a_terminal_survives_ctrl_c(home: Path) -> None:
    ours, theirs = pty.openpty()
    with running("--lang", "en", "chat", "--home", home, terminal=theirs) as process:
        screen = Reader(ours)
        screen.wait_for("» ")
        os.write(ours, "نص لم يكتمل\x03".encode())
        screen.wait_for("Press Ctrl-C again to leave", nudge=b"\n")
        screen.wait_for("» ")
        os.write(ours, "من فاز بكأس العالم؟\n".encode())
        screen.wait_for("world-cup-final-mudarraj.txt")
        screen.wait_for("» ")
        os.write(ours, b"\x04")
        screen.wait_for("Goodbye")
        assert process.wait(timeout=60) == 0
    os.close(ours)


@contextmanager
def running(*arguments: str | Path, terminal: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """`isnad` beside this process, on pipes or in a terminal; gone afterwards, whatever the test found."""
    stream = subprocess.PIPE if terminal is None else terminal
    process: subprocess.Popen[bytes] = subprocess.Popen(
        [*ISNAD, *arguments],
        stdin=stream,
        stdout=stream,
        stderr=stream,
        env={**os.environ, "TERM": "xterm"},
        start_new_session=terminal is not None,
        preexec_fn=None if terminal is None else lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  for Ctrl-C
    )
    if terminal is not None:
        os.close(terminal)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def wait_until_reading(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process reads its input: it has taken a byte of what it was sent."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    pending = b"\1\0\0\0"
    while int.from_bytes(pending, sys.byteorder) and process.poll() is None:
        pending = fcntl.ioctl(process.stdin.fileno(), termios.FIONREAD, bytes(4))


class Reader:
    """What a terminal shows, read until something appears."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._seen = b""

    def wait_for(self, text: str, *, nudge: bytes = b"") -> None:
        """`nudge` is typed where nothing comes: input() may notice a signal only at the next key."""
        while text.encode() not in self._seen:
            if nudge and not select.select([self._terminal], [], [], 1)[0]:
                os.write(self._terminal, nudge)
            ready, _, _ = select.select([self._terminal], [], [], 60)
            assert ready, f"{text!r} never came; seen: {self._seen.decode(errors='replace')}"
            self._seen += os.read(self._terminal, 4096)
        self._seen = self._seen.partition(text.encode())[2]
