"""`isnad bot` as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_telegram.fake import FakeTelegram

PATIENCE_S = 60.0
RUN = """
import sys
from bot.boundary import run_guarded
from bot.telegram.application import run_bot
from rag.settings import load_settings
sys.exit(run_guarded(lambda lang: run_bot(load_settings(), silence_s={silence_s})))
"""


class BotProcess:
    """A running bot; everything it says is in `log`."""

    def __init__(self, folder: Path, environment: dict[str, str], *, silence_s: float | None = None) -> None:
        self._path = folder / "bot.log"
        self._file = self._path.open("wb")
        command = ["-m", "bot", "bot"] if silence_s is None else ["-c", RUN.format(silence_s=silence_s)]
        self._process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )

    @property
    def log(self) -> str:
        """Everything on standard output and standard error until now."""
        return self._path.read_text("utf-8")

    def wait_for_line(self, words: str, *, times: int = 1) -> str:
        """The line that holds `words` for the so-many-th time, as soon as it is there."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            found = [line for line in self.log.splitlines() if words in line]
            if len(found) >= times:
                return found[times - 1]
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"no {words!r} in the log:\n{self.log}")

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def tell(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def end(self, number: signal.Signals | None = None, *, within_s: float = PATIENCE_S) -> int:
        """The exit code, after a signal if one is given."""
        if number is not None:
            self.tell(number)
        return self._process.wait(within_s)

    def close(self) -> None:
        """End it, however it is."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._file.close()


@contextmanager
def running(
    telegram: FakeTelegram, home: Path, folder: Path, *, silence_s: float | None = None, **settings: str | float | Path
) -> Iterator[BotProcess]:
    """A bot of that server over that home; `settings` as variables without their prefix, in small letters."""
    environment = {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE": telegram.url,
        "ISNAD_HOME": str(home),
        "ISNAD_LOG_LEVEL": "debug",
    } | {f"ISNAD_{name.upper()}": str(value) for name, value in settings.items()}
    process = BotProcess(folder, environment, silence_s=silence_s)
    try:
        yield process
    finally:
        process.close()
