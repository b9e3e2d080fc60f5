from __future__ import annotations

import dataclasses
import re
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import Card, Overview, link_of
from bot.direction import visible
from bot.state.records import KeptAnswer, Place
from bot.telegram.copies import Copies
from bot.telegram.paragraph import around
from bot.telegram.render import (
    Outgoing,
    answer_keyboard,
    answer_outgoing,
    card_outgoing,
    kept_from,
    latest_outgoing,
    more_outgoing,
    quote_outgoing,
    said,
    sources_outgoing,
    start_outgoing,
)
from bot.telegram.split import is_blank
from bot.texts import LANGS, Lang
from bot.texts.counting import counted
from rag.schema import Answer, Citation, Disagreement, Nearest, Reason, Sentence, Side
from tests.bot.fakes import DISAGREEMENT, FIRST, PASSAGE, SECOND, answered, citation, refused, weak
from tests.bot.telegram.strategies import ANY_TEXT, LONG_TEXT, TEXT
from tests.bot.telegram.telegram_rules import MARKS, check_message, parse, seen

ARTICLE = f"افتتاح جسر النهر\nالمصدر: وكالة الواحة\n\n{FIRST} {SECOND} ثم انصرف الحضور.\n\nفقرة أخرى."
CARD = Card("a.txt", "عنوان الخبر", "وكالة الواحة", "2024-05-12", "قال الوزير نعم.\nثم مضى.", link_of("a.txt"), 2)
OVERVIEW = Overview(12, 3, ("وكالة الواحة", "سنا", "المدار"), "2020-01-02", "2024-05-12")


def kept(answer: Answer, lang: Lang = "ar") -> KeptAnswer:
    return kept_from(answer, Place(7, 7), lang, "Ab3dEf6hIj")


def shown(outgoing: Outgoing) -> str:
    """All of it as it is seen, without marks; each part obeys Telegram."""
    return "\n".join(check_message(part.html, part.plain) for part in outgoing.parts).translate(MARKS)


def bold(outgoing: Outgoing) -> list[str]:
    return [entity.text for part in outgoing.parts for entity in parse(part.html)[1] if entity.tag == "b"]


def answer_shown(answer: Answer, lang: Lang = "ar") -> str:
    return shown(answer_outgoing(answer, kept(answer, lang)))


def cited(text: str, quote: str, **changes: Any) -> Citation:
    start = text.index(quote)
    return dataclasses.replace(citation(1, quote), start=start, end=start + len(quote), **changes)


# answers


def test_an_answer_shows_sentences_with_markers_and_under_them_outlet_date_and_file() -> None:
    assert answer_shown(answered()).splitlines() == [
        f"{FIRST} [1][3]",
        f"{SECOND} [2]",
        "",
        "المصادر",
        "[1][2] افتتاح جسر النهر — وكالة الواحة، 2024-05-12",
        "news/bridge.txt",
        "[3] افتتاح جسر النهر — وكالة الواحة، 2024-05-12",
        "other.jsonl#7",
    ]


def test_titles_are_bold_and_files_can_be_tapped() -> None:
    outgoing = answer_outgoing(answered(), kept(answered()))
    (part,) = outgoing.parts
    assert bold(outgoing) == ["المصادر", "افتتاح جسر النهر", "افتتاح جسر النهر"]
    assert [entity.text for entity in parse(part.html)[1] if entity.tag == "code"] == [
        "news/bridge.txt",
        "other.jsonl#7",
    ]


def test_a_weak_one_is_introduced_as_such_and_its_headlines_are_buttons() -> None:
    outgoing = answer_outgoing(weak(), kept(weak()))
    lines = shown(outgoing).splitlines()
    assert lines[0] == "لا جواب واضحا في المقالات؛ أقرب المقاطع:"
    assert "أقرب العناوين:" not in lines
    assert "n:Ab3dEf6hIj:0" in [button.data for row in outgoing.keyboard for button in row]


@pytest.mark.parametrize("reason", get_args(Reason))
@pytest.mark.parametrize("lang", LANGS)
def test_a_refusal_says_why_and_names_headlines_as_buttons(reason: str, lang: Lang) -> None:
    outgoing = answer_outgoing(refused(reason), kept(refused(reason), lang))
    has_headlines = reason in {"no_evidence", "weak_evidence"}
    assert [row[0].text for row in outgoing.keyboard] == ["عنوان قريب"] * has_headlines
    assert shown(outgoing).endswith(":") == has_headlines
    assert "isnad" not in shown(outgoing)
    assert ("words to search" in shown(outgoing)) == (reason == "empty_question" and lang == "en")


