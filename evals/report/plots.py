"""Plots as SVG of our own: numbers run left to right, colours come from the page's style."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.report.html import Markup, tag
from evals.report.verdicts import GOOD, SAID
from evals.report.wording import Wording
from evals.score import Scores

WIDTH, HEIGHT = 360, 225
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 18, 42
NUM_BINS = 20
_STEPS = (1, 2, 5)
_NUM_STEPS, _RISK_STEPS = 4, (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Values to places in the plot."""

    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return _LEFT + across * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM)

    def across(self, y: float, class_: str) -> Markup:
        """A line over the whole width."""
        (left, at), (right, _) = self.at(self.x[0], y), self.at(self.x[1], y)
        return tag("line", class_=class_, x1=left, x2=right, y1=at, y2=at)

    def bar(self, x: tuple[float, float], y: tuple[float, float], class_: str, title: str) -> Markup:
        """A box with what it says to whoever points at it."""
        left, bottom = self.at(x[0], min(y))
        right, top = self.at(x[1], max(y))
        box = {"x": left + 0.75, "y": top, "width": max(right - left - 1.5, 0.5), "height": bottom - top}
        return tag("rect", tag("title", title), class_=class_, **box)


def risk_coverage(scores: Scores, wording: Wording) -> Markup | None:
    """The share that is wrong among the surest, as more and more is taken; the dot: what is answered plainly."""
    points = scores.risk_coverage
    if not points:
        return None
    most = max(risk for _, risk in points)
    step = next(step for step in _RISK_STEPS if _NUM_STEPS * step >= most)
    frame = _Frame((0, 1), (0, _NUM_STEPS * step))
    places = [frame.at(coverage, risk) for coverage, risk in points]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    (first, bottom), (last, _) = frame.at(points[0][0], 0), frame.at(points[-1][0], 0)
    drawn = [
        *(_across(frame, at * step, f"{at * step:.0%}") for at in range(_NUM_STEPS + 1)),
        *(_tick(frame, at / 4, f"{at / 4:.0%}") for at in range(5)),
        tag("path", class_="area", d=f"{line}L{last:.1f} {bottom:.1f}L{first:.1f} {bottom:.1f}Z"),
        tag("path", class_="curve", d=line),
    ]
    answered = sum(row.status == "answered" and row.verdict != "not_judged" for row in scores.rows)
    if answered:
        coverage, risk = points[min(answered, len(points)) - 1]
        x, y = frame.at(coverage, risk)
        label = f"{coverage:.0%} · {risk:.1%}"
        drawn += [tag("circle", tag("title", label), class_="dot", cx=x, cy=y, r=4.5)]
        below = min(y + 24, HEIGHT - _BOTTOM - 6)
        drawn += [tag("text", label, class_="label", x=min(x + 34, WIDTH - 50), y=below, text_anchor="middle")]
    return _svg(drawn, wording, "risk_coverage", x="coverage", y="risk")


def confidences(scores: Scores, wording: Wording) -> Markup | None:
    """How sure the gate was: above the line what turned out right, below what did not; pale where nothing was said."""
    piles: dict[tuple[bool, bool], list[int]] = {
        (good, is_said): [0] * NUM_BINS for good in (True, False) for is_said in (True, False)
    }
    for row in scores.rows:
        if row.confidence is not None and row.verdict not in {"not_judged", "failed"}:
            at = min(int(row.confidence * NUM_BINS), NUM_BINS - 1)
            piles[row.verdict in GOOD, row.status in SAID][at] += 1
    totals = {
        good: [sum(pair) for pair in zip(piles[good, True], piles[good, False], strict=True)] for good in (True, False)
    }
    if not any(map(any, totals.values())):
        return None
    step = _nice_step(max(max(totals[True]) + max(totals[False]), 4) / 4)
    frame = _Frame((0, 1), (-_round_up(max(totals[False]), step), _round_up(max(totals[True]), step)))
    drawn = [_across(frame, float(at), f"{abs(at):,}") for at in range(int(frame.y[0]), int(frame.y[1]) + 1, step)]
    drawn += [_tick(frame, at / 4, f"{at / 4:.2f}") for at in range(5)]
    for (good, is_said), pile in piles.items():
        name = f"{'good' if good else 'bad'}{'' if is_said else ' pale'}"
        sign = 1 if good else -1
        for at, num in enumerate(pile):
            if num:
                below = 0 if is_said else piles[good, True][at]
                span = (at / NUM_BINS, (at + 1) / NUM_BINS)
                title = f"{span[0]:.2f}–{span[1]:.2f}: {num}"
                drawn.append(frame.bar(span, (sign * below, sign * (below + num)), f"bar {name}", title))
    drawn.append(frame.across(0, "axis"))
    return _svg(drawn, wording, "confidences", x="confidence", y="questions")


