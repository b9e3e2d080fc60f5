"""The questions on the starter articles are well made: counted, and answerable where they say so."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from evals.normalise import contains
from evals.questions import Question, load_questions

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "evals" / "questions"
SET = load_questions(FOLDER / "seeds.jsonl")
NEEDING_ALL = {"multi_source", "conflict"}


def text_of(source: str) -> str:
    """The page that a source stands on; of a line of JSONL the whole line."""
    name, _, article = source.partition("#")
    text = (REPOSITORY / "seeds" / name).read_text("utf-8")
    if not name.endswith(".jsonl"):
        return text
    (line,) = [one for one in text.splitlines() if f'"{article}"' in one]
    return line


def test_nothing_in_it_is_broken() -> None:
    assert SET.problems == ()
    assert len(SET.questions) >= 200
    assert all(question.answerable is not None for question in SET.questions)


def test_its_readme_counts_the_kinds() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, re.MULTILINE))
    counted = Counter(question.kind for question in SET.questions)
    assert told == {kind: str(num) for kind, num in counted.items()}


@pytest.mark.parametrize("question", SET.questions, ids=lambda question: question.question_id)
def test_a_question_is_what_it_says(question: Question) -> None:
    assert bool(question.answers) is bool(question.sources) is question.answerable
    texts = [text_of(source) for source in question.sources]
    assert all(contains(text, question.answers) for text in texts)
    everything = "\n\n".join(texts)
    assert all(contains(everything, forms) for forms in question.needed)
    assert all(form in question.answers for forms in question.all_of for form in forms)
    assert bool(question.all_of) is (question.kind in NEEDING_ALL or question.question_id == "where-016")
    assert not question.forbidden or contains(everything, question.forbidden)
    assert not contains("؛ ".join(question.answers), question.forbidden)
