"""The report as one HTML file: it needs no network, and lets nothing run or load but its own style and script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from evals.report import sections
from evals.report.cards import card
from evals.report.html import Markup, join, number, tag
from evals.report.verdicts import counted
from evals.report.wording import Wording
from evals.score import Scores

STYLE, SCRIPT = (Path(__file__).with_name(name) for name in ("page.css", "page.js"))


def page(scores: Scores, texts: Mapping[str, str], wording: Wording) -> str:
    """The whole page; `texts` are the articles' by source, as far as they are there."""
    style, script = (Markup(path.read_text("utf-8")) for path in (STYLE, SCRIPT))
    title = f"{wording.plain('eval.report.title')} · {scores.run['set']['name']}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name_="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", style),
    )
    main = tag(
        "main",
        sections.header(scores, wording),
        sections.verdicts(scores, wording),
        sections.problems(scores, wording),
        sections.figures(scores, wording),
        sections.drawings(scores, wording),
        sections.groups(scores, wording),
        _questions(scores, texts, wording),
        tag("footer", wording.plain("eval.report.footer")),
    )
    body = tag("body", main, tag("script", script))
    return f"<!doctype html>\n{tag('html', head, body, lang=wording.lang, dir=wording.direction)}\n"


def _policy(style: str, script: str) -> str:
    """The page's own rule for the browser: only what has these hashes."""
    hashes = [b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (style, script)]
    own = f"style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _questions(scores: Scores, texts: Mapping[str, str], wording: Wording) -> Markup:
    cards = [card(row, at, texts, wording) for at, row in enumerate(scores.rows, start=1)]
    return tag(
        "section",
        tag("h2", wording.plain("eval.report.section.questions")),
        _filters(scores, wording),
        tag("p", wording.plain("eval.report.none_found"), class_="none", hidden=True),
        tag("div", *cards, class_="cards"),
        id="questions",
    )


def _filters(scores: Scores, wording: Wording) -> Markup:
    statuses = Counter(row.status for row in scores.rows if row.status)
    choices = {
        "verdict": counted(scores.rows),
        "kind": dict(sorted(Counter(row.kind for row in scores.rows).items())),
        "lang": dict(sorted(Counter(row.lang for row in scores.rows).items())),
        "status": dict(statuses),
    }
    looked_for = wording.plain("eval.report.search")
    shown, all_ = tag("span", f"{len(scores.rows):,}", class_="shown num"), number(f"{len(scores.rows):,}")
    return tag(
        "div",
        tag(
            "input",
            type="search",
            id="search",
            placeholder=looked_for,
            aria_label=looked_for,
            autocomplete="off",
            dir="auto",
        ),
        *(_select(name, values, wording) for name, values in choices.items() if len(values) > 1),
        tag("p", shown, " / ", all_, class_="count", role="status", aria_live="polite", dir="ltr"),
        tag("button", wording.plain("eval.report.clear"), type="button", id="clear"),
        tag("button", *_both("eval.report.open_all", "eval.report.close_all", wording), type="button", id="open-all"),
        class_="filters",
    )


def _both(one: str, other: str, wording: Wording) -> list[Markup]:
    """Two texts of a button that is pressed and let go."""
    return [tag("span", wording.plain(one)), tag("span", wording.plain(other), hidden=True)]


def _select(name: str, values: Mapping[str, int], wording: Wording) -> Markup:
    label = wording.plain(f"eval.report.filter.{name}")
    options = [tag("option", label, value="")]
    for value, num in values.items():
        said = value
        if name == "verdict":
            said = wording.plain(f"eval.verdict.{value}")
        elif name == "status":
            said = wording.plain(f"eval.report.status.{value}")
        options.append(tag("option", join([said, f" ({num:,})"]), value=value))
    return tag("select", *options, data_select=name, aria_label=label)
