"""The numbers by which an answer is held back: the shipped ones, or those that were fitted for one home.

`isnad eval --calibrate` writes `<home>/calibration.json`. It serves the index that it was fitted on: after
`isnad reindex` with another encoder it is stale, and the shipped numbers serve again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from rag.answer.constants import ANSWER_ABOVE, REFUSE_BELOW

FILE = "calibration.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Abstention:
    """How the gate's score becomes log-odds of being right, and from where on something is said."""

    slope: float = 1.0
    bias: float = 0.0
    answer_above: float = ANSWER_ABOVE
    refuse_below: float = REFUSE_BELOW

    def log_odds(self, score: float) -> float:
        """Log-odds of being right at this score of the gate."""
        return self.slope * score + self.bias


SHIPPED = Abstention()
State = Literal["shipped", "fitted", "stale", "broken"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What serves a home, and why."""

    abstention: Abstention
    state: State
    """shipped: nothing was fitted; stale: fitted for an index of another make; broken: the file cannot be used."""
    detail: str = ""
    """fitted: when and on what; stale: for which encoder; broken: what is wrong."""


def load_calibration(home: Path, fingerprint: str) -> Calibration:
    """What serves the index with this fingerprint (`Fingerprint.dumps`) in `home`; never raises."""
    try:
        written = json.loads((home / FILE).read_text("utf-8"))
        fitted = _abstention_of(written)
        told = ", ".join(str(one["name"]) for one in written["sets"])
        made_for = str(written["fingerprint"])
    except FileNotFoundError:
        return Calibration(SHIPPED, "shipped")
    except (OSError, ValueError, OverflowError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return Calibration(SHIPPED, "broken", f"{home / FILE}: {_what(error)}")
    if made_for != fingerprint:
        return Calibration(SHIPPED, "stale", _encoder_of(made_for))
    return Calibration(fitted, "fitted", f"{written.get('date', '')}, {told}".strip(", "))


def write_calibration(home: Path, abstention: Abstention, provenance: Mapping[str, Any]) -> Path:
    """Write what was fitted, and where it comes from, whole or not at all.

    `provenance` names at least `fingerprint`, `date` and `sets`.
    """
    record = {"format": FORMAT, "constants": asdict(abstention), **provenance}
    spare = home / f"{FILE}.new"
    spare.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return spare.replace(home / FILE)


def _abstention_of(written: Mapping[str, Any]) -> Abstention:
    """The numbers of a file; a ValueError says what is wrong with them."""
    if not isinstance(written, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  said to a person, like the other mistakes
    if written.get("format") != FORMAT:
        raise ValueError(f"format {written.get('format')}, this version reads {FORMAT}")
    constants = written["constants"]
    values = {one.name: float(constants[one.name]) for one in fields(Abstention)}
    if not all(map(math.isfinite, values.values())):
        raise ValueError("a constant is not a number")
    found = Abstention(**values)
    if found.slope <= 0 or found.refuse_below > found.answer_above:
        raise ValueError("the constants contradict each other")
    return found


def _what(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"there is no {error}"
    return str(error) or type(error).__name__


def _encoder_of(fingerprint: str) -> str:
    try:
        return str(json.loads(fingerprint)["encoder"])
    except (ValueError, TypeError, KeyError):
        return fingerprint
