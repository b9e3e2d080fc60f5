"""What an ingest did and what an index holds, as lines for a reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.home import home_option, prune_command
from bot.render import FAINT, HEADING, message
from bot.texts import Lang, say
from bot.texts.skips import skip_detail

if TYPE_CHECKING:
    from pathlib import Path

    from rag.answer.calibration import Calibration
    from rag.articles.read import Skipped
    from rag.index.status import IndexStatus
    from rag.ingest import IngestReport
    from rag.settings import Settings

SHOWN_SKIPS = 20
SHOWN_OUTLETS = 10
SHOWN_KINDS = 5


def report_lines(report: IngestReport, settings: Settings, given: Sequence[Path] = ()) -> list[Line]:
    """The counts, and what was skipped and why; `given` is what was to be read, where that was done."""
    lang = settings.lang
    counts = ("num_read", "num_added", "num_changed", "num_unchanged", "num_removed")
    lines: list[Line] = []
    if given:
        lines += message(say("ingest.done", lang, **{name: f"{getattr(report, name):,}" for name in counts}))
    held = {name: f"{getattr(report, name):,}" for name in ("num_articles", "num_chunks", "num_embedded")}
    lines += message(say("index.now", lang, **held, seconds=f"{report.seconds:.1f}"))
    if unread := report.num_kept - report.num_away:
        lines += message(say("ingest.kept", lang, count=f"{unread:,}"))
    if report.num_away:
        command = prune_command([path.expanduser().resolve() for path in given], home_option(settings))
        lines += message(say("ingest.away", lang, count=f"{report.num_away:,}", command=command))
    return [*lines, *skipped_lines(report.skipped, lang), *_other_kinds(report.other_kinds, lang)]


def _other_kinds(kinds: Mapping[str, int], lang: Lang) -> list[Line]:
    """How many files were passed over for their kind, and of which kinds most."""
    if not kinds:
        return []
    shown = " · ".join(f"`{suffix or '?'}` {count:,}" for suffix, count in list(kinds.items())[:SHOWN_KINDS])
    return message(say("ingest.other_kinds", lang, count=f"{sum(kinds.values()):,}") + f" ({shown})")


def skipped_lines(skipped: Sequence[Skipped], lang: Lang) -> list[Line]:
    """What was passed over and why: the first of it, and where there is more, how much for which reason."""
    if not skipped:
        return []
    lines = message(say("skipped", lang, num_skipped=f"{len(skipped):,}"), style=HEADING)
    if len(skipped) > SHOWN_SKIPS:
        reasons = Counter(one.reason for one in skipped).most_common()
        lines.append(line(" · ".join(f"{say(f'skip.{reason}', lang)}: {count:,}" for reason, count in reasons)))
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
    home = _fact("home", lang, Piece(str(settings.home), "name"))
    if not status.num_articles:
        return [*message(say("status.none", lang)), home]
    lines = [_fact("num_articles", lang, f"{status.num_articles:,}")]
    if status.first_date and status.first_date == status.last_date:
        lines.append(_fact("date", lang, Piece(status.first_date, "name")))
    elif status.first_date:
        (period,) = message(say("status.period", lang, first=status.first_date, last=status.last_date))
        lines.append(_fact("dates", lang, *period.pieces))
    if status.undated:
        lines.append(_fact("undated", lang, f"{status.undated:,}"))
    if status.outlets:
        lines.append(_fact("outlets", lang, *_outlets(status.outlets)))
    lines += [_fact("root", lang, Piece(str(root), "name")) for root in status.roots]
    lines += [home, _fact("bytes_on_disk", lang, say("megabytes", lang, number=f"{status.bytes_on_disk / 1e6:,.1f}"))]
    lines.append(_fact("num_chunks", lang, f"{status.num_chunks:,}"))
    if status.encoder:
        lines.append(_fact("encoder", lang, Piece(status.encoder, "name")))
    if calibration.state != "shipped":
        said = say(f"status.calibration.{calibration.state}", lang, detail=calibration.detail)
        lines.append(_fact("calibration", lang, said))
    return [*lines, _fact("generation", lang, str(status.generation))]


def _fact(name: str, lang: Lang, *pieces: Piece | str) -> Line:
    return line(Piece(say(f"status.{name}", lang) + ": ", style=HEADING), *pieces, rtl=lang == "ar")


def _outlets(outlets: dict[str, int]) -> Iterator[Piece]:
    """How many there are, and those with the most articles."""
    yield Piece(f"{len(outlets):,} (")
    for number, (name, count) in enumerate(list(outlets.items())[:SHOWN_OUTLETS]):
        yield from (Piece(" · " if number else ""), Piece(name, "name"), Piece(f" {count:,}"))
    yield Piece(" · …)" if len(outlets) > SHOWN_OUTLETS else ")")
