"""What an ingest did and what an index holds, as lines for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.render import FAINT, HEADING, message
from bot.texts import Lang, say
from bot.texts.messages import MESSAGES

if TYPE_CHECKING:
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
    if report.skipped:
        lines += message(say("skipped", lang, num_skipped=len(report.skipped)), style=HEADING)
        lines += [_skipped_line(one.source, one.reason, one.detail, lang) for one in report.skipped[:SHOWN_SKIPS]]
    if len(report.skipped) > SHOWN_SKIPS:
        lines += message(say("skipped.more", lang, num_more=len(report.skipped) - SHOWN_SKIPS))
    return lines


def status_lines(status: IndexStatus, settings: Settings) -> list[Line]:
    """One line per fact; what is not known is left out."""
    lang = settings.lang
    if not status.num_articles:
        return [*message(say("sources.none", lang)), _fact("home", str(settings.home), lang)]
    facts = [
        ("num_articles", f"{status.num_articles:,}"),
        ("num_chunks", f"{status.num_chunks:,}"),
        ("dates", f"{status.first_date} – {status.last_date}" if status.first_date else ""),
        ("undated", f"{status.undated:,}" if status.undated else ""),
        ("outlets", _outlets(status.outlets, lang)),
        ("roots", ", ".join(map(str, status.roots))),
        ("skipped", _amount(status.skipped)),
        ("encoder", str(status.encoder)),
        ("analyzer", str(status.analyzer)),
        ("generation", str(status.generation)),
        ("bytes_on_disk", f"{status.bytes_on_disk / 1e6:,.1f} MB"),
        ("home", str(settings.home)),
    ]
    return [_fact(name, value, lang) for name, value in facts if value]


def _fact(name: str, value: str, lang: Lang) -> Line:
    return line(Piece(say(f"status.{name}", lang) + ": ", style=HEADING), Piece(value, "name"), rtl=lang == "ar")


def _skipped_line(source: str, reason: str, detail: str, lang: Lang) -> Line:
    key = f"skip.{reason}"
    why = say(key, lang) if key in MESSAGES else reason
    about = (" (", Piece(detail, "name", FAINT), ")") if detail else ()
    return line("- ", Piece(source, "name"), ": ", why, *about, rtl=lang == "ar")


def _outlets(outlets: dict[str, int], lang: Lang) -> str:
    ordered = sorted(outlets.items(), key=lambda outlet: (-outlet[1], outlet[0]))
    named = [f"{name or say('status.unknown_outlet', lang)} {count:,}" for name, count in ordered[:SHOWN_OUTLETS]]
    return " · ".join([*named, *(["…"] if len(ordered) > SHOWN_OUTLETS else [])])


def _amount(skipped: object) -> str:
    """However many there are: a count, or the things themselves."""
    count = skipped if isinstance(skipped, int) else len(tuple(skipped))  # type: ignore[call-overload]
    return f"{count:,}" if count else ""
