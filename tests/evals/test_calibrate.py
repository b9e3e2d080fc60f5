from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.calibrate import AT_LEAST, Fitted, calibrate, fit
from evals.calibration_run import calibrate_home
from evals.errors import CalibrationImpossible, CorpusUnusable, QuestionSetUnusable
from evals.fitting import fit_correction
from evals.questions import Question
from evals.trials import Trial, group_by_source, put_questions
from rag.answer.calibration import FILE, SHIPPED, load_calibration
from rag.index.reader import open_index
from rag.index.status import load_identity
from rag.ingest import ingest
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

TOWNS = ("النخيل", "الزيتون", "القلعة", "الميناء", "الوادي", "الجسر", "السوق", "الحديقة", "المنارة", "البستان",
         "الرمان", "السهل", "التل", "النبع", "الكرمة", "الصخرة", "البحيرة", "المرج", "الغابة", "الساحل",
         "الطاحون", "البيدر", "الواحة", "المطار", "الجزيرة", "السنديان", "الياسمين", "الخليج", "المحطة", "البرج",
         "الشلال", "النهر", "الكهف", "المرفأ", "الحصن")  # fmt: skip


def trials_of(shift: float, slope: float, *, num: int = 600, seed: int = 3) -> list[Trial]:
    """Trials whose true log-odds are `slope * score + shift`, two to a source."""
    random = np.random.default_rng(seed)
    scores = random.normal(0, 1.5, num)
    right = random.random(num) < 1 / (1 + np.exp(-(slope * scores + shift)))
    return [
        Trial(str(at), f"source {at // 2}", float(score), bool(yes), answerable=True)
        for at, (score, yes) in enumerate(zip(scores, right, strict=True))
    ]


def test_scores_that_are_too_sure_are_corrected_and_that_pays() -> None:
    fitted = calibrate(trials_of(-1.5, 0.5))
    assert fitted.abstention.slope == pytest.approx(0.5, abs=0.12)
    assert fitted.after.log_loss < fitted.before.log_loss
    assert fitted.after.value > fitted.before.value
    assert fitted.change[0] < fitted.change[1] < 0
    assert fitted.pays
    assert fitted.abstention.refuse_below <= fitted.abstention.answer_above


def test_scores_that_are_right_already_are_left_alone() -> None:
    fitted = calibrate(trials_of(0.0, 1.0))
    assert not fitted.pays
    assert fitted.abstention.slope == pytest.approx(1.0, abs=0.2)


def test_the_risk_falls_with_the_coverage_and_ends_at_the_share_of_wrong_ones() -> None:
    fitted = calibrate(trials_of(-0.5, 1.0))
    for figures in (fitted.before, fitted.after):
        risks = [risk for _, risk in figures.risk_coverage]
        assert risks == sorted(risks)
        assert risks[-1] == pytest.approx(fitted.num_wrong / (fitted.num_wrong + fitted.num_right))


def test_with_few_trials_little_moves() -> None:
    few, many = (trials_of(-2.0, 1.0, num=num) for num in (20, 2000))

    def distance(trials: list[Trial]) -> float:
        scores, right = np.array([one.score for one in trials]), np.array([one.right for one in trials])
        slope, bias = fit_correction(scores, right, np.ones(len(trials)), (10.0, 2.0))
        return abs(slope - 1) + abs(bias)

    assert distance(few) < distance(many) == pytest.approx(2.0, abs=0.4)


def test_a_score_that_says_nothing_is_not_turned_round() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(size=400)
    assert fit(scores, scores < 0).slope > 0


@pytest.mark.parametrize("trials", [[], trials_of(0, 1, num=40), [
    Trial(str(at), "one source", float(at), bool(at % 2), answerable=True) for at in range(200)
]])  # fmt: skip
def test_too_little_to_fit_is_said_with_its_numbers(trials: list[Trial]) -> None:
    with pytest.raises(CalibrationImpossible) as caught:
        calibrate(trials)
    assert caught.value.details["at_least"] == AT_LEAST
    assert caught.value.details["num_right"] == sum(one.right for one in trials)


def test_questions_that_share_a_story_or_their_words_go_to_one_fold() -> None:
    asked = [
        Question("a", "1؟", "fact", ("x",), ("1.txt",)),
        Question("b", "2؟", "fact", ("x",), ("2.txt", "3.txt")),
        Question("c", "3؟", "fact", ("x",), ("3.txt", "1.txt")),
        Question("d", "4؟", "fact", ("x",), ("4.txt",)),
        Question("e", "5؟", "fact"),
        Question("f", "6؟", "fact", ("x",), ("copy of 1.txt",)),
        Question("g", "5؟", "fact"),
    ]
    groups = group_by_source(asked, {"1.txt": "1.txt", "copy of 1.txt": "1.txt"})
    assert groups["a"] == groups["b"] == groups["c"] == groups["f"]
    assert groups["e"] == groups["g"]
    assert len({groups[name] for name in "ade"}) == 3


# a home


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of one article for each town; every question's article says a number of its own."""
    found = settings_for(tmp_path / "home")
    pages = {
        f"{at:02}.txt": f"افتتاح مكتبة {town}\n\nافتتحت بلدية {town} مكتبة عامة جديدة في حي {town}. "
        f"وبلغت كلفة مكتبة {town} {200 + at} ألف درهم."
        for at, town in enumerate(TOWNS)
    }
    ingest([write_pages(tmp_path / "pages", pages)], found)
    return found


