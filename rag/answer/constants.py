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
        "unit": 2.156,
        "first": 1.059,
    }
)

GATE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "bias": (-0.312, 1.009),
        "article": (1.192, 1.291),
        "missing": (-3.429, 0.409),
        "nation": (-0.950, 0.094),
        "length": (0.722, 0.008),
        "decline": (-2.430, -1.166),
        "covered": (1.190, -1.562),
        "no_figure": (-1.408, -0.011),
    }
)
ANSWER_ABOVE = 0.5
REFUSE_BELOW = -0.5
