"""Questions with and without their answer, put to pools of many sizes: what the gate is fitted on.

A pool holds some ARCD topics and some news. Half of the pools hold news on one subject, as people's
folders do, and some hold nothing but ARCD. Asked are

- natural questions (ARCD), with their paragraph and with every paragraph that answers hidden;
- headlines (SaudiNewsNet): of articles that stand in the pool without their title, and of twins that
  another paper printed under another title; with the story, and with every article of it hidden;
- natural questions on ARCD topics that are not in the pool, and natural questions that a news corpus
  does not answer (all ARCD hidden);
- both kinds with one of their words exchanged for a word of another question: near misses.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from evals.development.data import Question, holds, load_arcd, load_news, load_out_of_scope, load_stories, same_story
from evals.development.pool import Pool
from rag.answer.choose import MAX_SENTENCES, Choice, choose
from rag.answer.cues import ASKING_WORDS
from rag.answer.features import find_candidates
from rag.answer.gate import gate_features
from rag.schema import Article
from rag.search.retrieve import retrieve
from rag.text.stem import stem
from rag.text.terms import STOP_WORDS, content_words, terms, words

T = TypeVar("T")

_TOP_K = 30
_MIN_HEADLINE = 4
_MIN_NAME = 3
_SUBJECT_TERMS = 120


@dataclass(frozen=True, slots=True)
class Plan:
    """How many pools of a size, and how many questions of each kind in each."""

    size: int
    num_pools: int
    num_questions: int


PLANS = (
    Plan(5, 60, 4),
    Plan(12, 40, 6),
    Plan(30, 24, 12),
    Plan(80, 15, 20),
    Plan(200, 9, 40),
    Plan(1000, 4, 100),
    Plan(5000, 2, 200),
    Plan(31_000, 1, 700),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One question put to one pool."""

    family: str
    size: int
    num_chunks: int
    group: str
    answerable: bool
    right: bool
    """One of the three chosen sentences answers; for a headline: one of the first two is of its story."""
    features: dict[str, float]


