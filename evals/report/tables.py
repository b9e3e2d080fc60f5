"""The report as Markdown, to paste, and as CSV, to compute with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from evals.report.html import visible
from evals.report.numbers import shown, shown_range
from evals.report.verdicts import GOOD, counted
from evals.report.wording import Wording
from evals.score import COSTS, MEASURES, Row, Scores

SHOWN_ANSWER = 160
BY_COLUMNS = ("headline", "answered", "weak", "refused", "failed", "false_answers", "contained", "ndcg10")
_FIELDS = ("id", "kind", "lang", "length", "question", "status", "reason", "verdict", "points", "why", "confidence",
           "ms", "expected", "sources", "cited", "answer")  # fmt: skip
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_SPACE = re.compile(r"\s+")


def markdown(scores: Scores, wording: Wording) -> str:
    """Figures and groups as tables, then every question that was not right, with the reason."""
    run, index = scores.run, scores.run["index"]
    counts = {name: f"{index[name]:,}" for name in ("num_articles", "num_chunks")}
    lines = [f"# {wording.plain('eval.report.title')}: {_cell(str(run['set']['name']))}", ""]
    lines += [wording.plain("eval.report.asked", num_questions=f"{len(scores.rows):,}", **counts), ""]
    lines += [f"{run['started']} · Isnad {run['version']} · `{run['set']['digest']}`", ""]
    headings = [wording.plain(f"eval.column.{one}") for one in ("measure", "value", "interval", "num")]
    rows = [
        [wording.plain(f"eval.measure.{name}"), shown(name, mean.value), shown_range(name, mean), f"{mean.num:,}"]
        for name, mean in scores.overall.items()
    ]
    rows += [
        [wording.plain(f"eval.measure.{name}"), shown(name, scores.timings[name]), "", ""]
        for name in COSTS
        if name in scores.timings
    ]
    lines += _table(headings, rows)
    for name in scores.by:
        if len(scores.by[name]) > 1:
            lines += _table(*_group(scores, name, wording))
    parts = [f"{wording.plain(f'eval.verdict.{verdict}')} {num}" for verdict, num in counted(scores.rows).items()]
    lines += [wording.plain("eval.verdicts", verdicts=" · ".join(parts)), ""]
    return "\n".join([*lines, *_not_right(scores.rows, wording)])


def questions_csv(scores: Scores) -> str:
    """One line per question, with every measure; a list is joined by ` | `.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    rows = []
    for row in scores.rows:
        cited = dict.fromkeys(citation["source"] for citation in row.record.get("citations") or ())
        fields = (row.question_id, row.kind, row.lang, row.length, row.question, row.status, row.reason or "")
        judged = (row.verdict, row.points, row.why.key, "" if row.confidence is None else row.confidence, row.ms)
        texts = (" | ".join(row.expected), " | ".join(row.sources), " | ".join(cited), row.answer)
        rows.append([*fields, *judged, *texts, *(row.values.get(name, "") for name in MEASURES if name != "aurc")])
    return _csv([*_FIELDS, *(name for name in MEASURES if name != "aurc")], rows)


def figures_csv(scores: Scores) -> str:
    """One line per figure of each group of questions."""
    rows: list[list[object]] = [
        ["all", "", name, mean.value, mean.low, mean.high, mean.num] for name, mean in scores.overall.items()
    ]
    rows += [["all", "", name, value, "", "", ""] for name, value in scores.timings.items()]
    rows += [
        [group, value, name, mean.value, mean.low, mean.high, mean.num]
        for group, values in scores.by.items()
        for value, means in values.items()
        for name, mean in means.items()
    ]
    return _csv(["group", "value", "measure", "mean", "low", "high", "num"], rows)


def _group(scores: Scores, name: str, wording: Wording) -> tuple[list[str], list[list[str]]]:
    measures = [measure for measure in BY_COLUMNS if measure in scores.overall]
    headings = [wording.plain(f"eval.column.{name}"), wording.plain("eval.column.num")]
    rows = []
    for value, means in scores.by[name].items():
        label = wording.plain(f"eval.{value}") if name == "length" else value
        num = sum(getattr(row, name) == value for row in scores.rows)
        rows.append([label, f"{num:,}", *(shown(one, means[one].value) if one in means else "–" for one in measures)])
    return headings + list(map(wording.measure, measures)), rows


def _not_right(rows: Iterable[Row], wording: Wording) -> list[str]:
    """The questions that were not right, as a table."""
    named = [
        [
            row.question_id,
            wording.plain(f"eval.verdict.{row.verdict}"),
            row.question,
            row.answer if len(row.answer) <= SHOWN_ANSWER else f"{row.answer[:SHOWN_ANSWER]}…",
            wording.plain(f"eval.why.{row.why.key}", **row.why.values),
        ]
        for row in rows
        if row.verdict not in GOOD and row.verdict != "not_judged"
    ]
    headings = [wording.plain(f"eval.report.column.{one}") for one in ("id", "verdict", "question", "answer", "why")]
    return _table(headings, named) if named else []


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *rows]
    return [f"| {' | '.join(map(_cell, line))} |" for line in lines] + [""]


def _cell(content: str) -> str:
    """Text that stays inside its cell and is no markup."""
    return re.sub(r"([\\|`*_<\[])", r"\\\1", _SPACE.sub(" ", visible(content))) if content != "---" else content


def _csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_no_formula(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def _no_formula(content: str) -> str:
    shown_text = visible(content)
    return f"'{shown_text}" if _FORMULA.match(shown_text) else shown_text
