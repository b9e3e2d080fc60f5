"""Whether a question leans on the conversation: what it points at, and what it leaves out.

Every signal is a reading of the question alone. Where a pronoun may point inside the question
(`متى أعلنت كاراباخ انفصالها؟`) it is read so: a question that stands alone must never be touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.search import cue_words as cues
from rag.text.normalise import normalise

Lean = Literal["fragment", "continued", "pointing", "incomplete"]
"""How a question leans: `fragment` has no predicate of its own (`متى؟`, `وفي فرنسا؟`), `continued`
begins with `and`, `pointing` holds a pronoun, `incomplete` names nothing (`كم قتيلا سقط؟`)."""

MAX_LEANING_WORDS = 14
"""A longer question brings its own subject."""
_MAX_FRAGMENT_WORDS = 5

_WORD = re.compile(r"[^\W_][\w\u064b-\u0652\u0670]*")
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_MIN_OWNED = 3  # letters before a pronoun: shorter words are names (مها) or roots (سها)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question, `question[start:end]`, as it is matched."""

    norm: str
    """Normalised."""
    core: str
    """`norm` without a leading و or ف where a word of the tables is left."""
    ends_in_ha: bool
    """Written with ه, not with ة, which `norm` cannot tell apart."""
    start: int
    end: int

    @property
    def joined(self) -> bool:
        """Whether a conjunction was taken off."""
        return self.core != self.norm

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


def lean_of(question: str) -> Lean | None:
    """How `question` leans on the conversation; None where it stands alone."""
    tokens = tokens_of(question)
    if not tokens or len(tokens) > MAX_LEANING_WORDS:
        return None
    content = [token for token in tokens if token.is_content]
    if not content:
        return "fragment" if any(token.core in cues.FUNCTION_WORDS for token in tokens) else None
    if _is_fragment(tokens, content):
        return "fragment"
    if _points(tokens):
        return "pointing"
    if _continues(tokens, content):
        return "continued"
    return "incomplete" if _names_nothing(tokens, content) else None


def is_nation(word: str) -> bool:
    """Whether a normalised word is a country, its people or its adjective."""
    forms = [word]
    for prefix in ("ال", "لل", "بال", "كال", "وال", "فال", "و", "ف", "ب", "ل", "ك"):
        if word.startswith(prefix):
            forms.append(word[len(prefix) :])
    return any(_is_nation_form(form) for form in forms)


def is_verb(word: str) -> bool:
    """Whether a normalised word is one of the verbs news questions ask with, in whatever person."""
    for form in {word, word[1:] if word[:1] in "سوف" else word}:
        for ending in ("", "ت", "وا", "ا", "تا", "ن", "ه", "ها", "ته", "تها", "وه", "وها"):
            if form.endswith(ending) and form[: len(form) - len(ending)] in cues.VERBS:
                return True
        if form[:1] in ("ي", "ت") and len(form) >= 4 and _present_of_known(form[1:]):
            return True
    return False


def is_owned(token: Token) -> bool:
    """Whether a noun or verb carries a pronoun of the third person (`رئيسها`, `قتله`)."""
    word = token.norm
    if (
        word.startswith(("ال", "وال", "بال"))
        or word in cues.NOT_PRONOUN
        or token.core in cues.NOT_PRONOUN
        or is_nation(word)
    ):
        return False
    if not token.is_content:
        return False
    for ending in ("هما", "ها", "هم", "هن"):
        if word.endswith(ending):
            return len(word) - len(ending) >= _MIN_OWNED
    # يه and اه end names (سيبويه) and roots (مياه), لله ends عبدالله
    return token.ends_in_ha and len(word) > _MIN_OWNED and not word.endswith(("يه", "اه", "لله"))


def _without_conjunction(norm: str) -> str:
    if norm[:1] in ("و", "ف") and norm not in cues.FUNCTION_WORDS and norm[1:] in cues.FUNCTION_WORDS:
        return norm[1:]
    return norm


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


