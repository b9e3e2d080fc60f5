from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gates import NAMES, Gate, GatesUnreadable, check, read_gates
from evals.score import COSTS, MEASURES


def test_equals_means_at_least() -> None:
    assert read_gates("ndcg10=0.83, false_answers<=0.05 ,p95_ms <= 200,headline>=-0.5") == (
        Gate("ndcg10", ">=", 0.83),
        Gate("false_answers", "<=", 0.05),
        Gate("p95_ms", "<=", 200.0),
        Gate("headline", ">=", -0.5),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        (" , ", "empty"),
        ("ndcg10", "form"),
        ("ndcg10=0.8=0.9", "number"),
        ("ndcg10<0.8", "form"),
        ("ndcg10=", "form"),
        ("=0.8", "name"),
        ("ndcg=0.8", "name"),
        ("NDCG10=0.8", "name"),
        ("ndcg10=much", "number"),
        ("ndcg10=nan", "number"),
        ("ndcg10=inf", "number"),
        ("ndcg10=83%", "number"),
        ("false_answers=0.05", "direction"),
        ("aurc=0.1", "direction"),
        ("ndcg10=0.8,p95_ms = 200", "direction"),
    ],
)
def test_what_is_no_gate_is_named(text: str, what: str) -> None:
    with pytest.raises(GatesUnreadable) as raised:
        read_gates(text)
    assert raised.value.details["what"] == what


def test_an_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(GatesUnreadable) as raised:
        read_gates("ndcg10=0.8,recall=1")
    assert "'recall'" in str(raised.value)
    assert [name for name in (*MEASURES, *COSTS) if name not in str(raised.value)] == []


@pytest.mark.parametrize(
    ("text", "figures", "missed"),
    [
        ("ndcg10=0.83", {"ndcg10": 0.83}, []),
        ("ndcg10=0.83", {"ndcg10": 0.8299}, ["ndcg10>=0.83"]),
        ("quotes_match=1", {"quotes_match": sum([0.1] * 10)}, []),  # 0.9999999999999999
        ("false_answers<=0.05", {"false_answers": 0.05}, []),
        ("false_answers<=0.05", {"false_answers": 0.06}, ["false_answers<=0.05"]),
        ("false_answers<=0.05,f1=0.5", {"f1": 0.4}, ["false_answers<=0.05", "f1>=0.5"]),  # not measured is missed
        ("f1=0.5", {"f1": math.nan}, ["f1>=0.5"]),
    ],
)
def test_what_is_not_reached_is_missed(text: str, figures: dict[str, float], missed: list[str]) -> None:
    assert [str(miss.gate) for miss in check(read_gates(text), figures)] == missed


@given(st.text())
def test_any_text_is_gates_or_unreadable(text: str) -> None:
    try:
        gates = read_gates(text)
    except GatesUnreadable:
        return
    assert gates
    assert {gate.name for gate in gates} <= set(NAMES)


@given(st.sampled_from(NAMES), st.sampled_from([">=", "<="]), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_gate_says_what_it_holds(name: str, sign: str, bound: float, value: float) -> None:
    gates = read_gates(f"{name}{sign}{bound!r}")
    held = value >= bound if sign == ">=" else value <= bound
    assert bool(check(gates, {name: value})) is not (held or math.isclose(value, bound, abs_tol=1e-9))
