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
        "unit": 2.0,
        "first": 0.9,
    }
)

GATE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "bias": (0.0, 0.0),
        "article": (1.0, 0.0),
        "missing": (-1.0, 0.0),
        "length": (1.0, 0.0),
        "decline": (-1.0, 0.0),
        "covered": (1.0, 0.0),
        "no_figure": (-1.0, 0.0),
    }
)
ANSWER_ABOVE = 1.06
REFUSE_BELOW = 0.40