def _is_fragment(tokens: list[Token], content: list[Token]) -> bool:
    """`ماذا عن X؟`, `والأذربيجانيون؟`, `وفي فرنسا؟`, `وكم مدنيا؟`: something new, and nothing said of it."""
    if len(tokens) > _MAX_FRAGMENT_WORDS or any(is_verb(token.norm) for token in content):
        return False
    cores = [token.core for token in tokens]
    if _asks_about(cores):
        return True
    first = tokens[0]
    if first.core in cues.QUESTION_WORDS:
        return (first.joined or cores[0] in ("and", "so")) and len(content) == 1 and first.core not in cues.NAMING
    if any(core in cues.QUESTION_WORDS for core in cores):
        return False
    if first.core in cues.PREPOSITIONS or first.core in cues.FILLERS:
        return first.joined or first.core in cues.FILLERS
    if first.norm.startswith("وال"):
        return first.norm not in (
            "والد",
            "والده",
            "والدها",
            "والدته",
            "والدتها",
            "والدي",
            "والدين",
            "والديه",
            "والي",
            "واليه",
        )
    rest = first.norm[1:] if first.norm.startswith("و") else ""
    return is_nation(rest) or rest in cues.RELATIONAL | cues.ATTRIBUTES | cues.ROLES


def _asks_about(cores: list[str]) -> bool:
    about = ("ماذا عن", "ما عن", "شو عن", "ايش عن", "وش عن", "what about", "how about", "ماذا بشان", "ماذا بخصوص")
    line = " ".join(cores)
    return any(line.startswith(phrase) or f" {phrase} " in f" {line} " for phrase in about)


def _points(tokens: list[Token]) -> bool:
    for at, token in enumerate(tokens):
        before = tokens[:at]
        if any(earlier.core in cues.RELATIVES for earlier in before[1:]) or _second_clause(before, token):
            return False
        if token.core in cues.POSSESSING or is_owned(token):
            if not _owner_inside(before, token):
                return True
        elif token.core in cues.PRONOUN_PARTICLES:
            if token.ends_in_ha == token.norm.endswith("ه") and not _resumes(tokens, at):
                return True
        elif token.core in cues.POINTING and not _names_itself(tokens, at):
            return True
        elif _points_last(tokens, at) or _is_glued_this(token.norm):
            return True
    return False


def _points_last(tokens: list[Token], at: int) -> bool:
    return tokens[at].core in cues.POINTING_LAST and 0 < at == len(tokens) - 1 < _MAX_FRAGMENT_WORDS


def _is_glued_this(word: str) -> bool:
    """`هالشي`: the dialect's `this` glued to its noun; three names look alike."""
    return word.startswith("هال") and len(word) >= 5 and word not in ("هالاند", "هالووين", "هاليفاكس", "هاليبرتون")  # noqa: PLR2004


def _resumes(tokens: list[Token], at: int) -> bool:
    """`كم ثنائية فاز بها برشلونة؟`, `اللغة المتكلم بها`, `عليه السلام`: a pronoun for a noun of its own question."""
    before, after = tokens[:at], tokens[at + 1] if at + 1 < len(tokens) else None
    if at == 0 and tokens[at].core in cues.QUESTION_WORDS:
        return True
    if (after is not None and after.norm in ("السلام", "وسلم", "الصلاه")) or (before and before[-1].norm == "الله"):
        return True
    nouns = [token for token in before[:-1] if token.is_content and not is_verb(token.norm)]
    if not nouns:
        return bool(before) and before[-1].norm.startswith(("الم", "والم")) and before[0].core in cues.NAMING
    asked_first = nouns[0] is before[1] if len(before) > 1 else True
    if before[-1].norm.startswith(("الم", "والم")):
        return before[0].core in cues.NAMING and not any(is_verb(token.norm) for token in before)
    verb_last = before[-1].is_content and not before[-1].norm.startswith("ال")
    told = after is not None and after.is_content
    return verb_last and told and not (asked_first and before[0].core in cues.TAKES_VERB - cues.NAMING)