def test_a_disagreement_is_a_block_of_its_own() -> None:
    outgoing = answer_outgoing(answered(disagreements=(DISAGREEMENT,)), kept(answered()))
    assert "\n\nالمصادر تختلف في عدد القتلى:\n• 31 قتيلا — وزارة الداخلية، 2024-03-08 [1]\n• 34 قتيلا [2]\n\n" in shown(
        outgoing
    )
    assert "عدد القتلى" in bold(outgoing)


@pytest.mark.parametrize("mode", ["written", "quoted_after_llm_failure"])
def test_how_an_answer_was_made_is_said(mode: str) -> None:
    assert "language model" in answer_shown(answered(mode=mode), "en")
    assert "language model" not in answer_shown(answered(), "en")


def test_a_completed_question_is_shown() -> None:
    answer = answered("ومتى؟", searched="متى افتتح الجسر؟")
    assert answer_shown(answer).startswith("بحثت عن: متى افتتح الجسر؟\n")
    assert answer_shown(answer, "en").startswith("Searched for: متى افتتح الجسر؟\n")


# what is kept


def test_what_is_kept_has_what_the_buttons_need() -> None:
    others = tuple(dataclasses.replace(PASSAGE, source=f"{number}.txt", rank=number) for number in range(2, 20))
    answer = answered(passages=(PASSAGE, others[0], *others))
    record = kept(answer)
    assert (record.question, record.status, record.citations) == (answer.question, "answered", answer.citations)
    assert [article.source for article in record.more] == [f"{number}.txt" for number in range(2, 10)]
    assert kept(dataclasses.replace(refused(), passages=others)).more == ()
    assert record.place == Place(7, 7)


def test_what_is_offered_as_nearest_is_not_offered_twice() -> None:
    near = dataclasses.replace(PASSAGE, source="a.txt")
    assert kept(dataclasses.replace(weak(), passages=(near,))).more == ()


# quotes


def test_a_quote_is_bold_inside_its_paragraph() -> None:
    outgoing = quote_outgoing(cited(ARTICLE, SECOND), ARTICLE, Copies(3), "ar")
    assert shown(outgoing).splitlines() == [
        f"{FIRST} {SECOND} ثم انصرف الحضور.",
        "",
        "[1] افتتاح جسر النهر — وكالة الواحة، 2024-05-12",
        "news/bridge.txt",
        "بالنص نفسه في 3 مقالات",
    ]
    assert bold(outgoing)[0] == SECOND
    assert outgoing.keyboard == ()


@pytest.mark.parametrize(
    ("copies", "line"),
    [
        (Copies(1), "I did not find this sentence"),
        (Copies(2), "In the same words in 2 articles"),
        (Copies(200, at_least=True), "In the same words in at least 200 articles"),
    ],
)
def test_copies_are_told(copies: Copies, line: str) -> None:
    assert line in shown(quote_outgoing(cited(ARTICLE, SECOND), ARTICLE, copies, "en"))


@pytest.mark.parametrize(("text", "line"), [(None, "no longer among mine"), ("x" + ARTICLE, "has changed")])
def test_a_quote_outlives_its_article(text: str | None, line: str) -> None:
    outgoing = quote_outgoing(cited(ARTICLE, SECOND), text, Copies(1), "en")
    assert shown(outgoing).startswith(f"{SECOND}\n\nThe article")
    assert line in shown(outgoing)


def test_a_long_paragraph_is_cut_at_sentence_ends_round_the_quote() -> None:
    sentences = [f"هذه هي الجملة رقم {number} من فقرة طويلة جدا." for number in range(100)]
    text = "عنوان\n\n" + " ".join(sentences)
    first = shown(quote_outgoing(cited(text, sentences[50]), text, Copies(1), "ar")).splitlines()[0]
    assert first.startswith("… هذه هي الجملة")
    assert first.endswith("جدا. …")
    assert 800 < len(first) <= 904
    assert sentences[50] in first


def test_a_line_that_is_the_quote_alone_is_shown_with_its_neighbours() -> None:
    text = f"عنوان\nتاريخ\n\nقبل.\n{FIRST}\nبعد.\n\nأخرى."
    lines = shown(quote_outgoing(cited(text, FIRST), text, Copies(1), "ar")).splitlines()
    assert lines[:4] == ["قبل.", FIRST, "بعد.", ""]


