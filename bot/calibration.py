"""What `isnad eval --calibrate` came to, as lines and tables for a reader."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.direction import Line
from bot.render import EMPTY_LINE, FAINT, HEADING, message
from bot.texts import Lang, say

if TYPE_CHECKING:
    from bot.screen import Screen
    from evals.calibrate import Figures
    from evals.calibration_run import Calibrated

_SHARES = ("right_answered", "right_refused", "wrong_answered", "wrong_refused")


def write_calibrated(calibrated: Calibrated, screen: Screen, lang: Lang) -> None:
    """The constants, what they do on questions that were not fitted, and where they were written."""
    from rag.answer.calibration import SHIPPED

    fitted = calibrated.fitted
    columns = [say(f"eval.calibrate.column.{name}", lang) for name in ("figure", "before", "after")]
    screen.write([*_title(calibrated, lang), EMPTY_LINE])
    shipped = asdict(SHIPPED)
    constants = [
        (say(f"eval.calibrate.{name}", lang), f"{shipped[name]:.2f}", f"{value:.2f}")
        for name, value in asdict(fitted.abstention).items()
    ]
    screen.write_table(columns, constants)
    screen.write([EMPTY_LINE, *message(say("eval.calibrate.held_out", lang))])
    low, high = fitted.change
    both = zip(_figures(fitted.before, lang), _figures(fitted.after, lang), strict=True)
    rows = [(name, one, other) for (name, one), (_, other) in both]
    rows.insert(1, (say("eval.calibrate.change", lang), "", f"{low:+.4f} – {high:+.4f}".replace("-", "−")))
    screen.write_table(columns, rows)
    screen.write([EMPTY_LINE, *_end(calibrated, lang)])


def calibrated_record(calibrated: Calibrated) -> dict[str, Any]:
    """What `isnad eval --calibrate --json` prints."""
    fitted = calibrated.fitted
    return {
        "path": str(calibrated.path) if calibrated.path else None,
        "constants": asdict(fitted.abstention),
        "before": asdict(fitted.before),
        "after": asdict(fitted.after),
        "log_loss_change": list(fitted.change),
        "num_right": fitted.num_right,
        "num_wrong": fitted.num_wrong,
        "num_sources": fitted.num_groups,
        "sets": list(calibrated.sets),
    }


def _title(calibrated: Calibrated, lang: Lang) -> list[Line]:
    fitted = calibrated.fitted
    counts = {"num_right": fitted.num_right, "num_wrong": fitted.num_wrong, "num_sources": fitted.num_groups}
    lines = message(say("eval.calibrate.title", lang, **counts), style=HEADING)
    for one in calibrated.sets:
        values = {name: one[name] for name in ("name", "num_questions", "num_asked", "num_trials")}
        lines += message(say("eval.calibrate.set", lang, **values), style=FAINT)
    return lines


def _figures(figures: Figures, lang: Lang) -> list[tuple[str, str]]:
    named = [(say("eval.calibrate.log_loss", lang), f"{figures.log_loss:.4f}")]
    named.append((say("eval.calibrate.value", lang), f"{figures.value:.4f}"))
    named += [(say(f"eval.calibrate.{name}", lang), f"{getattr(figures, name):.1%}") for name in _SHARES]
    for share, risk in figures.risk_coverage:
        named.append((say("eval.calibrate.risk", lang, share=f"{share:.0%}"), f"{risk:.1%}"))
    named.append((say("eval.calibrate.area", lang), f"{figures.area:.4f}"))
    return [(name, value.replace("%", " %")) for name, value in named]


def _end(calibrated: Calibrated, lang: Lang) -> list[Line]:
    if calibrated.path is None:
        kept = message(say("eval.calibrate.kept", lang, detail=calibrated.kept)) if calibrated.kept else []
        return [*message(say("eval.calibrate.not_written", lang)), *kept]
    return message(say("eval.calibrate.written", lang, path=calibrated.path))
