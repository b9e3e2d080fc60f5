"""Two runs side by side, and the gates that one missed, as lines and tables for a reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.render import EMPTY_LINE, FAINT, HEADING, message
from bot.texts import Lang, say

if TYPE_CHECKING:
    from bot.screen import Screen
    from evals.compare import Changed, Compared, Comparison
    from evals.gates import Gate, Miss
    from evals.score import Row

SHOWN_CHANGED = 30
SHOWN_ANSWER = 160


def write_comparison(comparison: Comparison, names: tuple[str, str], screen: Screen, lang: Lang) -> None:
    """Whether there is a difference, every measure that changed, and the questions that did, worst first."""
    counts = {"num_pairs": f"{comparison.num_pairs:,}", "num_left_out": f"{comparison.num_left_out:,}"}
    title = say("eval.compare.title", lang, before=names[0], after=names[1], **counts)
    screen.write([*message(title, style=HEADING), *outcome_lines(comparison, lang)])
    changed = [(name, one) for name, one in comparison.measures.items() if one.difference.value]
    if changed:
        screen.write([EMPTY_LINE])
        headings = [say(f"eval.column.{name}", lang) for name in ("measure",)]
        headings += [say(f"eval.compare.column.{name}", lang) for name in ("before", "after", "difference")]
        headings += [say("eval.column.interval", lang), say("eval.compare.column.p", lang)]
        screen.write_table(headings, [_measure_row(name, one, lang) for name, one in changed])
        screen.write(message(say("eval.compare.note", lang), style=FAINT))
    if comparison.changed:
        num_changed = f"{len(comparison.changed):,}"
        screen.write([EMPTY_LINE, *message(say("eval.compare.changed", lang, num_changed=num_changed), style=HEADING)])
        for one in comparison.changed[:SHOWN_CHANGED]:
            screen.write(changed_lines(one, lang))
        if len(comparison.changed) > SHOWN_CHANGED:
            num_more = f"{len(comparison.changed) - SHOWN_CHANGED:,}"
            screen.write(message(say("eval.compare.more", lang, num_more=num_more), style=FAINT))


def outcome_lines(comparison: Comparison, lang: Lang) -> list[Line]:
    """What got better, worse or other; or that nothing did which counts."""
    if not comparison.differs:
        return message(say("eval.compare.chance" if _has_changed(comparison) else "eval.compare.same", lang))
    lines: list[Line] = []
    for change in ("better", "worse", "other"):
        named = [name for name, one in comparison.measures.items() if one.change == change]
        if named:
            measures = "، ".join(named) if lang == "ar" else ", ".join(named)
            lines += message(say(f"eval.compare.{change}", lang, measures=measures), style=HEADING)
    return lines


def changed_lines(changed: Changed, lang: Lang) -> list[Line]:
    """The question, and under it what became of it in either run."""
    row = changed.after
    about = Piece(f"{changed.gain:+d} {row.question_id} {row.kind}", "name", FAINT)
    lines = [EMPTY_LINE, line(about, " ", Piece(row.question, "quote", HEADING))]
    for name, one in (("before", changed.before), ("after", changed.after)):
        label = say(f"eval.compare.column.{name}", lang)
        verdict = say(f"eval.verdict.{one.verdict}", lang)
        lines.append(line(f"  {label}: {verdict} · ", Piece(_said(one, lang), "quote", FAINT), rtl=lang == "ar"))
    return lines


def miss_lines(misses: Iterable[Miss], lang: Lang) -> list[Line]:
    """One line a gate that was missed."""
    lines: list[Line] = []
    for miss in misses:
        if miss.value is None:
            lines += message(say("eval.gate.unknown", lang, gate=miss.gate))
        else:
            lines += message(say("eval.gate.miss", lang, gate=miss.gate, value=f"{miss.value:.4g}"))
    return lines


def gate_lines(gates: Sequence[Gate], misses: Sequence[Miss], lang: Lang) -> list[Line]:
    """What was missed, or that nothing was."""
    return miss_lines(misses, lang) or message(say("eval.gate.held", lang, num_gates=len(gates)))


def _has_changed(comparison: Comparison) -> bool:
    return bool(comparison.changed) or any(one.difference.value for one in comparison.measures.values())


def _measure_row(name: str, one: Compared, lang: Lang) -> Sequence[str]:
    from evals.report.numbers import shown, signed

    interval = f"{signed(name, one.difference.low)} – {signed(name, one.difference.high)}"
    label = say(f"eval.measure.{name}", lang).partition(":")[0].partition(" (")[0]
    p = f"{one.p_holm:.3f}" if one.p_holm >= 0.001 else "<0.001"  # noqa: PLR2004  no more digits are known
    return label, shown(name, one.before), shown(name, one.after), signed(name, one.difference.value), interval, p


def _said(row: Row, lang: Lang) -> str:
    if not row.answer:
        return say("eval.compare.nothing_said", lang)
    return row.answer if len(row.answer) <= SHOWN_ANSWER else f"{row.answer[:SHOWN_ANSWER]}…"
