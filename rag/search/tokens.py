"""The words of a question, and what can be read off one of them alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.search import cue_words as cues
from rag.text.normalise import normalise

MIN_OWNED = 3  # letters before a pronoun: shorter words are names (مها) or roots (سها)
_MIN_PRESENT = 4  # letters of a verb in the present, its person among them
_PREFIXES = ("", "ال", "لل", "بال", "كال", "وال", "فال", "و", "ف", "ب", "ل", "ك")
_WORD = re.compile(r"[^\W_][\w\u064b-\u0652\u0670]*")
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question, `question[start:end]`, as it is matched."""

    norm: str
    """Normalised."""
    core: str
    """`norm` without a leading و, ف, ل or ب where a word of the tables is left."""
    ends_in_ha: bool
    """Written with ه, not with ة, which `norm` cannot tell apart."""
    start: int
    end: int

    @property
    def joined(self) -> bool:
        """Whether a conjunction was taken off."""
        return self.core != self.norm and self.norm[0] in "وف"

    @property
    def is_content(self) -> bool:
        """Whether the word names or says something."""
        return self.core not in cues.FUNCTION_WORDS


def tokens_of(text: str) -> list[Token]:
    """The words of `text` in order; a word that normalises to nothing or to several is left out."""
    found = []
    for match in _WORD.finditer(text):
        norm = normalise(match.group())
        if norm and not norm.isspace():
            bare = _MARKS.sub("", match.group())
            found.append(Token(norm, _without_conjunction(norm), bare.endswith("ه"), match.start(), match.end()))
    return found


def is_nation(word: str) -> bool:
    """Whether a normalised word is a country, its people or its adjective."""
    return any(_is_nation_form(word[len(prefix) :]) for prefix in _PREFIXES if word.startswith(prefix))


def is_verb(word: str) -> bool:
    """Whether a normalised word is one of the verbs news questions ask with, in whatever person."""
    for form in {word, word[1:] if word[:1] in "سوف" else word}:
        for ending in ("", "ت", "وا", "ا", "تا", "ن", "ه", "ها", "ته", "تها", "وه", "وها"):
            if form.endswith(ending) and form[: len(form) - len(ending)] in cues.VERBS:
                return True
        if form[:1] in ("ي", "ت") and len(form) >= _MIN_PRESENT and _present_of_known(form[1:]):
            return True
    return False


def is_past_verb(word: str) -> bool:
    """Whether a normalised word is such a verb as it stands, in the past and without an object."""
    return any(word.endswith(ending) and word[: len(word) - len(ending)] in cues.VERBS for ending in ("", "ت", "وا"))


def with_article(word: str) -> str:
    """`بالمفاوضات`, `للمفاوضات` as `المفاوضات`."""
    return f"ال{word[len('بال') :] if word.startswith('بال') else word[2:]}" if word.startswith(("بال", "لل")) else word


def is_owned(token: Token) -> bool:
    """Whether a noun or verb carries a pronoun of the third person (`رئيسها`, `قتله`)."""
    word = token.norm
    if (
        (word.startswith(("ال", "وال", "بال")) and word not in cues.WAW_NOUNS)
        or word in cues.NOT_PRONOUN
        or token.core in cues.NOT_PRONOUN
        or is_nation(word)
    ):
        return False
    if not token.is_content:
        return False
    for ending in ("هما", "ها", "هم", "هن"):
        if word.endswith(ending):
            return len(word) - len(ending) >= MIN_OWNED
    # يه and اه end names (سيبويه) and roots (مياه), لله ends عبدالله
    return token.ends_in_ha and len(word) > MIN_OWNED and not word.endswith(("يه", "اه", "لله"))


def _without_conjunction(norm: str) -> str:
    if norm[:1] in ("و", "ف") and norm not in cues.FUNCTION_WORDS and norm[1:] in cues.FUNCTION_WORDS:
        norm = norm[1:]
    glued = norm[:1] in ("ل", "ب") and norm[1:] in cues.QUESTION_WORDS and norm not in cues.FUNCTION_WORDS
    return norm[1:] if glued and norm not in ("لكم", "لما", "بما") else norm


def _is_nation_form(form: str) -> bool:
    if form in cues.NATION_NAMES:
        return True
    return any(
        form.endswith(ending) and form[: len(form) - len(ending)] in cues.NATION_ROOTS for ending in cues.NATION_ENDINGS
    )


def _present_of_known(rest: str) -> bool:
    for ending in ("", "ون", "وا", "ه", "ها", "ان"):
        stem = rest[: len(rest) - len(ending)] if rest.endswith(ending) else ""
        if stem and (
            stem in cues.VERBS
            or f"ا{stem}" in cues.VERBS
            or f"و{stem}" in cues.VERBS
            or stem.replace("ي", "ا") in cues.VERBS
        ):
            return True
    return False
