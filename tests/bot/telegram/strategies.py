"""Text as bad as it comes."""

from __future__ import annotations

from hypothesis import strategies as st

NASTY = (
    "<b>", "</b>", "<", ">", "&", "&amp;", "&lt;b&gt;", '"', "*bold*", "_x_", "[a](http://x.io)", "`code`", "```",
    "\n", "\r\n", "\n\n", "\t", "\0", "\x1b[31m", "\x85", "\u2028", "\u2029", "\x1c",
    "\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
    "\u2066", "\u2067", "\u2068", "\u2069",
    "\u200b", "\u200d", "\u2060", "\ufeff", "\u2800", "\u3164", "\u00ad", "\ud800", "\udfff", "\U000e0001",
    "👍🏽", "👨‍👩‍👧‍👦", "🇵🇸", "e\u0301\u0302\u0303", "ש", "ܐ", "١٢٣", "123", "[1]", "WHO",
    "قال ", "السلام عليكم. ", "؟ ", "، ", "@name ", "/start ",
)  # fmt: skip

ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(), max_size=80),
    st.lists(st.sampled_from(NASTY), max_size=40).map("".join),
)
UNITS = ("ا", "كلمة ", "كلمات تنتهي بنقطة. ", "👍🏽", "word ", "a", "\n", " ", "<", "e\u0301", "سطر\n")
LONG_TEXT = st.builds(
    lambda unit, most: (unit * (most // max(len(unit), 1) + 1))[:most],
    st.one_of(st.sampled_from(UNITS), ANY_TEXT),
    st.sampled_from((3890, 3899, 3900, 3901, 4096, 9000, 10_000)),
)  # fmt: skip
TEXT = st.one_of(ANY_TEXT, ANY_TEXT, ANY_TEXT, LONG_TEXT)