class Maker:
    """Draws the pools and puts the questions; the same seed draws the same."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 (a sample, no secret)
        self._paragraphs, self._questions = load_arcd()
        self._news = load_news()
        self._stories = load_stories()
        self._titles = {article.source: article.title for article in self._news}
        self._outside = load_out_of_scope()
        self._texts = {article.source: article for article in self._paragraphs + self._news}
        self._everything: Pool | None = None

    def trials(self, plan: Plan) -> Iterator[Trial]:
        """Every trial of a plan."""
        for number in range(plan.num_pools):
            if plan.size <= max(small.size for small in PLANS[:5]) and number % 3 == 0:
                yield from self._encyclopedia(plan, with_titles=bool(number % 2))
            else:
                yield from self._newsroom(plan, on_one_subject=number % 3 == 1)

    def _encyclopedia(self, plan: Plan, *, with_titles: bool) -> Iterator[Trial]:
        """A pool of ARCD paragraphs alone, topic by topic, headed by their topic or by nothing."""
        topics = self._shuffled({question.group for question in self._questions})
        topic_of = {question.source: question.group for question in self._questions}
        sources = sorted(topic_of, key=lambda source: (topics.index(topic_of[source]), source))[: max(plan.size, 3)]
        articles = [self._texts[source] for source in sources]
        if with_titles:
            articles = [replace(article, title=topic_of[article.source]) for article in articles]
        pool = Pool(articles)
        inside = [question for question in self._questions if question.source in pool.articles]
        outside = [question for question in self._questions if question.group not in {one.group for one in inside}]
        yield from self._ask_arcd(plan, pool, self._sample(inside, 2 * plan.num_questions))
        for question in self._sample(outside, plan.num_questions):
            yield from self._put("arcd elsewhere", plan, pool, question.text, group=question.question_id)

    def _newsroom(self, plan: Plan, *, on_one_subject: bool) -> Iterator[Trial]:
        """A pool of news with a few ARCD paragraphs; the articles whose headline is asked stand without it."""
        paragraphs = self._some_paragraphs(min(max(2, plan.size // 3), len(self._paragraphs)))
        num_news = max(1, plan.size - len(paragraphs))
        if num_news >= len(self._news) - len(paragraphs):
            news = self._news
        elif on_one_subject:
            news = self._neighbours(num_news)
        else:
            news = self._random.sample(self._news, num_news)
        long_enough = [one.source for one in news if len(words(one.title)) >= _MIN_HEADLINE]
        asked = self._sample(long_enough, min(plan.num_questions, max(1, len(news) // 2)))
        pool = Pool([replace(one, title="") if one.source in asked else one for one in news] + paragraphs)
        for source in asked:
            yield from self._ask_headline(plan, pool, source, hidden=())
        twins = [
            twin
            for twin, story in self._stories.items()
            if self._titles.get(twin) and any(one in pool.articles and one not in asked for one in story - {twin})
        ]
        for twin in self._sample(twins, plan.num_questions):
            yield from self._ask_headline(plan, pool, twin, hidden=self._same_title(twin))
        inside = [question for question in self._questions if question.source in pool.articles]
        yield from self._ask_arcd(plan, pool, self._sample(inside, plan.num_questions))
        hidden = [article.source for article in paragraphs]
        for question in self._sample(self._outside, plan.num_questions):
            yield from self._put("out of scope", plan, pool, question, group=question, hidden=hidden)

    def _ask_arcd(self, plan: Plan, pool: Pool, questions: Sequence[Question]) -> Iterator[Trial]:
        for question in questions:
            group = question.question_id

            def is_right(choices: Sequence[Choice], question: Question = question) -> bool:
                return any(holds(one.candidate.text, question.answers) for one in choices[:MAX_SENTENCES])

            yield from self._put("arcd", plan, pool, question.text, group=group, is_right=is_right)
            hidden = same_story(question, self._paragraphs)
            yield from self._put("arcd", plan, pool, question.text, group=group, hidden=hidden)
            gold = self._texts[question.source].text
            near_miss = self._near_miss(question.text, gold, self._random.choice(self._questions).text)
            yield from self._put("arcd near miss", plan, pool, near_miss, group=group)

    def _ask_headline(self, plan: Plan, pool: Pool, source: str, *, hidden: Collection[str]) -> Iterator[Trial]:
        title, story = self._titles[source], self._stories.get(source, frozenset({source}))
        if not any(one in pool.articles and one not in hidden for one in story):
            return

        def is_right(choices: Sequence[Choice]) -> bool:
            return any(one.candidate.passage.source in story for one in choices[:2])

        yield from self._put("headline", plan, pool, title, group=source, hidden=hidden, is_right=is_right)
        yield from self._put("headline", plan, pool, title, group=source, hidden=story)
        if self._random.random() < 1 / 3:
            other = self._random.choice(self._news).title
            near_miss = self._near_miss(title, self._texts[source].text, other)
            yield from self._put("headline near miss", plan, pool, near_miss, group=source)

    def _put(
        self,
        family: str,
        plan: Plan,
        pool: Pool,
        question: str | None,
        *,
        group: str,
        hidden: Collection[str] = (),
        is_right: Callable[[Sequence[Choice]], bool] | None = None,
    ) -> Iterator[Trial]:
        if question is None:
            return
        with pool.hiding(hidden):
            evidence = retrieve(question, pool, top_k=_TOP_K)
        choices = choose(find_candidates(question, evidence))
        if choices:
            right = is_right is not None and is_right(choices)
            features = gate_features(evidence, choices)
            yield Trial(family, plan.size, evidence.num_chunks, group, is_right is not None, right, features)

    def _near_miss(self, question: str, gold: str, other: str) -> str | None:
        """`question` with one word that its article has exchanged for a word of `other` that it has not."""
        known = {stem(word) for word in words(gold)}
        spoken = question.split()
        own = [at for at, word in enumerate(spoken) if (name := _name(word)) and stem(name) in known]
        foreign = [word for word in other.split() if (name := _name(word)) and stem(name) not in known]
        if not own or not foreign:
            return None
        spoken[self._random.choice(own)] = self._random.choice(foreign).strip("؟?.!،")
        return " ".join(spoken)

    def _neighbours(self, num_articles: int) -> list[Article]:
        """The news nearest to one article drawn at random."""
        if self._everything is None:
            self._everything = Pool(self._news)
        seed = self._random.choice(self._news)
        subject = dict(Counter(terms(f"{seed.title} {seed.text[:400]}")).most_common(_SUBJECT_TERMS))
        weights = {term: float(count) for term, count in subject.items()}
        return self._everything.nearest_articles(weights, num_articles)

    def _some_paragraphs(self, num_paragraphs: int) -> list[Article]:
        topics = self._shuffled({question.group for question in self._questions})
        topic_of = {question.source: question.group for question in self._questions}
        found = sorted(self._paragraphs, key=lambda one: (topics.index(topic_of[one.source]), one.source))
        return found[:num_paragraphs]

    def _same_title(self, source: str) -> list[str]:
        story = self._stories[source]
        return [one for one in story if one == source or self._titles.get(one) == self._titles[source]]

    def _shuffled(self, names: Collection[str]) -> list[str]:
        ordered = sorted(names)
        self._random.shuffle(ordered)
        return ordered

    def _sample(self, population: Sequence[T], size: int) -> list[T]:
        return self._random.sample(population, min(size, len(population)))


def _name(word: str) -> str | None:
    """The normalised word if it is one that carries meaning."""
    found = content_words(word)
    if len(found) != 1 or found[0] in STOP_WORDS | ASKING_WORDS or len(found[0]) < _MIN_NAME:
        return None
    return found[0]
