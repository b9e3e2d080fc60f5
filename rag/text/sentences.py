"""Where sentences begin and end in news text, as offsets; the text itself is never touched.

One compiled regex finds the few characters that could matter (marks, line ends, opening quotes and
brackets) and small functions judge each, so that 50 million characters take seconds.
"""

from __future__ import annotations

import re
from math import ceil

from rag.schema import Span

MAX_SENTENCE = 500
"""No span is longer: what an answer quotes must fit a message, and an index chunk holds whole sentences."""

_MAX_QUOTE = 400
"""A longer quote is split inside like any other text; it is mostly one whose closing mark is missing."""

_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_MARKS = ".!?؟؛…۔"
_DOUBLE_QUOTES = '"“”„‟'
_INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"

_CANDIDATE = re.compile(rf"[{_LINE_ENDS}{_MARKS}{_DOUBLE_QUOTES}«(\[{{]")
_MARK_RUN = re.compile(rf"[{_MARKS}]+(?:[ \t\xa0]*[{_MARKS}]+)*[»”“\"'’)\]}}{_INVISIBLE}]*")
_ASKS_OR_CALLS = re.compile("[!?؟؛]")
_COLON = re.compile(r":\s*$")
_WORD = re.compile(r"\w")
_SPACE = re.compile(r"\s*")
_SAME_LINE_SPACE = re.compile(rf"[^\S{_LINE_ENDS}]*")


def _bracketed(opening: str, closing: str) -> re.Pattern[str]:
    """A balanced pair on one line, with at most one pair of the same kind inside it."""
    inside = rf"[^{opening}{closing}{_LINE_ENDS}]"
    return re.compile(rf"{opening}(?:{inside}++|{opening}{inside}*+{closing})*+{closing}")


# One sign opens and closes, and writers swap “ and ”: what it is shows in the letters and spaces around it.
_QUOTE = re.compile(
    rf"(?:[{_DOUBLE_QUOTES}](?=[\w«(\[.…])|(?<![^\s:،])[{_DOUBLE_QUOTES}](?=\s))"
    rf"[^{_DOUBLE_QUOTES}{_LINE_ENDS}]*+"
    rf"(?:(?<!\s)[{_DOUBLE_QUOTES}]|[{_DOUBLE_QUOTES}](?!\w))"
)
_ENCLOSED = dict.fromkeys(_DOUBLE_QUOTES, _QUOTE) | {
    "«": _bracketed("«", "»"),
    "(": _bracketed(r"\(", r"\)"),
    "[": _bracketed(r"\[", r"\]"),
    "{": _bracketed(r"\{", r"\}"),
}

_NO_END_BEFORE = frozenset("،,:؛;.!?؟…")
_LOOK_BACK = 24
_LETTER = "[\u0621-\u063a\u0641-\u064a]"
_WORD_START = r"(?<![\w\u0640\u064b-\u065f\u0670])"
_LATIN_TITLES = "mr|mrs|ms|dr|prof|st|no|vs|jr|sr|inc|ltd|co|corp|gen|col|sen|gov|fig|vol"
# "د", "ود", "ت.غ", "ا.ف.ب", "U.S", "Dr"; but "10 م" and "أ ف ب" end a sentence like other words.
_ABBREVIATION = re.compile(rf"{_WORD_START}(?:و[دأام]|{_LETTER}|[A-Za-z]|(?i:{_LATIN_TITLES}))\s?$")
_ABBREVIATION_BEHIND = re.compile(rf"\s?{_LETTER}\s?\.")
_UNIT_OR_AGENCY = re.compile(rf"(?:\d|{_WORD_START}{_LETTER}) {_LETTER}\s?$")
_LIST_NUMBER = re.compile(rf"(?:[{_LINE_ENDS}]\s*|[{_MARKS}:]\s+)[0-9٠-٩۰-۹]{{1,2}}\s?$")
# The Latin alphabet as Arabic newspapers spell it out: "إتش.إس.بي.سي".
_LETTER_NAME = (
    "(?:[إأا]يه|[بسدجفت]ي|[إا]ي|[إا]ف|[إا]تش|[آا]ي|جيه|كيه?|[إا]ل|[إا]م|[إا]ن|[أا]و|كيو|[آا]ر|[إا]س|يو"
    "|دا?بليو|[إا]كس|واي|زد)"
)
_LETTER_NAME_BEFORE = re.compile(rf"{_WORD_START}{_LETTER_NAME}$")
_LETTER_NAME_AFTER = re.compile(rf"\s?(?:{_LETTER_NAME}|\d+)(?!\w)")

_BREAKS = (
    re.compile(r"(?:(?<=\w\w)\.+|[!?؟؛…۔])[»”“\"')\]]*(?=\s)"),
    re.compile(r"،(?!\d)|,(?=\s)"),
    re.compile(rf"(?<!\s{_LETTER}\.)(?=\s)"),
)


