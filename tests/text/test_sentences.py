from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.sentences import MAX_SENTENCE, split_sentences
from tests.text.tables import Row, rows

OUT_OF_REACH = {
    "repeat-05": "two dots are a pause in newspapers, and a headline must not be torn at them",
    "hard-01": "a quote that never closes hides nothing, so that it cannot swallow its paragraph",
}
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
PIECES = st.sampled_from(
    [
        *("قال", "د", "وم", "ت", "2015", "3", "هـ", "بي", "سي", "U", "Dr", "www", "وزير"),
        *(" ", " ", " ", "\n", "\t", "\u00a0", "\u200f", "\u2028"),
        *".!?؟؛…,،:-",
        *"«»\"“”()[]'{}",
    ]
)
NEWS = st.lists(PIECES, max_size=60).map("".join)
ANY_TEXT = st.one_of(
    NEWS, st.text(st.characters()), st.text("ا ،.\n«»", min_size=MAX_SENTENCE, max_size=4 * MAX_SENTENCE)
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize("case", rows("sentences", OUT_OF_REACH))
def test_case(case: Row) -> None:
    assert sentences(case["text"]) == case["sentences"]


@given(ANY_TEXT)
@example("ا" * (2 * MAX_SENTENCE + 1))
@example("ا" * MAX_SENTENCE + ". ")
@example(". " * MAX_SENTENCE)
def test_spans_cover_everything_but_whitespace_in_order(text: str) -> None:
    behind = 0
    for start, end in split_sentences(text):
        assert behind <= start < end <= len(text)
        assert not text[behind:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert end - start <= MAX_SENTENCE
        assert not set(text[start:end]) & set(LINE_ENDS)
        behind = end
    assert not text[behind:].strip()


@given(NEWS, NEWS, NEWS)
def test_a_part_is_split_as_if_it_stood_alone(before: str, part: str, after: str) -> None:
    offset = len(before)
    alone = [(start + offset, end + offset) for start, end in split_sentences(part)]
    assert split_sentences(before + part + after, offset, offset + len(part)) == alone


@pytest.mark.parametrize(
    "name", ["2.4", "1,000", "أ. أحمد سالم", "د. منى", "ت.غ", "بي.بي.سي", "report.pdf", "(ص. 7)", "U.S."]
)
def test_no_sentence_ends_inside(name: str) -> None:
    text = f"تحدثت النشرة عن {name} في المساء. ثم انتهت."
    assert sentences(text) == [f"تحدثت النشرة عن {name} في المساء.", "ثم انتهت."]


@pytest.mark.parametrize(
    "end", ["عام 2015م.", "بطول 10 م.", "نقلا عن أ ف ب.", "في قطاع الـAI.", "يوم 12.", "هل جاء؟!", "عرفناه؛"]
)
def test_a_sentence_ends_behind(end: str) -> None:
    assert sentences(f"كان ذلك {end} وعاد الهدوء") == [f"كان ذلك {end}", "وعاد الهدوء"]


def test_a_title_in_quotes_asks_inside_the_sentence_and_a_quoted_question_ends_it() -> None:
    assert len(sentences("صدر كتاب «لماذا رحلوا؟» عن دار صغيرة.")) == 1
    assert sentences("سأل المذيع: «لماذا رحلوا؟» ثم سكت.") == ["سأل المذيع: «لماذا رحلوا؟»", "ثم سكت."]


def test_a_quote_stays_whole_up_to_a_length() -> None:
    short, long = "عاد الناس. " * 3, "عاد الناس. " * 60
    assert len(sentences(f"قال: «{short}»")) == 1
    assert len(sentences(f"قال: «{long}»")) > 10


def test_a_stray_quote_hides_no_sentence() -> None:
    text = 'قال "لن نعود. وأضاف الوزير "نعود غدا". ثم رحل.'
    assert sentences(text) == ['قال "لن نعود.', 'وأضاف الوزير "نعود غدا".', "ثم رحل."]


def test_a_long_sentence_is_cut_at_commas_near_equal_parts() -> None:
    clause = "وهذه جملة طويلة لا تنتهي،"
    cut = sentences(" ".join([clause] * 30))
    assert len(cut) == 2
    assert all(part.endswith("،") for part in cut)
    assert abs(len(cut[0]) - len(cut[1])) <= 2 * len(clause)


def test_a_long_sentence_without_commas_is_cut_between_words() -> None:
    text = "كلمة " * 300
    assert " ".join(sentences(text)).split() == text.split()


def test_a_long_sentence_is_not_cut_behind_an_abbreviation() -> None:
    text = "حضر اللقاء " + "د. سامي " * 100
    assert not any(part.endswith("د.") for part in sentences(text))
