"""ARCD train as files, its questions asked: `python -m evals.development.arcd [--news] [--home DIR]`.

Alone the 231 paragraphs are an easy pool; with `--news` they stand among 31,030 articles, and are asked
again with every paragraph that answers hidden, as are questions that neither answers. Development
figures: the choice and the gate are fitted on these questions.
"""

from __future__ import annotations

import argparse
import gzip
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.development.data import Question, holds, load_arcd, load_out_of_scope, news_file, same_story
from evals.hiding import Hiding
from rag.answer.choose import MAX_SENTENCES, choose
from rag.answer.constants import ANSWER_ABOVE, REFUSE_BELOW
from rag.answer.features import find_candidates
from rag.answer.gate import gate_features, gate_score
from rag.index.reader import Reader, open_index
from rag.ingest import ingest
from rag.pipeline import NUM_EVIDENCE
from rag.schema import Article
from rag.search.retrieve import Searchable, retrieve
from rag.settings import Settings

_DEPTH = 10
_COVERAGE = 0.8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    gain: float
    """nDCG@10 with one right source."""
    best: bool
    any_of_three: bool
    score: float
    """The gate's."""


def main() -> None:
    """Ingest what is missing, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--news", action="store_true", help="among all the news articles")
    parser.add_argument("--home", type=Path, help="where to keep the index, for another run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="isnad-arcd-") as folder:
        home = options.home or Path(folder) / "home"
        settings = Settings(home=home, _env_file=None)
        articles, questions = load_arcd()
        if not home.exists():
            _ingest(Path(folder) / "corpus", articles, settings, with_news=options.news)
        with open_index(settings) as index:
            index.read(lambda reader: _measure(reader, articles, questions, with_news=options.news))


def _ingest(corpus: Path, articles: Sequence[Article], settings: Settings, *, with_news: bool) -> None:
    (corpus / "arcd").mkdir(parents=True)
    for article in articles:
        (corpus / article.source).write_text(article.text, "utf-8")
    if with_news:
        (corpus / "news.jsonl").write_bytes(gzip.decompress(news_file().read_bytes()))
    ingest([corpus], settings)


def _measure(reader: Reader, articles: list[Article], questions: list[Question], *, with_news: bool) -> None:
    outcomes = [_ask(question, reader) for question in questions]
    _say(f"{reader.num_chunks} chunks, {len(questions)} questions")
    _say(f"nDCG@{_DEPTH} by source {_mean(one.gain for one in outcomes):.3f}")
    _say(f"the best sentence holds the answer {_mean(one.best for one in outcomes):.1%}")
    _say(f"any of three does {_mean(one.any_of_three for one in outcomes):.1%}")
    _say_risk(outcomes)
    scores = np.array([one.score for one in outcomes])
    shares = {"answerable": _above(scores), "answerable and right": _above(scores[[o.any_of_three for o in outcomes]])}
    removed = [_ask(one, Hiding(reader, same_story(one, articles))).score for one in questions]
    shares["right article removed"] = _above(removed)
    if with_news:
        paragraphs = [article.source for article in articles]
        shares["out of scope"] = _above([_ask_text(text, Hiding(reader, paragraphs)) for text in load_out_of_scope()])
    thresholds = {f"{_COVERAGE:.0%} answered": float(np.quantile(scores, 1 - _COVERAGE))}
    thresholds |= {"plain answers": ANSWER_ABOVE, "not refused": REFUSE_BELOW}
    for name, threshold in thresholds.items():
        _say(
            f"{name} ({threshold:+.2f}): "
            + ", ".join(f"{kind} {above(threshold):.1%}" for kind, above in shares.items())
        )


def _ask(question: Question, reader: Searchable) -> Outcome:
    evidence = retrieve(question.text, reader, top_k=NUM_EVIDENCE)
    sources = list(dict.fromkeys(passage.source for passage in evidence.passages))[:_DEPTH]
    gain = 1 / math.log2(sources.index(question.source) + 2) if question.source in sources else 0.0
    choices = choose(find_candidates(question.text, evidence))[:MAX_SENTENCES]
    right = [holds(choice.candidate.text, question.answers) for choice in choices]
    score = gate_score(gate_features(evidence, choices), evidence.num_chunks) if choices else -math.inf
    return Outcome(gain, any(right[:1]), any(right), score)


def _ask_text(text: str, reader: Searchable) -> float:
    return _ask(Question("", text, "", (), ""), reader).score


def _say_risk(outcomes: Sequence[Outcome]) -> None:
    """How often the three sentences do not hold the answer, when only the surest share is answered."""
    surest = sorted(outcomes, key=lambda one: -one.score)
    wrong = np.cumsum([not one.any_of_three for one in surest]) / np.arange(1, len(surest) + 1)
    points = [
        f"{share:.0%} answered {wrong[math.ceil(share * len(wrong)) - 1]:.1%}" for share in (0.2, 0.4, 0.6, 0.8, 1)
    ]
    _say("risk-coverage: " + ", ".join(points) + f"; area {wrong.mean():.3f}")


def _above(scores: Sequence[float] | np.ndarray) -> Callable[[float], float]:
    return lambda threshold: float(np.mean(np.asarray(scores) >= threshold))


def _mean(values: object) -> float:
    return float(np.mean(list(values)))  # type: ignore[call-overload]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
