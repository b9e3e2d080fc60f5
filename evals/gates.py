"""Gates: figures that a run has to reach, such as `ndcg10=0.83,false_answers<=0.05`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.compare import LESS_IS_BETTER
from evals.score import COSTS, MEASURES
from rag.errors import InputError

Sign = Literal[">=", "<="]
NAMES: tuple[str, ...] = (*MEASURES, *COSTS)
_GATE = re.compile(r"\s*([^<>=\s]*)\s*(<=|>=|=)\s*(\S+)\s*")
_SLACK = 1e-9
"""A figure that was copied from a table may be off in its last binary digit."""


class GatesUnreadable(InputError):
    """What was written is no gate; `details` say which part and why: `what` is form, name, direction, number, empty."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure and its bound."""

    name: str
    sign: Sign
    bound: float

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.bound:g}"


@dataclass(frozen=True, slots=True)
class Miss:
    """A gate that was not reached."""

    gate: Gate
    value: float | None
    """None where the run has no such figure."""


def read_gates(text: str) -> tuple[Gate, ...]:
    """The gates of `text`, separated by commas; `=` means at least, and is refused where less is better.

    Raises:
        GatesUnreadable: a part is no gate, or names no figure.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise GatesUnreadable("There is no gate: write one like ndcg10=0.83,false_answers<=0.05", what="empty")
    return tuple(map(_read_gate, parts))


def check(gates: Sequence[Gate], figures: Mapping[str, float]) -> tuple[Miss, ...]:
    """The gates that `figures` (of `evals.score`) miss, in their order; what was not measured is missed."""
    return tuple(Miss(gate, figures.get(gate.name)) for gate in gates if not _holds(gate, figures.get(gate.name)))


def _read_gate(part: str) -> Gate:
    found = _GATE.fullmatch(part)
    if found is None:
        raise GatesUnreadable(f"{part!r} is no gate: write name=number, name>=number or name<=number",
                              what="form", part=part)  # fmt: skip
    name, sign, number = found.groups()
    if name not in NAMES:
        named = ", ".join(NAMES)
        raise GatesUnreadable(
            f"There is no figure {name!r}. These are there: {named}", what="name", name=name, names=named
        )
    if sign == "=" and name in LESS_IS_BETTER:
        raise GatesUnreadable(
            f"In {part!r} less is better, and = means at least: write {name}<={number}",
            what="direction",
            part=part,
            meant=f"{name}<={number}",
        )
    try:
        bound = float(number)
    except ValueError:
        bound = math.nan
    if not math.isfinite(bound):
        raise GatesUnreadable(f"{number!r} in {part!r} is no number", what="number", part=part, number=number)
    return Gate(name, "<=" if sign == "<=" else ">=", bound)


def _holds(gate: Gate, value: float | None) -> bool:
    if value is None or math.isnan(value):
        return False
    return value >= gate.bound - _SLACK if gate.sign == ">=" else value <= gate.bound + _SLACK
