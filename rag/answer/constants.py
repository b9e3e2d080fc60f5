"""Every fitted number of choosing and refusing, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
    }
)

GATE: Mapping[str, float] = MappingProxyType(
    {"bias": -0.452, "best_bm25": 2.335, "log_words": 0.563, "decline": -4.274, "covtitle": 0.607}
)
ANSWER_ABOVE = 1.06
REFUSE_BELOW = 0.40