def test_a_paragraph_that_is_the_quote_alone_is_shown_between_its_neighbours() -> None:
    text = f"عنوان\n\nفقرة بعيدة.\n\nفقرة قبلها.\n \n{FIRST}\n\nفقرة بعدها.\n\nفقرة أبعد."
    lines = shown(quote_outgoing(cited(text, FIRST), text, Copies(1), "ar")).splitlines()
    assert [line for line in lines[:6] if line.strip()] == ["فقرة قبلها.", FIRST, "فقرة بعدها."]


@settings(deadline=None)
@given(TEXT, TEXT, TEXT)
def test_a_paragraph_is_a_piece_of_the_file(before: str, quote: str, after: str) -> None:
    text, start, end = before + quote + after, len(before), len(before + quote)
    found = around(text, start, end)
    assert found.quote == quote
    assert text[start - len(found.before) : end + len(found.after)] == found.before + quote + found.after
    assert len(found.before + quote + found.after) <= max(900, len(quote))


def one_spaced(text: str) -> str:
    """Breaks on both sides of a border become two spaces where together they are one."""
    return re.sub(" +", " ", text)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.sampled_from(LANGS))
def test_a_quote_and_its_paragraph_are_shown_letter_for_letter(before: str, quote: str, after: str, lang: Lang) -> None:
    text, start, end = before + quote + after, len(before), len(before + quote)
    outgoing = quote_outgoing(dataclasses.replace(citation(1, quote), start=start, end=end), text, Copies(1), lang)
    shown(outgoing)
    found = around(text, start, end)
    rows = [one_spaced(visible(row)) for row in (found.before + quote + found.after).split("\n")]
    lines = [one_spaced(line) for part in outgoing.parts for line in part.plain.split("\n")]
    while not is_blank("".join(rows)) and is_blank(rows[0]):
        del rows[0]
    for row, line in zip(rows, lines, strict=False):
        if not is_blank("".join(rows)):
            assert row in line
            assert line.replace(row, "", 1).strip("\u200e\u200f …") == ""
    expected = [visible(row) for row in quote.split("\n") if not is_blank(visible(row))]
    assert [text for text in bold(outgoing)[:-1] if not is_blank(text)] == expected


@settings(deadline=None)
@given(LONG_TEXT, LONG_TEXT, LONG_TEXT, st.sampled_from(LANGS))
def test_a_long_quote_is_whole_and_telegram_takes_it(before: str, quote: str, after: str, lang: Lang) -> None:
    text, start, end = before + quote + after, len(before), len(before + quote)
    outgoing = quote_outgoing(dataclasses.replace(citation(1, quote), start=start, end=end), text, Copies(1), lang)
    shown(outgoing)
    letters = "".join(seen(part) for part in bold(outgoing)[:-1])
    assert letters.replace("\u200b", "") == seen(visible(quote)).replace("\u200b", "") or is_blank(letters)


# articles


def test_more_sources_are_listed_and_opened_by_their_buttons() -> None:
    record = dataclasses.replace(kept(answered()), more=(Nearest("gone.txt", "ذهب"), Nearest("a.txt", "عنوان الخبر")))
    outgoing = more_outgoing(record, [CARD])
    assert shown(outgoing).splitlines() == [
        "مقالات أخرى قريبة من سؤالك",
        "",
        "1. عنوان الخبر",
        "وكالة الواحة، 2024-05-12",
    ]
    assert [button.data for row in outgoing.keyboard for button in row] == ["o:Ab3dEf6hIj:1"]
    assert shown(more_outgoing(record, [])) == "لا مصادر أخرى."


def test_the_sources_of_an_earlier_answer_come_with_its_buttons() -> None:
    record = kept(answered())
    outgoing = sources_outgoing(record)
    assert shown(outgoing).startswith("المصادر\n[1][2] افتتاح")
    assert outgoing.keyboard == answer_keyboard(record)


def test_an_article_is_opened_at_its_beginning() -> None:
    assert shown(card_outgoing(CARD, "ar")).splitlines() == [
        "عنوان الخبر",
        "وكالة الواحة، 2024-05-12",
        "a.txt",
        "",
        "قال الوزير نعم.",
        "ثم مضى.",
        "",
        "بالنص نفسه في مقالين",
    ]
    bare = Card("a.txt", "t", None, None, "", link_of("a.txt"))
    assert shown(card_outgoing(bare, "en")) == "t\na.txt"


