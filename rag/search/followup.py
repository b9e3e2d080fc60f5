"""A question that leans on the conversation, completed from its last turns.

Rules, no model. The completed question is what is searched, so it carries names and nouns; word
order matters to nobody but the reader of `searched`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.search import cue_words as cues
from rag.search.leaning import Lean, lean_of
from rag.search.tokens import Token, is_nation, is_verb, tokens_of
from rag.text.stem import stem

MAX_CHARACTERS = 1000
"""Of a completed question; one that is longer already is never touched."""
_MAX_TURNS = 8  # a topic older than that is not what "it" means
_MAX_CARRIED = 12  # words: more would drown the question's own in the search
_MARKS = " \t\r\n؟?!.،,؛;:"


def complete(question: str, history: Sequence[str]) -> str:
    """Return `question` with what it leans on, or the very same string where it stands alone.

    `history` holds the earlier questions, oldest first. A turn that leans itself is completed from
    those before it, so the topic is found however many turns back it was named.
    """
    if not history or not question.strip() or len(question) >= MAX_CHARACTERS:
        return question
    lean = lean_of(question)
    if lean is None:
        return question
    topic = ""
    for turn in history[-_MAX_TURNS:]:
        topic = _resolve(turn, topic)
    return _merge(question, lean, topic)


def _resolve(turn: str, topic: str) -> str:
    """The turn, completed from the topic so far; a turn that says nothing leaves the topic as it is."""
    lean = lean_of(turn) if len(turn) < MAX_CHARACTERS else None
    if lean is not None and topic:
        return _merge(turn, lean, topic)
    return turn if any(token.is_content for token in tokens_of(turn)) else topic


def _merge(question: str, lean: Lean, topic: str) -> str:
    asked, told = tokens_of(question), tokens_of(topic)
    carried = [token for token in told if token.is_content]
    carried = _without_known(carried, asked)
    carried = _without_predicate(carried, asked, lean)
    carried = _without_replaced(carried, asked, told, lean)[:_MAX_CARRIED]
    if not carried:
        return question
    return _append(question, _spell(topic, told, carried))


def _without_known(carried: list[Token], asked: list[Token]) -> list[Token]:
    """What the question says itself is not said twice."""
    known = {stem(form) for token in asked for form in (token.norm, token.core)}
    kept: list[Token] = []
    for token in carried:
        if stem(token.norm) not in known:
            known.add(stem(token.norm))
            kept.append(token)
    return kept


def _without_predicate(carried: list[Token], asked: list[Token], lean: Lean) -> list[Token]:
    """Verbs, and what was asked of the subject, stay behind unless the question is a mere fragment."""
    if lean == "fragment" and not any(token.core in cues.COPULAS for token in asked):
        return carried
    own = [token for token in asked if token.is_content]
    kept = [token for token in carried if not is_verb(token.norm)]
    if own and kept:
        kept = [token for token in kept if stem(token.norm) not in _ATTRIBUTE_STEMS] or kept
    return kept or carried


def _without_replaced(carried: list[Token], asked: list[Token], told: list[Token], lean: Lean) -> list[Token]:
    """What the question puts another word in the place of: it would contradict.

    A pronoun means what was said, all of it; only a question that runs parallel to the last one
    replaces: country by country, number by number, and the word behind a word they share.
    """
    same_word = lean == "incomplete" and _question_word(asked) == _question_word(told)
    parallel = lean in ("fragment", "continued") or same_word
    if not parallel:
        return carried
    own = [token for token in asked if token.is_content]
    gone = _slots_replaced(asked, told)
    if any(is_nation(token.norm) for token in own):
        gone |= {token.start for token in carried if is_nation(token.norm)}
    if any(token.norm.isdigit() for token in own):
        gone |= {token.start for token in carried if token.norm.isdigit()}
    return [token for token in carried if token.start not in gone]


def _slots_replaced(asked: list[Token], told: list[Token]) -> set[int]:
    """Starts of the words of `told` whose place a word of `asked` takes: both stand right behind the same word."""
    taken = {stem(anchor.core): word for anchor, word in pairwise(asked) if word.is_content and _anchors(anchor)}
    gone = set()
    for anchor, word in pairwise(told):
        other = taken.get(stem(anchor.core))
        if other is None or not word.is_content or is_verb(word.norm) or is_verb(other.norm):
            continue
        if stem(word.norm) != stem(other.norm) and word.norm.isdigit() == other.norm.isdigit():
            gone.add(word.start)
    return gone


def _anchors(token: Token) -> bool:
    return token.is_content or token.core in cues.PREPOSITIONS or token.core in ("كم", "كام", "اي", "ايه")


def _question_word(tokens: list[Token]) -> str | None:
    return next((token.core for token in tokens if token.core in cues.QUESTION_WORDS), None)


def _spell(topic: str, told: list[Token], carried: list[Token]) -> str:
    """The carried words as they were written, each with the preposition before it."""
    kept = {token.start for token in carried}
    words = []
    for at, token in enumerate(told):
        if token.start not in kept:
            continue
        before = told[at - 1] if at else None
        if before is not None and at > 1 and before.core in cues.PREPOSITIONS and not before.joined:
            words.append(topic[before.start : before.end])
        word = topic[token.start : token.end]
        words.append(word)
    return " ".join(words)


def _append(question: str, carried: str) -> str:
    said = question.rstrip(_MARKS)
    mark = "؟" if "؟" in question[len(said) :] or "?" not in question[len(said) :] else "?"
    room = MAX_CHARACTERS - len(said) - len(mark) - 1
    if len(carried) > room:
        carried = carried[: max(room, 0)].rpartition(" ")[0]
    return f"{said} {carried}{mark}" if carried else question


_ATTRIBUTE_STEMS = frozenset(stem(word) for word in cues.ATTRIBUTES)
