"""What a run comes to, as lines and tables for a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.render import EMPTY_LINE, FAINT, HEADING, message
from bot.texts import Lang, say
from bot.texts.system import system_word
from evals.report.numbers import SHARES

if TYPE_CHECKING:
    from bot.screen import Screen
    from evals.score import Mean, Scores

SHOWN_PROBLEMS = 10
GROUP_COLUMNS = ("headline", "answered", "weak", "refused", "failed", "false_answers", "contained", "ndcg10")


def write_scores(scores: Scores, folder: Path, screen: Screen, lang: Lang) -> None:
    """The table of all questions, then by kind, language and length, then what it cost and what was wrong."""
    screen.write([*title_lines(scores, lang), EMPTY_LINE])
    columns = [say(f"eval.column.{name}", lang) for name in ("measure", "value", "interval", "num")]
    screen.write_table(columns, _measure_rows(scores.overall, lang))
    for name, groups in scores.by.items():
        if len(groups) > 1:
            screen.write([EMPTY_LINE])
            _write_groups(name, scores, screen, lang)
    if any(len(groups) > 1 for groups in scores.by.values()):
        screen.write(message(say("eval.heading.legend", lang), style=FAINT))
    screen.write(
        [
            EMPTY_LINE,
            *verdict_lines(scores, lang),
            *cost_lines(scores, lang),
            *problem_lines(scores.problems, lang),
            *message(say("eval.folder", lang, folder=folder), style=FAINT),
        ]
    )


def title_lines(scores: Scores, lang: Lang) -> list[Line]:
    """What was asked of what."""
    index = scores.run["index"]
    counts = {name: f"{index[name]:,}" for name in ("num_articles", "num_chunks")}
    name = scores.run["set"]["name"]
    text = say("eval.title", lang, name=name, num_questions=f"{len(scores.rows):,}", **counts)
    return message(text, style=HEADING)


def verdict_lines(scores: Scores, lang: Lang) -> list[Line]:
    """How many questions got each verdict."""
    from evals.verdict import VERDICTS

    counted = [(verdict, scores.counts.get(f"verdict.{verdict}", 0)) for verdict in VERDICTS]
    named = [f"{say(f'eval.verdict.{verdict}', lang)} {num}" for verdict, num in counted if num]
    return message(say("eval.verdicts", lang, verdicts=" · ".join(named)))


def cost_lines(scores: Scores, lang: Lang) -> list[Line]:
    """Time and memory, as far as they were measured."""
    if "p50_ms" not in scores.timings:
        return []
    named = {
        name: f"{scores.timings[name]:,.0f}" if name in scores.timings else "–"
        for name in ("p50_ms", "p95_ms", "cold_ms", "memory_mb")
    }
    return message(say("eval.costs", lang, **named))


def problem_lines(problems: Sequence[Mapping[str, str]], lang: Lang) -> list[Line]:
    """What was wrong with the set: the first of it, and how much more there is."""
    if not problems:
        return []
    lines = message(say("eval.problems", lang, num_problems=len(problems)), style=HEADING)
    for one in problems[:SHOWN_PROBLEMS]:
        about = (" (", Piece(one["detail"], "name", FAINT), ")") if one["detail"] else ()
        why = say(f"eval.problem.{one['what']}", lang).replace("`", "")
        lines.append(line("- ", Piece(system_word(one["where"], lang), "name"), ": ", why, *about, rtl=lang == "ar"))
    if len(problems) > SHOWN_PROBLEMS:
        lines += message(say("eval.more_problems", lang, num_more=len(problems) - SHOWN_PROBLEMS))
    return lines


def shown(measure: str, value: float) -> str:
    """A measure's value as a reader sees it."""
    if measure in SHARES:
        return f"{value:.1%}".replace("%", " %")
    return f"{value:.1f}" if measure == "answer_length" else f"{value:.3f}".replace("-", "−")


def _short(measure: str, value: float) -> str:
    """The same for a table with many columns: a share in per cent without the sign."""
    return f"{value:.0%}".rstrip("%") if measure in SHARES else f"{value:.2f}".replace("-", "−")


def _measure_rows(means: Mapping[str, Mean], lang: Lang) -> Iterable[Sequence[str]]:
    for name, mean in means.items():
        interval = f"{shown(name, mean.low)} – {shown(name, mean.high)}"
        yield say(f"eval.measure.{name}", lang), shown(name, mean.value), interval, str(mean.num)


def _write_groups(name: str, scores: Scores, screen: Screen, lang: Lang) -> None:
    """A table of the groups, narrow enough for a terminal of 80 columns; failures only where there are some."""
    measures = [
        one for one in GROUP_COLUMNS if one in scores.overall and (one != "failed" or scores.overall[one].value)
    ]
    if len(measures) == len(GROUP_COLUMNS):
        measures = measures[:-1]  # the room is needed; retrieval stands in the first table
    headings = [say(f"eval.heading.{one}", lang) for one in ("num", *measures)]
    rows = []
    for value, means in scores.by[name].items():
        num = sum(getattr(row, name) == value for row in scores.rows)
        label = say(f"eval.{value}", lang) if name == "length" else value
        cells = [_short(one, means[one].value) if one in means else "–" for one in measures]
        rows.append((label, str(num), *cells))
    screen.write_table([say(f"eval.column.{name}", lang), *headings], rows)