def latency(scores: Scores, wording: Wording) -> Markup | None:
    """How long questions took, by powers of ten; lines at the median and at 95 %."""
    spent = [row.ms for row in scores.rows if row.ms > 0]
    if not spent:
        return None
    low, high = math.log10(min(spent)), math.log10(max(spent))
    low, high = low - 0.05, max(high + 0.05, low + 0.3)
    num_bins = NUM_BINS + 4
    counts = [0] * num_bins
    for ms in spent:
        counts[min(int((math.log10(ms) - low) / (high - low) * num_bins), num_bins - 1)] += 1
    step = _nice_step(max(counts) / 4)
    frame = _Frame((low, high), (0, _round_up(max(counts), step)))
    drawn = [_across(frame, float(at), f"{at:,}") for at in range(0, int(frame.y[1]) + 1, step)]
    drawn += [_tick(frame, math.log10(ms), _milliseconds(ms)) for ms in _log_ticks(low, high)]
    width = (high - low) / num_bins
    for at, num in enumerate(counts):
        if num:
            span = (low + at * width, low + (at + 1) * width)
            title = f"{_milliseconds(10 ** span[0])}–{_milliseconds(10 ** span[1])}: {num}"
            drawn.append(frame.bar(span, (0, num), "bar plain", title))
    for name, anchor, beside in (("p50", "end", 4), ("p95", "start", -4)):
        spent_there = scores.timings[f"{name}_ms"]
        x = frame.at(math.log10(max(spent_there, 10**low)), 0)[0]
        drawn.append(tag("line", class_="mark", x1=x, x2=x, y1=HEIGHT - _BOTTOM, y2=_TOP - 3))
        label = f"{name} {_milliseconds(spent_there)}"
        drawn.append(tag("text", label, class_="label", x=x + beside, y=_TOP - 7, text_anchor=anchor))
    return _svg(drawn, wording, "latency", x="milliseconds", y="questions")


def stacked(parts: Mapping[str, int]) -> Markup:
    """One bar of several parts, as wide as its place; each part is named by its class."""
    total, at = sum(parts.values()) or 1, 0.0
    drawn = []
    for name, num in parts.items():
        if num:
            width = 100 * num / total
            drawn.append(tag("rect", class_=f"v-{name}", x=at, y=0, width=width, height=10))
            at += width
    return tag("svg", *drawn, class_="stack", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")


def interval(value: float, low: float, high: float, scale: tuple[float, float] = (0.0, 1.0)) -> Markup:
    """A mean and its interval on a line from one end of the scale to the other."""

    def at(one: float) -> float:
        return 2 + 96 * (min(max(one, scale[0]), scale[1]) - scale[0]) / (scale[1] - scale[0])

    drawn = [
        tag("line", class_="rail", x1=0, x2=100, y1=6, y2=6),
        *([tag("line", class_="zero", x1=at(0), x2=at(0), y1=1, y2=11)] if scale[0] < 0 else []),
        tag("line", class_="range", x1=at(low), x2=at(high), y1=6, y2=6),
        tag("circle", class_="value", cx=at(value), cy=6, r=3.2),
    ]
    return tag("svg", *drawn, class_="interval", viewBox="0 0 100 12", aria_hidden="true")


def _svg(drawn: Sequence[Markup], wording: Wording, name: str, *, x: str, y: str) -> Markup:
    names = [
        tag("text", wording.plain(f"eval.report.axis.{x}"), class_="axis-name", x=(WIDTH + _LEFT) / 2, y=HEIGHT - 6),
        tag("text", wording.plain(f"eval.report.axis.{y}"), class_="axis-name turned", x=-(HEIGHT - _BOTTOM) / 2, y=9),
    ]
    label = wording.plain(f"eval.report.plot.{name}")
    box = f"0 0 {WIDTH} {HEIGHT}"
    return tag("svg", *drawn, *names, class_="plot", viewBox=box, role="img", aria_label=label, direction="ltr")


def _across(frame: _Frame, y: float, label: str) -> Markup:
    at = frame.at(frame.x[0], y)[1]
    words = tag("text", label, class_="tick", x=_LEFT - 6, y=at + 3.5, text_anchor="end")
    return Markup(frame.across(y, "grid") + words)


def _tick(frame: _Frame, x: float, label: str) -> Markup:
    at = frame.at(x, frame.y[0])[0]
    return tag("text", label, class_="tick", x=at, y=HEIGHT - _BOTTOM + 15, text_anchor="middle")


def _round_up(value: float, step: float) -> float:
    return step * max(1, math.ceil(value / step - 1e-9))


def _nice_step(value: float) -> int:
    """The next of 1, 2, 5, 10, 20 and so on."""
    power = 10 ** max(0, math.floor(math.log10(max(value, 1))))
    return int(next(step * power for step in (*_STEPS, 10) if step * power >= value))


def _log_ticks(low: float, high: float) -> list[float]:
    every = [step * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for step in _STEPS]
    inside = [ms for ms in every if low <= math.log10(ms) <= high]
    return inside if len(inside) <= 8 else [ms for ms in inside if f"{ms:e}".startswith("1")]  # noqa: PLR2004  what fits


def _milliseconds(ms: float) -> str:
    return f"{ms:,.0f}" if ms >= 10 else f"{ms:.2g}"  # noqa: PLR2004  two digits tell enough
