from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Card, link_of
from bot.state.records import KeptAnswer, Vote
from bot.telegram.keyboards import (
    MAX_QUOTES,
    Keyboard,
    Press,
    answer_keyboard,
    example_check,
    example_keyboard,
    language_keyboard,
    latest_keyboard,
    more_keyboard,
    read_data,
)
from bot.telegram.split import is_blank
from bot.texts import LANGS, Lang
from rag.schema import Citation, Nearest
from tests.bot.telegram.strategies import TEXT
from tests.bot.telegram.telegram_rules import check_direction, is_empty

KEPT = KeptAnswer(
    "Ab3dEf6hIj",
    None,
    "ar",
    "متى افتتح الجسر؟",
    "answered",
    citations=tuple(
        Citation(number, f"{number}.txt", f"عنوان الخبر رقم {number}", None, None, "نص", 0, 2) for number in (1, 2)
    ),
    more=(Nearest("m.txt", "مقال آخر"),),
)
PRESSES = {
    "q:Ab3dEf6hIj:2": Press("quote", "Ab3dEf6hIj", 2),
    "m:Ab3dEf6hIj": Press("more", "Ab3dEf6hIj"),
    "v:Ab3dEf6hIj:+": Press("vote", "Ab3dEf6hIj", vote=1),
    "v:Ab3dEf6hIj:-": Press("vote", "Ab3dEf6hIj", vote=-1),
    "n:Ab3dEf6hIj:0": Press("nearest", "Ab3dEf6hIj", 0),
    "o:Ab3dEf6hIj:7": Press("open", "Ab3dEf6hIj", 7),
    "x:1:0123af": Press("example", number=1, check="0123af"),
    "l:ar": Press("lang", lang="ar"),
    "l:en": Press("lang", lang="en"),
    f"a:{link_of('a.txt')}": Press("article", link=link_of("a.txt")),
    "p:12": Press("page", number=12),
}


def check(keyboard: Keyboard) -> None:
    for row in keyboard:
        assert 1 <= len(row) <= 8
        for button in row:
            assert not is_empty(button.text)
            assert len(button.text) <= 64
            assert "\n" not in button.text
            check_direction(button.text)
            assert 1 <= len(button.data.encode()) <= 64
            assert read_data(button.data) is not None
    assert sum(map(len, keyboard)) <= 100


def texts(keyboard: Keyboard) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard]


@pytest.mark.parametrize(("data", "press"), PRESSES.items(), ids=PRESSES)
def test_what_a_button_carries_is_read_back(data: str, press: Press) -> None:
    assert read_data(data) == press


@pytest.mark.parametrize(
    "data",
    [
        "", "q", "q:", "q:Ab3dEf6hIj", "q:Ab3dEf6hIj:", "q:Ab3dEf6hIj:-1", "q:Ab3dEf6hIj:01", "q:Ab3dEf6hIj:٢",
        "q:Ab3dEf6hIj:2 ", "q:Ab3dEf6hIj:2\n", "Q:Ab3dEf6hIj:2", "q:Ab3dEf6hI:2", "q:Ab3dEf6hIjk:2", "q:Ab3d Ef6hI:2",
        "q:ÀÀÀÀÀÀÀÀÀÀ:2", "q:Ab3dEf6hIj:99999", "m:Ab3dEf6hIj:1", "v:Ab3dEf6hIj:0", "v:Ab3dEf6hIj:++", "x:1",
        "x:1:0123AF", "l:fr", "l:",
        "a:short", "a:../../etc/pas", "p:", "p:-1", "p:1e3", "p:99999", "drop table", "{}", "\0",
    ],
)  # fmt: skip
def test_what_no_button_carries_means_nothing(data: str) -> None:
    assert read_data(data) is None


@given(st.one_of(TEXT, st.from_regex(r"[qmvnoxlap]:[A-Za-z0-9:+\-_]{0,20}", fullmatch=True)))
def test_anything_else_is_none_or_means_just_that(data: str) -> None:
    press = read_data(data)
    if press is not None:
        assert data.isascii()
        assert len(data) <= 64
        assert data[0] == {"nearest": "n", "example": "x"}.get(press.kind, press.kind[0])


