"""Passages -> Answer: judge, choose, bring antecedents along, cite."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.calibration import SHIPPED, Abstention
from rag.answer.choose import choose, worth_saying
from rag.answer.cite import cite
from rag.answer.features import find_candidates
from rag.answer.gate import judge
from rag.answer.quote import LoadArticles, quote
from rag.schema import Answer, Citation, Evidence, Nearest, Passage, Reason
from rag.text.normalise import has_arabic
from rag.text.terms import STOP_WORDS, words

NUM_NEAREST = 3
NUM_SHOWN = 10
"""Passages that an Answer carries along."""
MAX_WORD = 40
"""No word of Arabic comes near; someone leaned on a key."""
NUM_TOLD = 8
MAX_TOLD = 3000
"""Characters that a language model is told: what it does not need costs time and distracts it."""


def answer_from(
    question: str, evidence: Evidence, load_articles: LoadArticles, abstention: Abstention = SHIPPED
) -> Answer:
    """The Answer that `evidence` allows, quoted word for word.

    `question` is what the person asked; `evidence.query` is what was searched, and what the evidence
    is held against.
    """
    shown = evidence.passages[:NUM_SHOWN]
    reason = refusal_before_reading(evidence.query, evidence)
    if reason:
        nearest = find_nearest(evidence.passages) if reason == "not_understood" else ()
        return Answer(question, evidence.query, "refused", reason, passages=shown, nearest=nearest)
    choices = choose(find_candidates(evidence.query, evidence))
    verdict, confidence = judge(evidence, choices, abstention)
    nearest = find_nearest(evidence.passages) if verdict != "answered" else ()
    refusal = Answer(
        question, evidence.query, "refused", "no_evidence", passages=shown, nearest=nearest, confidence=confidence
    )
    if verdict == "refused":
        return refusal
    sentences, citations = cite(*quote(worth_saying(choices), evidence.passages, load_articles))
    if not sentences:
        return refusal
    return Answer(
        question,
        evidence.query,
        verdict,
        "weak_evidence" if verdict == "weak" else None,
        sentences=sentences,
        citations=citations,
        passages=shown,
        nearest=nearest,
        confidence=confidence,
    )


def quotes_to_write_from(evidence: Evidence, load_articles: LoadArticles) -> tuple[Citation, ...]:
    """What a language model is told: more sentences than are quoted, each with its first place."""
    choices = choose(find_candidates(evidence.query, evidence))[:NUM_TOLD]
    sentences, citations = cite(*quote(choices, evidence.passages, load_articles, max_characters=MAX_TOLD))
    return tuple(citations[sentence.citations[0] - 1] for sentence in sentences)


def refusal_before_reading(question: str, evidence: Evidence) -> Reason | None:
    """Why no passage need be looked at, if so."""
    spoken = words(question)
    if not spoken:
        return "empty_question"
    if evidence.num_chunks == 0:
        return "empty_index"
    stems = {term for term in evidence.idf if term.startswith("=")}
    foreign = not has_arabic(question) and not stems <= evidence.known_terms
    says_nothing = all(word in STOP_WORDS or len(word) > MAX_WORD for word in spoken)
    has_letters = any(map(str.isalpha, "".join(spoken)))
    if foreign or says_nothing or not has_letters or not evidence.known_terms:
        return "not_understood"
    return None


def find_nearest(passages: Sequence[Passage]) -> tuple[Nearest, ...]:
    """The best articles' headlines, each title once."""
    titles: dict[str, Nearest] = {}
    for passage in passages:
        titles.setdefault(" ".join(words(passage.title)), Nearest(passage.source, passage.title))
    return tuple(titles.values())[:NUM_NEAREST]
