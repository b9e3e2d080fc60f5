"""What an ingest did and what an index holds, as lines for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.render import FAINT, HEADING, message
from bot.texts import Lang, say
from bot.texts.skips import skip_detail

if TYPE_CHECKING:
    from rag.answer.calibration import Calibration
    from rag.articles.read import Skipped
    from rag.index.status import IndexStatus
    from rag.ingest import IngestReport
    from rag.settings import Settings

SHOWN_SKIPS = 20
SHOWN_OUTLETS = 10


def report_lines(report: IngestReport, lang: Lang, *, changes: bool = True) -> list[Line]:
    """The counts, and what was skipped and why; `changes` where articles were read."""
    counts = ("num_read", "num_added", "num_changed", "num_unchanged", "num_removed")
    lines: list[Line] = []
    if changes:
        lines += message(say("ingest.done", lang, **{name: f"{getattr(report, name):,}" for name in counts}))
    held = {name: f"{getattr(report, name):,}" for name in ("num_articles", "num_chunks", "num_embedded")}
    lines += message(say("index.now", lang, **held, seconds=f"{report.seconds:.1f}"))
    if report.num_kept:
        lines += message(say("ingest.kept", lang, num_kept=f"{report.num_kept:,}"))
    return lines + skipped_lines(report.skipped, lang)


def skipped_lines(skipped: Sequence[Skipped], lang: Lang) -> list[Line]:
    """What was passed over and why: the first of it, and how much more there is."""
    if not skipped:
        return []
    lines = message(say("skipped", lang, num_skipped=f"{len(skipped):,}"), style=HEADING)
    for one in skipped[:SHOWN_SKIPS]:
        detail = skip_detail(one.detail, lang)
        about = (" (", Piece(detail, "name", FAINT), ")") if detail else ()
        why = say(f"skip.{one.reason}", lang)
        lines.append(line("- ", Piece(one.source, "name"), ": ", why, *about, rtl=lang == "ar"))
    if len(skipped) > SHOWN_SKIPS:
        lines += message(say("skipped.more", lang, num_more=f"{len(skipped) - SHOWN_SKIPS:,}"))
    return lines


def status_lines(status: IndexStatus, calibration: Calibration, settings: Settings) -> list[Line]:
    """One line per fact; what is not known is left out."""
    lang = settings.lang
    if not status.num_articles:
        nothing = [*message(say("status.none", lang)), _fact("home", str(settings.home), lang)]
        return [*nothing, *skipped_lines(status.skipped, lang)]
    facts = [
        ("num_articles", f"{status.num_articles:,}"),
        ("num_chunks", f"{status.num_chunks:,}"),
        ("dates", f"{status.first_date} – {status.last_date}" if status.first_date else ""),
        ("undated", f"{status.undated:,}" if status.undated else ""),
        ("outlets", _outlets(status.outlets)),
        ("roots", ", ".join(map(str, status.roots))),
        ("encoder", status.encoder or ""),
        ("analyzer", status.analyzer or ""),
        ("calibration", say(f"status.calibration.{calibration.state}", lang, detail=calibration.detail)),
        ("generation", str(status.generation)),
        ("bytes_on_disk", f"{status.bytes_on_disk / 1e6:,.1f} MB"),
        ("home", str(settings.home)),
    ]
    return [*(_fact(name, value, lang) for name, value in facts if value), *skipped_lines(status.skipped, lang)]


def _fact(name: str, value: str, lang: Lang) -> Line:
    return line(Piece(say(f"status.{name}", lang) + ": ", style=HEADING), Piece(value, "name"), rtl=lang == "ar")


def _outlets(outlets: dict[str, int]) -> str:
    """The outlets with the most articles."""
    named = [f"{name} {count:,}" for name, count in list(outlets.items())[:SHOWN_OUTLETS]]
    return " · ".join([*named, *(["…"] if len(outlets) > SHOWN_OUTLETS else [])])
