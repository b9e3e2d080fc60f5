"""How well the right articles are ranked: nDCG@10, R@1, R@5, R@10 and RR@10, by source and by story.

The definitions are ir_measures'. A ranking lists each article once, at its best passage. By story,
near-duplicates are one: the first of them found is the one that counts, and finding it is enough.
A relevant question that nothing was found for counts as 0, and so does one that failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Rankings = Mapping[str, Sequence[str]]
"""Question id -> what was found, best first."""
Relevance = Mapping[str, Mapping[str, int]]
"""Question id -> what is relevant -> how much."""


def retrieval_values(rankings: Rankings, relevance: Relevance) -> dict[str, dict[str, float]]:
    """The measures by question, for every question that has something relevant."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    names = {nDCG @ 10: "ndcg10", R @ 1: "r1", R @ 5: "r5", R @ 10: "r10", RR @ 10: "rr10"}
    judged = {question_id: grades for question_id, grades in relevance.items() if any(g > 0 for g in grades.values())}
    qrels = [
        ir_measures.Qrel(question_id, source, grade)
        for question_id, grades in judged.items()
        for source, grade in grades.items()
    ]
    # Measures differ in how they break ties of score: here none is left, the rank alone counts.
    run = [
        ir_measures.ScoredDoc(question_id, source, float(-rank))
        for question_id in judged
        for rank, source in enumerate(dict.fromkeys(rankings.get(question_id, ())))
    ]
    values: dict[str, dict[str, float]] = {question_id: dict.fromkeys(names.values(), 0.0) for question_id in judged}
    if run:  # of an empty one pytrec_eval makes nothing
        for metric in ir_measures.iter_calc(list(names), qrels, run):
            values[metric.query_id][names[metric.measure]] = metric.value
    return values


def by_story(rankings: Rankings, relevance: Relevance, story_of: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """The same measures with every article standing for its story."""
    stories = {
        question_id: [story_of.get(source, source) for source in sources] for question_id, sources in rankings.items()
    }
    grades: dict[str, dict[str, int]] = {}
    for question_id, of_sources in relevance.items():
        best = grades.setdefault(question_id, {})
        for source, grade in of_sources.items():
            story = story_of.get(source, source)
            best[story] = max(grade, best.get(story, grade))
    return {
        question_id: {f"{name}_story": value for name, value in values.items()}
        for question_id, values in retrieval_values(stories, grades).items()
    }
