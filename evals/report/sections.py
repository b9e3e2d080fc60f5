"""The parts of the page above the questions: what a run comes to, its figures, its groups, what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evals.report import plots
from evals.report.html import Markup, file_name, join, number, said, tag
from evals.report.numbers import SHARES, shown, shown_range
from evals.report.verdicts import counted
from evals.report.wording import Wording
from evals.score import COSTS, Mean, Row, Scores

GROUPS: Mapping[str, tuple[str, ...]] = {
    "answers": ("contained", "first_sentence", "values_said", "exact", "f1", "answer_length", "planted"),
    "refusal": ("answered", "weak", "refused", "failed", "false_answers", "false_refusals", "aurc"),
    "grounding": ("quotes_match", "citation_precision", "citation_recall", "numbers_supported"),
    "retrieval": ("ndcg10", "r1", "r5", "r10", "rr10"),
    "stories": ("ndcg10_story", "r1_story", "r5_story", "r10_story", "rr10_story"),
}
"""The measures as the page puts them together; the headline stands above them."""
BY_COLUMNS = ("headline", "contained", "ndcg10")
SHOWN_PROBLEMS = 200
_FULL_SCALE = frozenset({"f1", "aurc"}) | SHARES


def header(scores: Scores, wording: Wording) -> Markup:
    """What was asked of what, when, by which version."""
    run, index = scores.run, scores.run["index"]
    counts = {name: f"{index[name]:,}" for name in ("num_articles", "num_chunks")}
    what = wording.say("eval.report.asked", num_questions=f"{len(scores.rows):,}", **counts)
    facts = [("started", run["started"]), ("version", run["version"]), ("digest", run["set"]["digest"][:12])]
    facts += [(name, run["settings"].get(name)) for name in ("embed_model", "llm_model")]
    facts += [("machine", f"Python {run['machine']['python']}, {run['machine']['cores']} cores")]
    listed = [
        tag("span", tag("span", wording.plain(f"eval.report.fact.{name}")), file_name(str(value)))
        for name, value in facts
        if value
    ]
    return tag(
        "header",
        tag("p", wording.plain("eval.report.title"), class_="over"),
        tag("h1", tag("bdi", str(run["set"]["name"]))),
        tag("p", said(what), class_="asked"),
        tag("p", *listed, class_="facts"),
    )


def verdicts(scores: Scores, wording: Wording) -> Markup:
    """The headline and, as one bar, what became of all questions; each part leads to its questions."""
    parts = counted(scores.rows)
    keys = [
        tag(
            "button",
            tag("span", class_=f"swatch v-{verdict}"),
            tag("span", wording.plain(f"eval.verdict.{verdict}")),
            number(f"{num:,}"),
            type="button",
            data_filter="verdict",
            data_value=verdict,
        )
        for verdict, num in parts.items()
    ]
    headline = scores.overall.get("headline")
    large = ""
    if headline is not None:
        large = tag(
            "div",
            tag("p", number(shown("headline", headline.value), "large"), class_="value"),
            tag("p", number(shown_range("headline", headline)), class_="faint"),
            tag("p", wording.plain("eval.measure.headline"), class_="label"),
            class_="headline",
        )
    return tag("section", large, tag("div", plots.stacked(parts), tag("p", *keys, class_="keys")), class_="top")


def figures(scores: Scores, wording: Wording) -> Markup:
    """Every mean with its interval, and what the run cost."""
    blocks = [
        _block(name, [(one, scores.overall[one]) for one in measures if one in scores.overall], wording)
        for name, measures in GROUPS.items()
        if any(one in scores.overall for one in measures)
    ]
    costs = [
        tag(
            "tr",
            tag("th", wording.plain(f"eval.measure.{name}"), scope="row"),
            _cell(shown(name, scores.timings[name])),
        )
        for name in COSTS
        if name in scores.timings
    ]
    if costs:
        blocks.append(_framed("costs", tag("table", tag("tbody", *costs)), wording))
    return _section("figures", tag("div", *blocks, class_="grid"), wording)


def drawings(scores: Scores, wording: Wording) -> Markup:
    """The plots that there is data for."""
    drawn = {
        "risk_coverage": plots.risk_coverage(scores, wording),
        "confidences": plots.confidences(scores, wording),
        "latency": plots.latency(scores, wording),
    }
    framed = [
        tag(
            "figure",
            tag("h3", wording.plain(f"eval.report.plot.{name}")),
            plot,
            tag("figcaption", *_legend(name, wording), said(wording.say(f"eval.report.caption.{name}"))),
            class_="block",
        )
        for name, plot in drawn.items()
        if plot is not None
    ]
    return _section("plots", tag("div", *framed, class_="grid"), wording) if framed else Markup()


def groups(scores: Scores, wording: Wording) -> Markup:
    """By kind, language and length: what became of the questions, and the figures that matter most."""
    tables = [
        tag("div", _by(scores, name, wording), class_=f"block by-{name}")
        for name in scores.by
        if len(scores.by[name]) > 1
    ]
    return _section("groups", join(tables), wording) if tables else Markup()


def problems(scores: Scores, wording: Wording) -> Markup:
    """What of the set or the run could not be used."""
    if not scores.problems:
        return Markup()
    lines = [
        tag("li", file_name(one["where"]), " ", wording.plain(f"eval.problem.{one['what']}"),
            *([" (", tag("bdi", one["detail"]), ")"] if one["detail"] else []))
        for one in scores.problems[:SHOWN_PROBLEMS]
    ]  # fmt: skip
    more = len(scores.problems) - SHOWN_PROBLEMS
    rest = [tag("p", said(wording.say("eval.more_problems", num_more=f"{more:,}")))] if more > 0 else []
    said_so = wording.plain("eval.problems", num_problems=f"{len(scores.problems):,}")
    return tag("details", tag("summary", said_so), tag("ul", *lines), *rest, class_="problems")


def _block(name: str, means: Sequence[tuple[str, Mean]], wording: Wording) -> Markup:
    rows = []
    for measure, mean in means:
        scaled = measure in _FULL_SCALE or name in {"retrieval", "stories"}
        rows.append(
            tag(
                "tr",
                tag("th", wording.plain(f"eval.measure.{measure}"), scope="row"),
                _cell(shown(measure, mean.value), "strong"),
                tag("td", plots.interval(mean.value, mean.low, mean.high) if scaled else "", class_="drawn"),
                _cell(shown_range(measure, mean), "range"),
                _cell(f"{mean.num:,}", "faint"),
            )
        )
    headings = [tag("th", wording.plain(f"eval.column.{one}"), scope="col") for one in ("measure", "value")]
    headings += [tag("td", class_="drawn"), tag("th", wording.plain("eval.column.interval"), scope="col")]
    headings.append(tag("th", wording.plain("eval.report.num"), scope="col"))
    return _framed(name, tag("table", tag("thead", tag("tr", *headings)), tag("tbody", *rows)), wording)


def _by(scores: Scores, name: str, wording: Wording) -> Markup:
    measures = [measure for measure in BY_COLUMNS if measure in scores.overall]
    headings = [
        wording.plain(f"eval.column.{name}"),
        wording.plain("eval.report.num"),
        wording.plain("eval.report.became"),
        *map(wording.measure, measures),
    ]
    rows = []
    for value, means in scores.by[name].items():
        of_value = [row for row in scores.rows if getattr(row, name) == value]
        rows.append(_by_row(name, value, of_value, [(one, means.get(one)) for one in measures], wording))
    columns = [tag("th", heading, scope="col", class_=f"c{at}") for at, heading in enumerate(headings)]
    return tag("table", tag("thead", tag("tr", *columns)), tag("tbody", *rows))


def _by_row(
    name: str, value: str, rows: Sequence[Row], means: Iterable[tuple[str, Mean | None]], wording: Wording
) -> Markup:
    if name == "length":
        label: str = wording.plain(f"eval.{value}")
    else:
        label = tag("button", tag("bdi", *_breakable(value)), type="button", data_filter=name, data_value=value)
    cells = [
        _cell(shown(measure, mean.value) if mean else "–", "strong" if at == 0 else "")
        if mean is None or measure != "headline"
        else tag(
            "td",
            number(shown(measure, mean.value)),
            number(shown_range(measure, mean), "num faint"),
            class_="strong two",
        )
        for at, (measure, mean) in enumerate(means)
    ]
    parts = counted(rows)
    told = "، ".join(f"{wording.plain(f'eval.verdict.{one}')} {num}" for one, num in parts.items())
    return tag(
        "tr",
        tag("th", label, scope="row"),
        _cell(f"{len(rows):,}", "faint"),
        tag("td", plots.stacked(parts), class_="drawn", title=told),
        *cells,
    )


def _breakable(name: str) -> list[str]:
    """A name that may go on in the next line after each underscore."""
    first, *others = name.split("_")
    return [first, *(part for other in others for part in ("_", tag("wbr"), other))]


def _legend(name: str, wording: Wording) -> Iterable[Markup]:
    if name == "confidences":
        for one in ("good", "bad", "pale"):
            yield tag(
                "span", tag("span", class_=f"swatch {one}"), wording.plain(f"eval.report.legend.{one}"), class_="legend"
            )


def _cell(content: str, class_: str = "") -> Markup:
    return tag("td", number(content), class_=class_ or None)


def _framed(name: str, content: str, wording: Wording) -> Markup:
    return tag("div", tag("h3", wording.plain(f"eval.report.group.{name}")), content, class_=f"block {name}")


def _section(name: str, content: str, wording: Wording) -> Markup:
    return tag("section", tag("h2", wording.plain(f"eval.report.section.{name}")), content, id=name)
