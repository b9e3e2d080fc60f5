"""The tour that `make demo` runs: read a folder into an index of its own, ask five questions, print.

    python -m bot.demo [FOLDER] [--home DIR] [--chat]

Without a folder it reads the starter articles and asks what stands in them, and one thing that does
not. Another folder is asked what its own headlines say. With `--chat` a person asks. Servers that the
settings name are left alone: nothing of a tour belongs in a database of yours.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.boundary import run_guarded
from bot.direction import line
from bot.progress import ProgressBar
from bot.render import COMMAND, EMPTY_LINE, HEADING, answer_lines, message
from bot.report import report_lines
from bot.screen import Screen
from bot.texts import say

if TYPE_CHECKING:
    from rag.settings import Settings

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
HOMES = Path(".demo")
SERVERS = ("database_url", "chroma_url")
"""Settings that win over a home."""

SEED_QUESTIONS = (
    "من فاز برئاسة بلدية دار السرو؟",
    "كم طفلاً تستهدف حملة التطعيم ضد الحصبة؟",
    "لماذا هبط سعر برميل النفط تحت الصفر؟",
    "متى أُطلق مسبار الأمل؟",
)
"""What the starter articles answer."""
SEED_UNANSWERED = "كم سعر تذكرة المترو في القاهرة؟"
"""What they do not."""
OUT_OF_SCOPE = "كيف أطبخ المنسف؟"
"""What hardly any news article answers."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tour; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.demo", description="Read a folder of articles and ask it five questions."
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=SEEDS, help="the articles (default: the starter articles)"
    )
    parser.add_argument("--home", type=Path, help="folder of the tour's own index (default: one under .demo)")
    parser.add_argument("--chat", action="store_true", help="a conversation instead of the five questions")
    given = parser.parse_args(arguments)
    work, folder = converse if given.chat else show, given.folder.expanduser()
    return run_guarded(lambda _: work(folder, given.home or home_for(folder)))


def converse(folder: Path, home: Path) -> int:
    """Ingest `folder` into `home` and talk about it."""
    from bot.chat import run_chat, welcome_lines
    from bot.home import home_option
    from bot.session import Session
    from rag.index.status import load_status
    from rag.ingest import ingest
    from rag.pipeline import Pipeline

    settings = settings_of_tour(home)
    lang = settings.lang
    with ProgressBar(lang) as progress:
        ingest([folder], settings, progress=progress)
    Screen.err().write(welcome_lines(load_status(settings), lang))
    with Pipeline(settings) as pipeline:
        run_chat(Session(pipeline), lang, home=home_option(settings).strip())
    return 0


def settings_of_tour(home: Path) -> Settings:
    """The settings with a home of the tour's own, and no server of the person's own."""
    from rag.settings import load_settings

    return load_settings(home=home).model_copy(update=dict.fromkeys(SERVERS))


def show(folder: Path, home: Path) -> int:
    """Ingest `folder` into `home`, ask, and say how to go on; 1 where there is nothing to ask."""
    from rag.ingest import ingest
    from rag.pipeline import Pipeline

    settings = settings_of_tour(home)
    lang, screen = settings.lang, Screen.out()
    screen.write([*message(say("demo.title", lang), style=HEADING), EMPTY_LINE])
    with ProgressBar(lang) as progress:
        report = ingest([folder], settings, progress=progress)
    screen.write(report_lines(report, settings, [folder]))
    questions = questions_for(folder, settings)
    if not questions:
        Screen.err().write(message(say("demo.none", lang, folder=folder)))
        return 1
    with Pipeline(settings) as pipeline:
        for question in questions:
            screen.write([EMPTY_LINE, *message(f"؟ {question}", style=COMMAND), EMPTY_LINE])
            screen.write(answer_lines(pipeline.answer(question), lang))
    screen.write([EMPTY_LINE, line("─" * 40), *message(say("demo.next", lang, command=follow_up(folder, home)))])
    if is_seeds(folder):
        screen.write(message(say("demo.own", lang)))
    return 0


def follow_up(folder: Path, home: Path) -> str:
    """What to type to talk to the tour's articles: `isnad chat`, or the tour itself where that would ask a server."""
    from rag.settings import load_settings

    at = f"--home {shlex.quote(str(home))}"
    if not any(getattr(load_settings(home=home), server) for server in SERVERS):
        return f"{program()} chat {at}"
    read = "" if is_seeds(folder) else f" {shlex.quote(str(folder))}"
    return f"{_from_here(Path(sys.executable))} -m bot.demo{read} --chat {at}"


def program() -> str:
    """How to start `isnad` from here: one in a virtual environment that is not active needs its path."""
    beside = Path(sys.executable).with_name("isnad")
    return "isnad" if shutil.which("isnad") or not beside.exists() else _from_here(beside)


def _from_here(file: Path) -> str:
    here = Path.cwd()
    return shlex.quote(str(file.relative_to(here) if file.is_relative_to(here) else file))


def questions_for(folder: Path, settings: Settings) -> list[str]:
    """Five for the starter articles; for others up to four headlines from across them, and one out of scope."""
    if is_seeds(folder):
        return [*SEED_QUESTIONS, SEED_UNANSWERED]
    from rag.index.status import load_sources

    headlines = list(dict.fromkeys(row.title for row in load_sources(settings) if row.title))
    step = max(1, len(headlines) // 4)
    return [*headlines[::step][:4], OUT_OF_SCOPE] if headlines else []


def home_for(folder: Path) -> Path:
    """An index of its own for each folder, so that one tour's articles do not answer another's questions."""
    if is_seeds(folder):
        return HOMES / "starter"
    place = folder.resolve()
    return HOMES / f"{place.name}-{hashlib.blake2b(os.fsencode(place), digest_size=4).hexdigest()}"


def is_seeds(folder: Path) -> bool:
    """Whether these are the starter articles."""
    return folder.resolve() == SEEDS


if __name__ == "__main__":
    sys.exit(main())
