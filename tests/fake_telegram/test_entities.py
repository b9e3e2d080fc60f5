"""HTML into text and entities, by Telegram's rules."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_telegram.detect import detected
from tests.fake_telegram.entities import HtmlText, covered, is_blank, tidy, utf16
from tests.fake_telegram.errors import ApiError

RIGHT: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "plain": ("plain", []),
    "<b>b</b><strong>c</strong>": ("bc", [("bold", 0, 1), ("bold", 1, 1)]),
    "<i>a</i><em>b</em>": ("ab", [("italic", 0, 1), ("italic", 1, 1)]),
    "<u>a</u><ins>b</ins>": ("ab", [("underline", 0, 1), ("underline", 1, 1)]),
    "<s>a</s><strike>b</strike><del>c</del>": (
        "abc",
        [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
    ),
    '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>': ("ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
    '<a href="https://example.org/?a=1&amp;b=2">x</a>': ("x", [("text_link", 0, 1, "https://example.org/?a=1&b=2")]),
    "<a href='http://example.org'>x</a>": ("x", [("text_link", 0, 1, "http://example.org")]),
    "<a href='nowhere'>x</a>": ("x", []),
    "<a>example.org</a>": ("example.org", [("text_link", 0, 11, "http://example.org")]),
    "<code>c</code>": ("c", [("code", 0, 1)]),
    "<pre>c</pre>": ("c", [("pre", 0, 1)]),
    '<pre><code class="language-python">c</code></pre>': ("c", [("pre", 0, 1)]),
    "<blockquote>q</blockquote>": ("q", [("blockquote", 0, 1)]),
    "<blockquote expandable>q</blockquote>": ("q", [("expandable_blockquote", 0, 1)]),
    '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>': ("👍", [("custom_emoji", 0, 2)]),
    "<b>a<i>b</i></b>": ("ab", [("bold", 0, 2), ("italic", 1, 1)]),
    "<B >x</b >": ("x", [("bold", 0, 1)]),
    "&lt;b&gt; &amp;amp; &quot;&#1593;&#x639;": ('<b> &amp; "عع', []),
    "😀<b>😀</b>": ("😀😀", [("bold", 2, 2)]),
    "أ<b>ب</b>": ("أب", [("bold", 1, 1)]),
    "<b></b>x": ("x", []),
    "<b> </b>x": ("x", []),
    "<b>x </b> ": ("x", [("bold", 0, 1)]),
    " \n <b>x</b>": ("x", [("bold", 0, 1)]),
    "<code>a<b>b</b></code>": ("ab", [("code", 0, 2)]),
    "<blockquote>a<blockquote>b</blockquote></blockquote>": ("ab", [("blockquote", 0, 2)]),
    "a\u202eb\r<b>c</b>": ("abc", [("bold", 2, 1)]),
    "a\u2067b\u2069\u200f": ("a\u2067b\u2069\u200f", []),
    "a\x00\tb\nc": ("a  b\nc", []),
    "5 > 3": ("5 > 3", []),
}

WRONG = {
    "<b>x": 'Can\'t find end tag corresponding to start tag "b"',
    "x</b>": "Unexpected end tag at byte offset 1",
    "<b><i>x</b></i>": 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    "<div>x</div>": 'Unsupported start tag "div" at byte offset 0',
    "مر<br>": 'Unsupported start tag "br" at byte offset 4',
    "5 < 3": 'Unsupported start tag "" at byte offset 2',
    "x <3": "Unclosed start tag at byte offset 2",
    "<b": "Unclosed start tag at byte offset 0",
    "<a href='x": 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
    "<b>x</b": "Unclosed end tag at byte offset 4",
    "<span>x</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    "<b onclick='x'>x</b>": 'Unsupported attribute "onclick" in the tag "b" at byte offset 0',
    "<a title='x'>x</a>": 'Unsupported attribute "title" in the tag "a" at byte offset 0',
    "A & B": "Unescaped ampersand at byte offset 2",
    "A&nbsp;B": 'Unsupported named entity "&nbsp;" at byte offset 1',
    "&#0;": "Wrong numeric entity at byte offset 0",
    "&#xD800;": "Wrong numeric entity at byte offset 0",
    "<tg-emoji>x</tg-emoji>": "Invalid custom emoji identifier specified at byte offset 0",
    "<!-- x -->": 'Unsupported start tag "!--" at byte offset 0',
}


def read(source: str) -> tuple[str, list[tuple[Any, ...]]]:
    text, entities = tidy(*HtmlText(source).parse())
    shapes = [(one["type"], one["offset"], one["length"], *([one["url"]] if "url" in one else [])) for one in entities]
    return text, shapes


@pytest.mark.parametrize("source", RIGHT)
def test_html_that_telegram_takes(source: str) -> None:
    assert read(source) == RIGHT[source]


@pytest.mark.parametrize("source", WRONG)
def test_html_that_telegram_refuses(source: str) -> None:
    with pytest.raises(ApiError) as refused:
        read(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {WRONG[source]}"


def test_the_language_of_code_is_kept() -> None:
    _, entities = tidy(*HtmlText('<pre><code class="language-python">c</code></pre>').parse())
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_entities_beyond_the_hundredth_are_dropped() -> None:
    text, entities = read("<b>x</b> " * 150)
    assert (utf16(text), len(entities)) == (299, 100)


@given(st.text())
def test_escaped_text_is_seen_as_it_was(text: str) -> None:
    seen, entities = HtmlText(html.escape(text)).parse()
    assert (seen, entities) == (text, [])


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "u", "code", "blockquote"]), st.text())))
def test_offsets_fit_the_text(pieces: list[tuple[str, str]]) -> None:
    source = "".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in pieces)
    seen, entities = HtmlText(source).parse()
    assert [covered(seen, one) for one in entities] == [text for _, text in pieces if text]
    text, tidied = tidy(seen, entities)
    assert all(one["offset"] >= 0 and one["offset"] + one["length"] <= utf16(text) for one in tidied)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "\u200f\u202e", "\u2067\u2069", "\u00a0\u3000"])
def test_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start x", [("bot_command", "/start")]),
        ("/ask@isnad_test_bot ما", [("bot_command", "/ask@isnad_test_bot")]),
        ("😀 /ask", [("bot_command", "/ask")]),
        ("a/b and/or 1/2", []),
        ("اسأل @isnad_test_bot عن", [("mention", "@isnad_test_bot")]),
        ("me@example.org", [("email", "me@example.org")]),
        ("https://example.org/a?b=c.", [("url", "https://example.org/a?b=c")]),
        ("#خبر #1", [("hashtag", "#خبر")]),
        ("/مساعدة", []),
    ],
)
def test_what_telegram_finds_in_texts(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one["type"], covered(text, one)) for one in detected(text)] == found
