"""The bot as a process, seen from outside: what people are told, what it calls, and what it leaves behind."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.cli import main
from bot.texts import LANGS, Lang, say
from tests.bot.running import BRIDGE, MARKET
from tests.bot.telegram.bot_process import BotProcess, running
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.people import Person, Room, Said
from tests.fake_telegram.seen import Seen

QUESTION, ANSWER = "متى افتتح الوزير جسر النهر؟", "افتتح الوزير جسر النهر يوم الاثنين في مدينة الواحة."
ADMINS: dict[Lang, int] = {"ar": 7300000011, "en": 7300000012}
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069`"))
"""The marks of direction around names, which are not compared, and the backticks around what is typed."""
COMES_AND_GOES = ("-wal", "-shm", "-journal", ".lock")
CALLS = ("getUpdates", "sendMessage", "sendChatAction", "answerCallbackQuery", "answerInlineQuery", "setMy")
PATIENCE_S = 10.0

Rooms = dict[Lang, Room]


def plain(text: str) -> str:
    return text.translate(MARKS)


def told(key: str, lang: Lang, **values: object) -> str:
    return plain(say(key, lang, **values))


@dataclass
class Whole:
    """A running bot, the Telegram that it talks to, and its folder."""

    telegram: FakeTelegram
    process: BotProcess
    home: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(7340982651, 7))

    def someone(self, lang: Lang = "ar", **account: str) -> Person:
        return self.telegram.user(next(self.numbers), language_code=lang, **account)

    def rooms(self) -> Rooms:
        """A private chat for each language, of people whom the bot has not seen before."""
        return {lang: self.someone(lang).private() for lang in LANGS}

    def admins(self) -> Rooms:
        return {lang: self.telegram.user(ADMINS[lang], language_code=lang).private() for lang in LANGS}

    def after(self, room: Room, said: Said, count: int = 1) -> list[Seen]:
        """What the bot has sent since, as soon as it is so much."""
        return self.telegram.wait_for_answers(room, count, after=said)

    def ask(self, room: Room, text: str = QUESTION) -> Seen:
        """The first message after a text."""
        return self.after(room, room.say(text))[0]

    def toast(self, query: str) -> str:
        return str(self.telegram.wait_for_toast(query)["text"])

    def works_on(self, room: Room, said: Said, *first: str) -> None:
        """Hold that since then came what is given and nothing else, and that the next question is answered."""
        if first:
            self.after(room, said, len(first))  # a document is read while questions are answered
        room.say(QUESTION)
        found = self.after(room, said, len(first) + 1)
        self.settle()
        texts = [plain(one.text) for one in self.after(room, said)]
        assert texts[:-1] == list(first), f"{texts[:-1]} instead of {first}"
        assert found[-1].text.startswith(ANSWER), found[-1].text

    def settle(self) -> None:
        """Wait until no question waits any more."""
        self.wait_until(lambda: not self.rows("bot_inbox"))

    def wait_until(self, holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        """For what lies in files, where nothing tells of a change."""
        end = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.01)

    def rows(self, table: str) -> int:
        with closing(sqlite3.connect(f"file:{self.home / 'state.db'}?mode=ro", uri=True)) as database:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  our own name

    def standing(self) -> dict[str, int]:
        """How many rows each table has, but for the one of updates that came."""
        with closing(sqlite3.connect(f"file:{self.home / 'state.db'}?mode=ro", uri=True)) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: self.rows(name) for name in names if name != "bot_updates"}

    def files(self) -> set[str]:
        """Every file beside and in the home, but for what comes and goes."""
        found = self.home.parent.rglob("*")
        return {str(path) for path in found if path.is_file() and not path.name.endswith(COMES_AND_GOES)}

    @contextmanager
    def nothing_else(self, *, may_ask: bool = False, may_fetch: bool = False) -> Iterator[None]:
        """Hold that nothing is left in the home, and that the bot calls nothing but what tells and shows life.

        `may_ask`: whether what happens is a question, which is kept as any other. `may_fetch`: whether a file
        may be fetched.
        """
        self.settle()
        files, rows, num_calls = self.files(), self.standing(), len(self.telegram.transcript.calls)
        yield
        self.settle()
        assert self.files() == files, self.files() ^ files
        assert may_ask or self.standing() == rows, self.standing().items() ^ rows.items()
        made = self.telegram.transcript.calls[num_calls:]
        expected = (*CALLS, "getFile", "download") if may_fetch else CALLS
        others = [f"{call.method} {call.error}" for call in made if not call.method.startswith(expected) or call.error]
        assert not others, others


@contextmanager
def whole_bot(folder: Path, *, home: Path | None = None, **settings: str) -> Iterator[Whole]:
    """A bot over two articles, or over `home`."""
    if home is None:
        home = folder / "bot" / "home"
        write_two(folder / "articles")
        assert main(["ingest", str(folder / "articles"), "--home", str(home), "--json"]) == 0
    with (
        FakeTelegram() as telegram,
        running(
            telegram, home, folder, silence_s=None, admins=",".join(map(str, ADMINS.values())), **settings
        ) as process,
    ):
        process.wait_for_line("is ready")
        whole = Whole(telegram, process, home)
        whole.wait_until((home / "menus.json").exists)  # the menus are told after the start
        yield whole


def write_two(folder: Path) -> None:
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    (folder / "market.txt").write_text(MARKET, "utf-8")