def verbatim(text: str) -> str:
    """`text` as one line, and otherwise to the letter: two sentences that give the same say the same.

    Nothing else is folded: a sign, a currency or a vowel mark can turn round what is said ("-5" and "5").
    """
    return " ".join(text.split())


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of `text[start:end]` as spans into `text`.

    Spans are stripped of outer whitespace, not empty, increasing, without overlap, at most
    `MAX_SENTENCE` long, and together cover everything but whitespace. Sentences end at ؟ ? ! . ؛ …
    and always at a line's end, not inside numbers, abbreviations, addresses, or a balanced quote or
    bracket on one line. Two dots (`..`) are a pause, as newspapers use them.
    """
    part = text[start:end]
    spans: list[Span] = []
    begin = searched = at = 0
    while found := _CANDIDATE.search(part, at):
        here = found.start()
        at, is_end = _judge(part, here)
        if is_end and (part[here] in _LINE_ENDS or _WORD.search(part, searched, at)):
            _add(spans, part, begin, at, offset=start)
            begin = at
        if is_end:
            searched = at
    _add(spans, part, begin, len(part), offset=start)
    return spans


def _judge(part: str, here: int) -> tuple[int, bool]:
    """Where to go on after the candidate at `here`, and whether a sentence ends there."""
    char = part[here]
    if char in _LINE_ENDS:
        return here + 1, True
    if char in _MARKS:
        run = _MARK_RUN.match(part, here)
        after = run.end() if run else here + 1
        return after, _is_end(part, here, after)
    enclosed = _ENCLOSED[char].match(part, here)
    if enclosed is None or enclosed.end() - here > _MAX_QUOTE:
        return here + 1, False
    after = enclosed.end()
    last = after - 2
    while last > here and part[last].isspace():
        last -= 1
    if part[last] == "." and part[last - 1] == ".":
        return after, False
    # «… قادمون.» ends a sentence, and so does a question that a colon introduces; «من نحن؟» is often but a name.
    can_end = part[last] == "." or (part[last] in "!?؟" and _COLON.search(part[max(0, here - 3) : here]) is not None)
    return after, can_end and _is_end(part, last, after)


def _is_end(part: str, mark: int, after: int) -> bool:
    """Whether the marks at `mark`, with what closes behind them up to `after`, end a sentence."""
    spaces = _SAME_LINE_SPACE.match(part, after)
    following = spaces.end() if spaces else after
    if following == len(part) or part[following] in _LINE_ENDS:
        return True
    if part[following] in _NO_END_BEFORE:
        return False
    is_joined = following == after
    run = part[mark:after]
    if _ASKS_OR_CALLS.search(run):
        return not (run[-1] == "?" and is_joined and part[following].isascii())
    if run.startswith(("...", "…")):
        return not is_joined
    return not run.startswith("..") and _is_full_stop(part, mark, after, is_joined=is_joined)


def _is_full_stop(part: str, mark: int, after: int, *, is_joined: bool) -> bool:
    """Whether the single dot at `mark` ends a sentence: not in a number, an address or an abbreviation."""
    before = part[mark - _LOOK_BACK : mark] if mark >= _LOOK_BACK else "\n" + part[:mark]
    if is_joined:
        follows = part[after]
        if follows.isdigit() and (before[-1].isdigit() or before[-1].isspace()):
            return False
        if follows.isascii() and (follows.isalpha() or (before[-1].isascii() and not before[-1].isspace())):
            return False
    if _ABBREVIATION.search(before):
        goes_on = is_joined or _ABBREVIATION_BEHIND.match(part, after)
        if goes_on or not _UNIT_OR_AGENCY.search(before):
            return False
    if _LIST_NUMBER.search(before):
        return False
    return not (_LETTER_NAME_BEFORE.search(before) and _LETTER_NAME_AFTER.match(part, after))


def _add(spans: list[Span], part: str, begin: int, end: int, *, offset: int) -> None:
    """Append `part[begin:end]`, stripped, to `spans`, cut where it is longer than `MAX_SENTENCE`."""
    end = begin + len(part[begin:end].rstrip())
    begin = _after_space(part, begin, end)
    while end - begin > MAX_SENTENCE:
        cut = _cut(part, begin, end)
        spans.append((offset + begin, offset + begin + len(part[begin:cut].rstrip())))
        begin = _after_space(part, cut, end)
    if begin < end:
        spans.append((offset + begin, offset + end))


def _after_space(part: str, at: int, end: int) -> int:
    spaces = _SPACE.match(part, at, end)  # without `end`, a page of blank lines costs its square
    return spaces.end() if spaces else at


def _cut(part: str, begin: int, end: int) -> int:
    """Where to cut a sentence that is too long: at a mark, else a comma, else a space, near equal parts."""
    length = end - begin
    aim = begin + length // ceil(length / MAX_SENTENCE)
    lowest = begin + (aim - begin) // 2
    for pattern in _BREAKS:
        cuts = [found.end() for found in pattern.finditer(part, lowest, begin + MAX_SENTENCE + 1)]
        cuts = [cut for cut in cuts if begin < cut <= begin + MAX_SENTENCE]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - aim))
    return aim
