"""Whether the index can answer and what to do next, as lines for a reader and as JSON."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from bot.direction import Line, Piece, line
from bot.home import home_option, prune_command
from bot.render import EMPTY_LINE, HEADING, message
from bot.texts import Lang, plain, say
from bot.texts.errors import explain_error

if TYPE_CHECKING:
    from rag.index.health import IndexHealth
    from rag.index.status import IndexStatus
    from rag.settings import Settings


MOST_NAMED = 5
"""Paths in one command: what is to be mended may be anywhere."""
TO_REBUILD = ("missing", "damaged", "mismatch")
"""States of an index that building it again mends."""


def look_at_index(settings: Settings) -> IndexHealth:
    """Open the index, count what it holds and prove its files."""
    from rag.index.health import check_index

    return check_index(settings)


def health_record(health: IndexHealth, status: IndexStatus, settings: Settings) -> dict[str, Any]:
    """What `status --json` has beside the description."""
    problem = plain(explain_error(health.error, settings.lang)) if health.error else None
    steps = [plain(step) for step in next_steps(health, status, settings)]
    return {"health": health.state, "problem": problem, "next": steps}


def health_lines(health: IndexHealth, lang: Lang) -> list[Line]:
    """The state of the index, and what is wrong with it where its state and the next steps do not say it all."""
    if health.state == "empty":
        return []
    about = say(f"health.{health.state}", lang)
    lines = [line(Piece(say("status.health", lang) + ": ", style=HEADING), about, rtl=lang == "ar")]
    if health.error and health.state not in TO_REBUILD:
        lines += message(explain_error(health.error, lang))
    return lines


def next_lines(health: IndexHealth, status: IndexStatus, settings: Settings) -> list[Line]:
    """The next steps under their heading."""
    lines = [EMPTY_LINE, *message(say("status.next", settings.lang), style=HEADING)]
    return [*lines, *(shown for step in next_steps(health, status, settings) for shown in message(f"- {step}"))]


def next_steps(health: IndexHealth, status: IndexStatus, settings: Settings) -> list[str]:
    """What a person may want to do now, the most pressing first."""
    lang, at = settings.lang, home_option(settings)
    steps = []
    if not status.num_articles and health.state in {"empty", "healthy"}:
        return [say("next.ingest", lang, command=f"isnad ingest FOLDER{at}")]
    if health.state in TO_REBUILD:
        key = "next.reindex" if health.state == "mismatch" else "next.rebuild"
        steps.append(say(key, lang, command=f"isnad reindex{at}"))
    elif health.state != "healthy":
        steps.append(say("next.doctor", lang, command=f"isnad doctor{at}"))
    steps += _about_folders(status, settings, at)
    if health.state == "healthy":
        steps.append(say("next.ask", lang, command=f'isnad ask "…"{at}', chat=f"isnad chat{at}"))
    return steps


def _about_folders(status: IndexStatus, settings: Settings, at: str) -> list[str]:
    """Folders that are gone or empty, and files that can be mended."""
    from rag.standing import load_standing

    lang, standing = settings.lang, load_standing(settings)
    left = [("gone", root) for root in status.roots if not root.exists()]
    left += [("emptied", root) for root in standing.emptied]
    steps = [say(f"next.{why}", lang, folder=root, command=prune_command([root], at)) for why, root in left]
    if named := standing.to_mend[:MOST_NAMED]:
        key = "next.skipped" if named == standing.to_mend else "next.skipped_more"
        command = f"isnad ingest {shlex.join(map(str, named))}{at}"
        steps.append(say(key, lang, command=command, num_more=f"{len(standing.to_mend) - len(named):,}"))
    return steps
