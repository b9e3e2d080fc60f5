from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.answer.calibration import FILE, SHIPPED, Abstention, load_calibration, write_calibration
from rag.answer.choose import choose
from rag.answer.constants import ANSWER_ABOVE, REFUSE_BELOW
from rag.answer.features import find_candidates
from rag.answer.gate import judge
from rag.index.status import load_identity
from rag.ingest import ingest
from rag.pipeline import Pipeline
from tests.answer.test_gate import evidence_for
from tests.corpus import settings_for, write_pages

MADE = json.dumps({"encoder": "hashing-4", "dim": 4})
FITTED = Abstention(0.8, -0.3, 0.4, -0.7)
PROVENANCE = {"fingerprint": MADE, "date": "2026-11-20", "sets": [{"name": "ours.jsonl"}]}


def test_the_shipped_constants_are_those_of_the_gate() -> None:
    assert (SHIPPED.answer_above, SHIPPED.refuse_below) == (ANSWER_ABOVE, REFUSE_BELOW)
    assert SHIPPED.log_odds(0.7) == 0.7


def test_without_a_file_the_shipped_ones_serve(tmp_path: Path) -> None:
    found = load_calibration(tmp_path / "no such home", MADE)
    assert (found.abstention, found.state, found.detail) == (SHIPPED, "shipped", "")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = write_calibration(tmp_path, FITTED, PROVENANCE)
    found = load_calibration(tmp_path, MADE)
    assert (found.abstention, found.state, found.detail) == (FITTED, "fitted", "2026-11-20, ours.jsonl")
    assert [one.name for one in tmp_path.iterdir()] == [path.name] == [FILE]


def test_another_encoder_makes_it_stale(tmp_path: Path) -> None:
    write_calibration(tmp_path, FITTED, PROVENANCE)
    found = load_calibration(tmp_path, json.dumps({"encoder": "e5", "dim": 384}))
    assert (found.abstention, found.state, found.detail) == (SHIPPED, "stale", "hashing-4")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{torn",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": 2}',
        b'{"format": 1}',
        b'{"format": 1, "constants": []}',
        b'{"format": 1, "constants": {"slope": 1}}',
        b'{"format": 1, "constants": {"slope": "x", "bias": 0, "answer_above": 0, "refuse_below": 0}}',
        b'{"format": 1, "constants": {"slope": NaN, "bias": 0, "answer_above": 0, "refuse_below": 0}}',
        b'{"format": 1, "constants": {"slope": 1%s, "bias": 0, "answer_above": 0, "refuse_below": 0}}' % (b"0" * 400),
        b'{"format": 1, "constants": {"slope": -1, "bias": 0, "answer_above": 0, "refuse_below": 0}}',
        b'{"format": 1, "constants": {"slope": 1, "bias": 0, "answer_above": 0, "refuse_below": 1}}',
        b'{"format": 1, "constants": {"slope": 1, "bias": 0, "answer_above": 0, "refuse_below": 0}}',
        b'{"format": 1, "constants": {"slope": 1, "bias": 0, "answer_above": 0, "refuse_below": 0}, "sets": 3}',
    ],
)
def test_a_broken_file_is_named_and_the_shipped_ones_serve(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    found = load_calibration(tmp_path, MADE)
    assert (found.abstention, found.state) == (SHIPPED, "broken")
    assert found.detail.startswith(str(tmp_path / FILE))
    assert len(found.detail) > len(str(tmp_path / FILE)) + 2


def test_a_folder_in_its_place_is_named_too(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert load_calibration(tmp_path, MADE).state == "broken"


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["format", "constants", "slope", "bias", "sets", "fingerprint"]), inner)
        ),
    )
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_in_the_file_ends_a_question(tmp_path: Path, value: Any) -> None:
    (tmp_path / FILE).write_text(json.dumps(value), "utf-8")
    assert load_calibration(tmp_path, MADE).abstention == SHIPPED


def test_the_constants_move_the_verdict_and_the_confidence() -> None:
    evidence = evidence_for("كم طول جسر الوادي؟")
    choices = choose(find_candidates(evidence.query, evidence))
    shipped = judge(evidence, choices)
    assert shipped.verdict == "answered"
    assert judge(evidence, choices, replace(SHIPPED, answer_above=40.0)).verdict == "weak"
    assert judge(evidence, choices, Abstention(answer_above=40.0, refuse_below=30.0)).verdict == "refused"
    lower = judge(evidence, choices, replace(SHIPPED, bias=-1.0)).confidence
    assert shipped.confidence is not None
    assert lower is not None
    assert lower < shipped.confidence
    assert judge(evidence, choices, replace(SHIPPED, slope=1e9)).confidence == pytest.approx(1.0)
    assert judge(evidence, choices, replace(SHIPPED, bias=-1e9)).confidence == pytest.approx(0.0)


def test_a_home_answers_by_its_own_constants(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages")], settings)
    question = "كم يبلغ طول جسر الوادي الجديد؟"
    with Pipeline(settings) as pipeline:
        assert pipeline.answer(question).status == "answered"
    fingerprint = load_identity(settings).fingerprint
    write_calibration(settings.home, Abstention(answer_above=40.0), PROVENANCE | {"fingerprint": fingerprint})
    with Pipeline(settings) as pipeline:
        assert pipeline.answer(question).status == "weak"
    write_calibration(settings.home, Abstention(answer_above=40.0), PROVENANCE)
    with Pipeline(settings) as pipeline:
        assert pipeline.answer(question).status == "answered"
