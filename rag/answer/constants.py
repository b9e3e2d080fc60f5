"""Every fitted number of choosing and refusing, and where it comes from.

`isnad eval --calibrate` can put others in the place of the last two for one home (`rag.answer.calibration`).

Data: the 693 questions of ARCD train on 231 paragraphs, and 30,676 SaudiNewsNet articles with their
near-duplicate pairs (`evals.development.data` says where they lie). The five real pages and their questions were
never fitted on. Fitted 2026-11-20.
"""

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
"""Conditional logit over the sentences of the top five passages, on five Arabic question sets."""

CHOICE: Mapping[str, float] = MappingProxyType({**RECIPE, "unit": 2.156, "first": 1.059})
"""The recipe held, two weights added: `python -m evals.development.fit_choice`.

Cross-validated by topic, a sentence of the right paragraph that holds the answer is the best one, or
among the best three: alone 72.7 % and 89.5 % (recipe 72.0 % and 88.2 %), among the news 63.5 % and
75.9 % (63.3 % and 75.8 %). Refitting all fourteen chooses no better.
"""

GATE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "bias": (-0.285, 0.986),
        "article": (1.217, 1.301),
        "missing": (-3.424, 0.429),
        "nation": (-0.985, 0.092),
        "length": (0.718, 0.009),
        "decline": (-2.429, -1.165),
        "covered": (1.150, -1.551),
        "no_figure": (-1.431, -0.001),
    }
)
"""A weight, and how it moves with the scaled size of the index: `python -m evals.development.fit_gate`.

Logistic regression on 22,491 trials in 155 pools of 5, 12, 30, 80, 200, 1,000, 5,000 and 31,000
articles (13 to 144,000 chunks); right is an answer whose three sentences hold the accepted text.
Cross-validated by question, where 80 % of the right answers pass, these false ones do too:

    articles                         5    12    30    80   200  1000  5000  31000
    ARCD, what answers is hidden   13 %  19 %  17 %  26 %  25 %  22 %  28 %   23 %
    headline, its story hidden      8 %  11 %  17 %  18 %  20 %  19 %  37 %   48 %
    out of scope                    1 %   2 %   2 %   2 %   2 %   4 %   8 %   11 %
    ARCD, one word exchanged       41 %  38 %  40 %  40 %  33 %  28 %  29 %   28 %
    area under ROC, all kinds      .880  .865  .852  .850  .849  .859  .813   .782

(A hidden story's headline is often answered by the next day's follow-up: there a false answer is not
always false.) One model serves every size: below fifty passages too, since no measure of it needs
more than two chunks. With a single chunk nothing declines, and words alone decide.
"""

ANSWER_ABOVE = 0.5
"""Log-odds of being right. 70 % of the right answers pass at 0.2 to 0.9, according to the size."""

REFUSE_BELOW = -0.5
"""90 % of them pass at -0.9 to -0.2."""
