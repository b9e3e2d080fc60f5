"""An ingest of one document from outside, in a process of its own and within limits.

    python -m bot.limited_ingest FILE HOME ar|en

It prints one line of JSON: an Outcome. What a document can do to whoever reads it stays in here: a
process that takes too much memory or time ends, and nothing is changed by it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.ingest import IngestReport
    from rag.settings import Settings

MAX_MEMORY = 3 << 29
"""Bytes of memory of its own, beside twice the store's size: 5 MB of articles take 0.4 GB in an empty home and
0.6 GB beside 31,000 articles, whose store has 0.2 GB (measured)."""
MORE_MEMORY = 8 << 30
"""The same where a model encodes, for which torch sets aside far more than it uses, or the store is no file."""
MAX_CPU_S = 240
ROOT_NAME = "uploads"
"""Before the sources of what was sent: `uploads/<hash>.txt`."""

_NICE = 5
_MOST_TITLES = 3
_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document."""

    num_read: int = 0
    num_added: int = 0
    num_changed: int = 0
    num_unchanged: int = 0
    num_skipped: int = 0
    reasons: tuple[str, ...] = ()
    """Why something was skipped: the first kinds of reason, as in `rag.articles.raw.SkipReason`."""
    titles: tuple[str, ...] = ()
    """Of the first articles."""
    error: str = ""
    """A sentence in the language asked for, where the ingest as a whole failed."""


def main(path: str, home: str, lang: str) -> None:
    """Read the document and print what became of it."""
    from bot.texts.errors import explain_error
    from rag.errors import IsnadError
    from rag.ingest import ingest
    from rag.settings import load_settings

    try:
        settings = load_settings(home=home)
        _limit(settings)
        report = ingest([Path(path)], settings, name=ROOT_NAME)
        outcome = _outcome(report, Path(path), settings)
    except (IsnadError, OSError) as error:
        outcome = Outcome(error=explain_error(error, "ar" if lang == "ar" else "en"))
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


def outcome_from(line: bytes) -> Outcome:
    """The Outcome that the process printed.

    Raises:
        ValueError: it is none: the process came to another end.
    """
    told = json.loads(line)
    if not isinstance(told, dict) or told.keys() != Outcome.__dataclass_fields__.keys():
        raise ValueError("not an outcome")
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in told.items()}
    return Outcome(**values)


def _limit(settings: Settings) -> None:
    store = settings.home / "isnad.db"
    memory = MAX_MEMORY + 2 * (store.stat().st_size if store.exists() else 0)
    memory = MORE_MEMORY if settings.embed_model or settings.database_url else memory
    os.nice(_NICE)  # people's questions come first
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _outcome(report: IngestReport, path: Path, settings: Settings) -> Outcome:
    from rag.index.browse import Browser

    browser = Browser(settings)
    with browser.viewing() as view:
        titles = view.titles_in(path, _MOST_TITLES) if view else []
    browser.close()
    reasons = dict.fromkeys(one.reason for one in report.skipped)
    return Outcome(
        num_read=report.num_read,
        num_added=report.num_added,
        num_changed=report.num_changed,
        num_unchanged=report.num_unchanged,
        num_skipped=len(report.skipped),
        reasons=tuple(reasons)[:_MOST_REASONS],
        titles=tuple(titles),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