def _second_clause(before: list[Token], token: Token) -> bool:
    """`ما عدد سكان مصر وما مساحتها؟`: behind a conjunction inside the question, pronouns point inside."""
    joined = [earlier for earlier in (*before[1:], token) if earlier.joined or earlier.norm in ("و", "and")]
    return bool(joined) and any(
        earlier.is_content and not is_verb(earlier.norm) and not is_owned(earlier) for earlier in before
    )


def _names_itself(tokens: list[Token], at: int) -> bool:
    """`من هو X`, `هذا العام`, `هل هناك X`: words of pointing that point at nothing outside."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    core = tokens[at].core
    if after is None:
        asked = at > 1 and core in cues.COPULAS and tokens[at - 1].core in cues.QUESTION_WORDS
        return asked and any(token.is_content for token in tokens[: at - 1])  # `وزير الدفاع الروسي من هو؟`
    if core in ("هناك", "هنالك", "there"):
        return after.is_content and not is_verb(after.norm)
    if after.norm in cues.TIME_NOUNS:
        return True
    if core in cues.COPULAS:
        nouns = [token for token in tokens[:at] if token.is_content and not is_verb(token.norm)]
        asked = at == 0 or tokens[at - 1].core in cues.QUESTION_WORDS - {"هل"}
        return (bool(nouns) or asked) and any(token.is_content for token in tokens[at + 1 :])
    return core == "that" and at > 0


def _owner_inside(before: list[Token], owned: Token) -> bool:
    """Whether a noun before `owned` can be whom its pronoun means.

    The first word behind a question word that takes a verb is read as that verb.
    """
    nouns = [token for token in before if token.is_content and not (is_verb(token.norm) or token.norm.startswith("ي"))]
    if nouns and len(before) > 1 and nouns[0] is before[1] and before[0].core in cues.TAKES_VERB:
        first = nouns[0].norm
        if not first.startswith("ال") and not is_nation(first):
            nouns = nouns[1:]
    if not nouns:
        return False
    if not owned.norm.endswith("ها"):
        return True
    feminine_verb = len(before) > 1 and before[1].norm.endswith("ت")
    num_definite = sum(token.norm.startswith(("ال", "لل", "بال")) for token in nouns)
    return feminine_verb or num_definite > 1 or any(_looks_feminine(token) for token in nouns)


def _looks_feminine(token: Token) -> bool:
    """By its ending (foreign names in alef are mostly countries and women), or a country."""
    return token.norm.endswith(("ه", "ات", "اء", "ا")) or is_nation(token.norm)


def _continues(tokens: list[Token], content: list[Token]) -> bool:
    """`وكم قتل من…؟`: a leading `and`; a naming question with its country or second noun stands alone."""
    first = tokens[0]
    led = (first.joined and first.core in cues.QUESTION_WORDS) or first.norm in ("and", "و", "so", "but", "طيب", "طب")
    led = led or (
        first.norm.startswith("و") and len(first.norm) > 3 and first.norm not in cues.VERBS and is_verb(first.norm[1:])
    )
    if not led:
        return False
    naming = any(token.core in cues.NAMING for token in tokens[:2])
    nations = [token for token in content if is_nation(token.norm)]
    others = [token for token in content if token not in nations and token.norm not in cues.RELATIONAL]
    return not (naming and nations and others)


def _names_nothing(tokens: list[Token], content: list[Token]) -> bool:
    """Only verbs and nouns of any event: `متى بدأت؟`, `كم عدد القتلى؟`, `ما السبب؟`."""
    if not any(token.core in cues.QUESTION_WORDS for token in tokens[:3]):
        return len(content) <= 2 and all(token.norm in cues.RELATIONAL for token in content)
    if all(token.norm in cues.RELATIONAL or is_verb(token.norm) for token in content):
        return True
    about = any(token.core in cues.PREPOSITIONS for token in tokens)
    return len(content) == len(("رد", "روسيا")) and content[0].norm in cues.REACTIONS and not about