def write_set(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    return path


def records() -> list[dict[str, Any]]:
    return [
        {
            "id": f"q{at}",
            "question": f"كم بلغت كلفة مكتبة {town}؟",
            "answers": [f"{200 + at} ألف"],
            "sources": [f"{at:02}.txt"],
        }
        for at, town in enumerate(TOWNS)
    ]


def test_each_question_is_asked_with_its_article_and_without(settings: Settings) -> None:
    asked = (
        Question("q1", "كم بلغت كلفة مكتبة الزيتون؟", "fact", ("201 ألف",), ("01.txt",), answerable=True),
        Question("q2", "كم بلغت كلفة جسر القمر؟", "unanswerable", answerable=False),
        Question("q3", "ما هذا؟", "fact"),
    )
    told: list[tuple[int, int]] = []
    with open_index(settings) as index:
        trials = index.read(
            lambda reader: put_questions(asked, reader, on_asked=lambda done, total: told.append((done, total)))
        )
    assert [(one.question_id, one.right, one.answerable) for one in trials] == [
        ("q1", True, True),
        ("q1", False, False),
        ("q2", False, False),
    ]
    assert trials[0].score > trials[1].score
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_home_is_calibrated_from_a_set(settings: Settings, tmp_path: Path) -> None:
    asked = write_set(tmp_path / "set.jsonl", records())
    calibrated = calibrate_home([asked], settings)
    assert calibrated.sets[0]["num_questions"] == calibrated.sets[0]["num_asked"] == len(TOWNS)
    assert (calibrated.fitted.num_right, calibrated.fitted.num_wrong) == (len(TOWNS), len(TOWNS))
    assert calibrated.path == settings.home / FILE
    written = json.loads(calibrated.path.read_text("utf-8"))
    assert written["sets"][0]["digest"] == calibrated.sets[0]["digest"]
    assert written["trials"] == {"right": len(TOWNS), "wrong": len(TOWNS), "sources": len(TOWNS)}
    assert set(written["cross_validated"]) == {"folds", "before", "after"}
    found = load_calibration(settings.home, load_identity(settings).fingerprint)
    assert (found.state, found.abstention) == ("fitted", calibrated.fitted.abstention)
    assert found.abstention != SHIPPED
    assert calibrated.kept == ""


def test_what_was_fitted_earlier_and_serves_on_is_said(settings: Settings, tmp_path: Path) -> None:
    asked = write_set(tmp_path / "set.jsonl", records())
    first = calibrate_home([asked], settings)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Fitted, "pays", property(lambda _: False))
        again = calibrate_home([asked], settings)
        assert (again.path, "set.jsonl" in again.kept) == (None, True)
        assert first.path
        first.path.unlink()
        assert calibrate_home([asked], settings).kept == ""


def test_questions_of_two_sets_about_one_article_go_to_one_fold(settings: Settings, tmp_path: Path) -> None:
    again = [one | {"id": f"again {one['id']}", "question": f"يا ترى {one['question']}"} for one in records()]
    sets = [write_set(tmp_path / "one.jsonl", records()), write_set(tmp_path / "two.jsonl", again)]
    calibrated = calibrate_home(sets, settings)
    assert calibrated.fitted.num_groups == len(TOWNS)
    assert [one["name"] for one in calibrated.sets] == ["one.jsonl", "two.jsonl"]
    assert [one["num_trials"] for one in calibrated.sets] == [2 * len(TOWNS)] * 2
    assert calibrate_home([sets[0], sets[0]], settings).fitted.num_groups == len(TOWNS)


def test_a_set_with_its_own_articles_is_asked_of_these(settings: Settings, tmp_path: Path) -> None:
    squad = {
        "data": [
            {
                "title": "مكتبات",
                "paragraphs": [
                    {
                        "context": f"افتتحت بلدية {town} مكتبة عامة. وبلغت كلفة مكتبة {town} {700 + at} ألف درهم.",
                        "qas": [
                            {
                                "id": str(at),
                                "question": f"كم بلغت كلفة مكتبة {town}؟",
                                "answers": [{"text": f"{700 + at} ألف", "answer_start": 0}],
                            }
                        ],
                    }
                    for at, town in enumerate(TOWNS)
                ],
            }
        ]
    }
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(squad), "utf-8")
    assert calibrate_home([path], settings).fitted.num_right == len(TOWNS)


def test_questions_about_articles_that_are_not_here_are_left_out(settings: Settings, tmp_path: Path) -> None:
    elsewhere = {"id": "x", "question": "متى؟", "answers": ["أمس"], "sources": ["gone.txt"]}
    asked = write_set(tmp_path / "set.jsonl", [*records(), elsewhere])
    told = calibrate_home([asked], settings).sets[0]
    assert (told["num_questions"], told["num_asked"]) == (len(TOWNS) + 1, len(TOWNS))


def test_what_cannot_be_done_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CalibrationImpossible):
        calibrate_home([write_set(tmp_path / "few.jsonl", records()[:5])], settings)
    with pytest.raises(QuestionSetUnusable):
        calibrate_home([tmp_path / "none.jsonl"], settings)
    with pytest.raises(CorpusUnusable):
        calibrate_home([write_set(tmp_path / "set.jsonl", records())], settings_for(tmp_path / "empty"))
    (settings.home / f"{FILE}.new").mkdir()
    with pytest.raises(CalibrationImpossible) as caught:
        calibrate_home([tmp_path / "set.jsonl"], settings)
    assert caught.value.details["what"] == "write"
