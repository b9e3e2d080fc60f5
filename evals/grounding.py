"""Whether an answer stands on what it cites: quotes, citations, numbers.

- quotes_match: the share of an answer's citations whose quote is, character for character, what stands
  between `start` and `end` in the file they name. Everything below 100 % is a fault.
- citation_recall: the share of sentences that their cited spans together support.
- citation_precision: the share of citations that help: the sentence is supported, and this citation
  supports it alone or is missed when taken away. Both as in ALCE (Gao et al. 2023), without a model.
- numbers_supported: the share of the answer's numbers whose values stand in the spans that their
  sentence cites.

The support test reads the spans from the file, never the quote. A quoted sentence is supported where its
normalised words stand in the joined spans in a row; a written one also where every number of it stands in
them by value and at least 0.7 of its content words by their light stems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.normalise import number_tokens
from rag.text.stem import stem
from rag.text.terms import content_words, words

MIN_STEMS = 0.7


def grounding_values(record: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, float]:
    """The measures of one record; `texts` are the articles' files by source. Empty where nothing is said."""
    citations = {one["number"]: one for one in record.get("citations") or ()}
    if not (citations or record.get("sentences")):
        return {}
    spans = {number: read_span(one, texts) for number, one in citations.items()}
    matches = [spans[number] == one["quote"] for number, one in citations.items()]
    recalls: list[bool] = []
    precisions: list[bool] = []
    numbers: list[bool] = []
    is_written = record.get("mode") == "written"
    for sentence in record["sentences"]:
        cited = [spans.get(number, "") for number in sentence["citations"]]
        supported = supports(cited, sentence["text"], is_written=is_written)
        recalls.append(supported)
        precisions += [supported and _helps(at, cited, sentence["text"], is_written) for at in range(len(cited))]
        held = set(number_tokens("\n".join(cited)))
        numbers += [number in held for number in number_tokens(sentence["text"])]
    values = {"citation_recall": _share(recalls), "citation_precision": _share(precisions)}
    if matches:  # an answer that cites nothing has no quote that could be wrong, and neither recall nor precision
        values["quotes_match"] = _share(matches)
    if numbers:
        values["numbers_supported"] = _share(numbers)
    return values


def read_span(citation: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What stands in the file where the citation points; nothing where there is no such file or place."""
    start, end = int(citation["start"]), int(citation["end"])
    return texts.get(citation["source"], "")[start:end] if 0 <= start <= end else ""


def supports(spans: Sequence[str], sentence: str, *, is_written: bool) -> bool:
    """The support test."""
    joined = "\n".join(spans)
    spoken = words(sentence)
    if not spoken:
        return False
    if f" {' '.join(spoken)} " in f" {' '.join(words(joined))} ":
        return True
    if not is_written or not set(number_tokens(sentence)) <= set(number_tokens(joined)):
        return False
    held = {stem(word) for word in words(joined)}
    stems = [stem(word) for word in content_words(sentence)]
    return sum(one in held for one in stems) >= MIN_STEMS * len(stems)


def _helps(at: int, spans: Sequence[str], sentence: str, is_written: bool) -> bool:  # noqa: FBT001  only passed on
    """Whether one of the spans of a supported sentence is needed, or enough."""
    if supports([spans[at]], sentence, is_written=is_written):
        return True
    return not supports([*spans[:at], *spans[at + 1 :]], sentence, is_written=is_written)


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
