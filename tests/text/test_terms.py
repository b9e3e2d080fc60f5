from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rag.text.normalise import normalise
from rag.text.terms import STOP_WORDS, content_words, terms, word_terms, words

LETTER = st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآىةؤئء")
MARKS = st.text("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0640", max_size=3)
WORD = st.lists(st.tuples(LETTER, MARKS), min_size=1, max_size=8)


def test_a_word_gives_its_stem_and_the_ngrams_of_the_padded_word() -> None:
    assert terms("الحكومة") == ["=حكوم", "_الح", "الحك", "لحكو", "حكوم", "كومه", "ومه_"]


def test_a_short_word_is_one_ngram() -> None:
    assert terms("أب") == ["=اب", "_اب_"]


def test_repeated_words_count_each_time() -> None:
    assert terms("حرب حرب") == 2 * terms("حرب")


def test_stop_words_go_unless_nothing_else_is_left() -> None:
    assert content_words("ماذا قال الوزير في القاهرة") == ["قال", "الوزير", "القاهره"]
    assert content_words("من هو") == ["من", "هو"]
    assert content_words("؟!") == []


def test_stop_words_stand_as_they_are_matched() -> None:
    assert {normalise(word) for word in STOP_WORDS} == STOP_WORDS
    assert all(words(word) == [word] for word in STOP_WORDS)


def test_names_and_things_are_no_stop_words() -> None:
    assert not STOP_WORDS & set(words("وزير رئيس مصر حرب بغداد سنة يوم عدد محمد ماء"))


@given(st.lists(WORD, max_size=6))
def test_diacritics_change_no_term(sentence: list[list[tuple[str, str]]]) -> None:
    bare = " ".join("".join(letter for letter, _ in word) for word in sentence)
    marked = " ".join("".join(letter + marks for letter, marks in word) for word in sentence)
    assert terms(marked) == terms(bare)


@given(st.text(st.one_of(st.characters(), LETTER, st.sampled_from(" \n\u00a0\u2028\u0301\u0345\u064bﷺΣ"))))
def test_words_are_those_of_the_whole_text_normalised(text: str) -> None:
    assert words(text) == re.findall(r"\w+", normalise(text))


@given(st.text(st.characters()))
def test_any_text_gives_terms_of_words_alone(text: str) -> None:
    bag = terms(text)
    assert bool(bag) == bool(words(text))
    assert all(term and not term.isspace() for term in bag)


@given(st.lists(st.one_of(st.text(st.characters()), st.sampled_from(sorted(STOP_WORDS)), st.just("في/بغداد"))))
def test_the_terms_of_a_text_are_those_of_its_words_of_content(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert terms(text) == [term for word in content_words(text) for term in word_terms(word)]
