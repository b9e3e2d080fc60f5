"""Every fitted number of choosing and refusing, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RECIPE: Mapping[str, float] = MappingProxyType(
    {
        "pscore": 7.051,
        "logpscore": 1.988,
        "covtitle": 2.832,
        "cov": -0.330,
        "covall": 3.401,
        "ctxprev": 2.583,
        "prevcov": -1.441,
        "passcov": -4.843,
        "type": 0.750,
        "typemiss": -1.465,
        "near": 1.348,
        "isquestion": -3.155,
    }
)
CHOICE: Mapping[str, float] = MappingProxyType(
    {
        "pscore": 7.051,
        "logpscore": 1.988,
        "covtitle": 2.832,
        "cov": -0.330,
        "covall": 3.401,
        "ctxprev": 2.583,
        "prevcov": -1.441,
        "passcov": -4.843,
        "type": 0.750,
        "typemiss": -1.465,
        "near": 1.348,
        "isquestion": -3.155,
        "unit": 2.1,
        "first": 0.8,
    }
)

GATE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "bias": (-1.087, 0.911),
        "article": (0.992, 1.018),
        "missing": (-2.985, 0.391),
        "length": (0.658, 0.004),
        "decline": (-2.448, -1.072),
        "covered": (1.824, -1.509),
        "no_figure": (-1.370, 0.032),
    }
)
ANSWER_ABOVE = 0.5
REFUSE_BELOW = -0.6
