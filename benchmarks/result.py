"""A measurement: figures with their units, what they are held against, as JSON, as a table, and beside another one."""

from __future__ import annotations

import json
import math
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

Better = Literal["lower", "higher", ""]
DISTURBED = 0.1
"""From this share of the machine on, what others did is said beside a figure."""
CHANGED = 0.1
"""From this difference on, two results are said to differ: runs of one version differ by less on a quiet machine."""
_PACKAGES = ("chromadb", "tantivy", "sqlalchemy", "numpy")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure."""

    value: float
    unit: str
    better: Better = "lower"
    others: float | None = None
    """Share of the machine that other programs used meanwhile."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, at most so many times its floor."""

    figure: str
    floor: str
    most: float


@dataclass(slots=True)
class Result:
    """Everything that one run measured."""

    about: dict[str, str]
    figures: dict[str, Figure] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, *, better: Better = "lower", others: float | None = None) -> None:
        """Note a figure."""
        self.figures[name] = Figure(value, unit, better, others)

    def hold(self, figure: str, floor: str, most: float) -> None:
        """Hold a figure against its floor."""
        self.targets.append(Target(figure, floor, most))

    def ratio(self, target: Target) -> float:
        """How many times its floor a figure is."""
        return self.figures[target.figure].value / self.figures[target.floor].value

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Result:
        """Read what `save` wrote."""
        read = json.loads(path.read_text(encoding="utf-8"))
        figures = {name: Figure(**figure) for name, figure in read["figures"].items()}
        return cls(read["about"], figures, [Target(**target) for target in read["targets"]])


def about_machine(corpus: str) -> dict[str, str]:
    """What a figure means nothing without."""
    return {
        "corpus": corpus,
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def table(result: Result) -> str:
    """Markdown: the figures, and then how they stand to their floors."""
    lines = [" · ".join(f"{name} {value}" for name, value in result.about.items()), ""]
    lines += ["| figure | value | others used |", "|---|---:|---:|"]
    for name, figure in result.figures.items():
        lines.append(f"| {name} | {_shown(figure.value)} {figure.unit} | {_share(figure.others)} |".replace("  ", " "))
    if result.targets:
        lines += ["", "| figure | times its floor | target | met |", "|---|---:|---:|---|"]
    for target in result.targets:
        ratio = result.ratio(target)
        met = "yes" if ratio <= target.most else "no"
        lines.append(f"| {target.figure} | {ratio:.2f} | at most {target.most:g} | {met} |")
    return "\n".join(lines)


def comparison(before: Result, after: Result) -> str:
    """Markdown: what both have, and the second as a multiple of the first."""
    lines = [
        f"{name}: {before.about.get(name)} → {after.about.get(name)}"
        for name in before.about.keys() | after.about.keys()
        if name != "date" and before.about.get(name) != after.about.get(name)
    ]
    lines = [*sorted(lines), ""] if lines else []
    lines += ["| figure | before | after | ratio | |", "|---|---:|---:|---:|---|"]
    for name in [name for name in before.figures if name in after.figures]:
        old, new = before.figures[name], after.figures[name]
        ratio = _ratio(old.value, new.value)
        lines.append(
            f"| {name} | {_shown(old.value)} {old.unit} | {_shown(new.value)} {new.unit} |"
            f" {f'{ratio:.2f}' if old.value else '–'} | {_judged(old, new, ratio)} |"
        )
    return "\n".join(lines)


def _ratio(old: float, new: float) -> float:
    """How many times the old value the new one is; of zero anything but zero is beyond measure."""
    if old:
        return new / old
    return math.inf if new else 1.0


def _judged(old: Figure, new: Figure, ratio: float) -> str:
    """Better, worse or the same; and whether the machine had other work."""
    words = []
    if old.better and abs(ratio - 1) >= CHANGED:
        words.append("better" if (ratio < 1) == (old.better == "lower") else "worse")
    if any((figure.others or 0) >= DISTURBED for figure in (old, new)):
        words.append("disturbed")
    return ", ".join(words)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"  # noqa: PLR2004


def _share(others: float | None) -> str:
    return "" if others is None or others < DISTURBED else f"{others:.0%}"