def test_the_latest_come_with_number_outlet_and_date() -> None:
    undated = Card("b.txt", "آخر", None, None, "", link_of("b.txt"))
    outgoing = latest_outgoing([CARD, undated], 0, "ar", more_follow=True)
    assert shown(outgoing).splitlines()[2:] == ["1. عنوان الخبر", "وكالة الواحة، 2024-05-12", "", "2. آخر", "بلا تاريخ"]
    assert [row[0].data[0] for row in outgoing.keyboard] == ["a", "a", "p"]
    assert shown(latest_outgoing([], 0, "en", more_follow=False)) == "I have no articles yet."
    assert shown(latest_outgoing([CARD], 2, "en", more_follow=False)).startswith("The latest articles, page 3\n")


# start


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("ar", ("في 12 مقالا من 3 جهات، من 2020-01-02 إلى 2024-05-12", "لمدة 30 يوما", "جرّب")),
        ("en", ("in 12 articles from 3 outlets, 2020-01-02 to 2024-05-12", "for 30 days", "try one")),
    ],
)
def test_start_says_what_there_is_and_what_to_ask(lang: Lang, parts: tuple[str, ...]) -> None:
    outgoing = start_outgoing(OVERVIEW, ["متى افتتح الجسر؟"], 30, lang)
    assert all(part in shown(outgoing) for part in parts)
    assert [row[0].text for row in outgoing.keyboard] == ["متى افتتح الجسر؟"]


def test_start_promises_nothing_that_is_not_there() -> None:
    undated = dataclasses.replace(OVERVIEW, first_date=None, last_date=None)
    assert "None" not in shown(start_outgoing(undated, [], 1, "ar"))
    assert "اكتب سؤالك." in shown(start_outgoing(undated, [], 1, "ar"))
    assert counted(3, "outlets", "ar") in shown(start_outgoing(undated, [], 1, "ar"))
    unnamed = dataclasses.replace(OVERVIEW, num_outlets=0, outlets=())
    assert "2024-05-12" in shown(start_outgoing(unnamed, [], 1, "ar"))
    assert counted(0, "outlets", "ar") not in shown(start_outgoing(unnamed, [], 1, "ar"))
    assert "لا مقالات لدي بعد" in shown(start_outgoing(Overview(0, 0, (), None, None), [], 1, "ar"))


def test_a_value_from_outside_stays_in_its_line() -> None:
    outgoing = said("bot.upload.failed", "en", name="a\nb`\u202e<b>.txt", detail="x")
    assert shown(outgoing) == "a b'<b>.txt could not be added: x. It is not kept."


# any text


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    quotes = draw(st.lists(TEXT.filter(bool), min_size=1, max_size=4))
    numbers = range(1, len(quotes) + 1)
    text = st.one_of(st.none(), ANY_TEXT)
    return Answer(
        draw(TEXT),
        draw(TEXT),
        draw(st.sampled_from(("answered", "weak"))),
        mode=draw(st.sampled_from(("quoted", "written", "quoted_after_llm_failure"))),
        sentences=tuple(Sentence(quote, number, (number,)) for number, quote in zip(numbers, quotes, strict=True)),
        citations=tuple(
            Citation(number, draw(ANY_TEXT), draw(TEXT), draw(text), draw(text), quote, 0, len(quote))
            for number, quote in zip(numbers, quotes, strict=True)
        ),
        nearest=tuple(Nearest(draw(ANY_TEXT), draw(TEXT)) for _ in range(draw(st.integers(0, 3)))),
        disagreements=(Disagreement(draw(ANY_TEXT), "differ", (Side(draw(ANY_TEXT), "", draw(text), 1, None),)),),
    )


@settings(deadline=None)
@given(answers(), st.sampled_from(LANGS))
def test_any_answer_becomes_messages_that_telegram_takes(answer: Answer, lang: Lang) -> None:
    record = kept(answer, lang)
    outgoing = answer_outgoing(answer, record)
    whole = seen(shown(outgoing))
    at = 0
    for sentence in answer.sentences:
        if len(sentence.text) < 3000:
            at = whole.index(seen(visible(sentence.text)), at)
    assert outgoing.keyboard == answer_keyboard(record)
    shown(sources_outgoing(record))


@settings(deadline=None)
@given(
    st.builds(Card, TEXT, TEXT, st.one_of(st.none(), TEXT), st.none(), TEXT, st.just("l" * 12)), st.sampled_from(LANGS)
)
def test_any_article_becomes_messages_that_telegram_takes(card: Card, lang: Lang) -> None:
    shown(card_outgoing(card, lang))
    shown(latest_outgoing([card] * 8, 0, lang, more_follow=True))