def test_an_arabic_row_ends_with_what_is_read_first() -> None:
    keyboard = answer_keyboard(KEPT)
    assert texts(keyboard) == [
        ["1 · عنوان الخبر رقم 1"],
        ["2 · عنوان الخبر رقم 2"],
        ["المزيد من المصادر"],
        ["👎", "👍"],
    ]
    assert texts(answer_keyboard(dataclasses.replace(KEPT, lang="en")))[-2:] == [["More sources"], ["👍", "👎"]]


@pytest.mark.parametrize(("vote", "expected"), [(1, ["👎", "👍 ✓"]), (-1, ["👎 ✓", "👍"]), (0, ["👎", "👍"])])
def test_the_vote_that_was_given_is_marked(vote: Vote, expected: list[str]) -> None:
    assert texts(answer_keyboard(dataclasses.replace(KEPT, vote=vote)))[-1] == expected


@pytest.mark.parametrize(
    ("num_citations", "rows"), [(4, [1] * 4), (8, [2] * 4), (12, [8, 4]), (200, [8] * (MAX_QUOTES // 8))]
)
def test_the_more_quotes_the_more_stand_in_a_row(num_citations: int, rows: list[int]) -> None:
    citations = tuple(dataclasses.replace(KEPT.citations[0], number=number + 1) for number in range(num_citations))
    keyboard = answer_keyboard(dataclasses.replace(KEPT, citations=citations))
    quotes = [row for row in keyboard if row[0].data[0] == "q"]
    assert [len(row) for row in quotes] == rows
    assert quotes[0][-1].data == "q:Ab3dEf6hIj:1"
    assert sum(map(len, keyboard)) <= 100


def test_no_two_quote_buttons_say_the_same() -> None:
    first = dataclasses.replace(KEPT.citations[0], title="جسر النهر", outlet="سنا")
    citations = (
        first,
        dataclasses.replace(first, number=2, quote="وأضاف الوزير."),
        dataclasses.replace(first, number=3, source="copy.txt", outlet="نبض"),
    )
    keyboard = answer_keyboard(dataclasses.replace(KEPT, citations=citations))
    assert texts(keyboard)[:3] == [["1 · جسر النهر"], ["2 · وأضاف الوزير."], ["3 · نبض"]]


def test_a_refusal_offers_headlines_and_no_vote() -> None:
    kept = KeptAnswer(
        "Ab3dEf6hIj", None, "en", "q", "refused", nearest=(Nearest("a.txt", "عنوان"), Nearest("b", "\u200f"))
    )
    assert texts(answer_keyboard(kept)) == [["عنوان"], ["Untitled"]]


def test_an_example_button_knows_its_question() -> None:
    (row, _) = example_keyboard(["متى افتتح الجسر؟", "كم كلفته؟"])
    press = read_data(row[0].data)
    assert press == Press("example", number=0, check=example_check("متى افتتح الجسر؟"))
    assert example_check("متى افتتح الجسر؟") != example_check("كم كلفته؟")


@pytest.mark.parametrize(
    ("page", "more_follow", "expected"),
    [(0, False, []), (0, True, ["p:1"]), (2, True, ["p:3", "p:1"]), (2, False, ["p:1"])],
)
def test_pages_lead_on_and_back(page: int, more_follow: bool, expected: list[str]) -> None:  # noqa: FBT001  a case
    card = Card("a.txt", "عنوان", None, None, "", link_of("a.txt"))
    first, *others = latest_keyboard([card], page, "ar", more_follow=more_follow)
    assert [button.data for button in first] == [f"a:{link_of('a.txt')}"]
    assert [button.data for row in others for button in row] == expected


@given(st.lists(TEXT, min_size=1, max_size=12), st.sampled_from(LANGS))
def test_any_titles_make_buttons_that_telegram_takes(titles: list[str], lang: Lang) -> None:
    near = tuple(Nearest(title, title) for title in titles)
    cited = tuple(Citation(number, "s", title, None, None, "q", 0, 1) for number, title in enumerate(titles, start=1))
    kept = dataclasses.replace(KEPT, lang=lang, citations=cited, more=near, nearest=near[:3])
    cards = [Card(title, title, None, None, "", link_of(title)) for title in titles]
    check(answer_keyboard(kept))
    check(more_keyboard(kept, range(len(near))))
    check(example_keyboard([title for title in titles if not is_blank(title)]))
    check(language_keyboard(lang))
    check(latest_keyboard(cards, 3, lang, more_follow=True))
