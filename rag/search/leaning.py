"""Whether a question leans on the conversation: what it points at, and what it leaves out.

Every signal is a reading of the question alone. Where a pronoun may point inside the question
(`متى أعلنت كاراباخ انفصالها؟`) it is read so: a question that stands alone must never be touched.
"""

from __future__ import annotations

from typing import Literal

from rag.search import cue_words as cues
from rag.search.tokens import MIN_OWNED, Token, is_nation, is_owned, is_past_verb, is_verb, tokens_of, with_article

Lean = Literal["fragment", "continued", "pointing", "incomplete"]
"""How a question leans: `fragment` has no predicate of its own (`متى؟`, `وفي فرنسا؟`), `continued`
begins with `and`, `pointing` holds a pronoun, `incomplete` names nothing (`كم قتيلا سقط؟`)."""

MAX_LEANING_WORDS = 14
"""A longer question brings its own subject."""
_MAX_FRAGMENT_WORDS = 5
_MAX_NAMELESS = 2
_MIN_OWN = 2

_COUNTING = frozenset({"كم", "كام", "جم", "شحال", "قديش"})


def lean_of(question: str) -> Lean | None:
    """How `question` leans on the conversation; None where it stands alone."""
    tokens = tokens_of(question)
    if not tokens or len(tokens) > MAX_LEANING_WORDS:
        return None
    content = [token for token in tokens if token.is_content]
    lean: Lean | None = None
    if not content or _is_fragment(tokens, content):
        lean = "fragment"
    elif _points(tokens):
        lean = "pointing"
    elif _continues(tokens, content):
        lean = "continued"
    elif _names_nothing(tokens, content):
        lean = "incomplete"
    return lean


def _is_fragment(tokens: list[Token], content: list[Token]) -> bool:
    """`ماذا عن X؟`, `والأذربيجانيون؟`, `وفي فرنسا؟`, `وكم مدنيا؟`: something new, and nothing said of it."""
    if len(tokens) > _MAX_FRAGMENT_WORDS or any(is_verb(token.norm) for token in content):
        return False
    cores = [token.core for token in tokens]
    if _asks_about(cores) or (len(content) == 1 and ("اي" in cores[:2] or "ايه" in cores[:2])):
        return True
    if tokens[0].core in cues.QUESTION_WORDS:
        joined = tokens[0].joined or cores[0] in ("and", "so")
        return joined and len(content) == 1 and cores[0] not in cues.NAMING
    return not cues.QUESTION_WORDS.intersection(cores) and _begins_anew(tokens[0])


def _begins_anew(first: Token) -> bool:
    """`وفي…`, `والمدنيون`, `ورئيس`, `طيب`: a conjunction that cannot be a letter of the word itself."""
    if first.core in cues.PREPOSITIONS or first.core in cues.FILLERS:
        return first.joined or first.core in cues.FILLERS
    if first.norm.startswith("وال"):
        return first.norm not in cues.WAW_NOUNS
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
        if token.core in cues.POSSESSING or is_owned(token) or _is_short_object(tokens, at):
            counted = len(before) == 2 and before[0].core in _COUNTING and token is tokens[-1]  # noqa: PLR2004 - كم بطولة أحرزها؟
            if counted or not _owner_inside(before, token) or _ends_construct(tokens, at):
                return True
        elif token.core in cues.PRONOUN_PARTICLES:
            if token.ends_in_ha == token.norm.endswith("ه") and not _resumes(tokens, at):
                return True
        elif _points_at(tokens, at):
            return True
    return False


def _points_at(tokens: list[Token], at: int) -> bool:
    if tokens[at].core in cues.POINTING and not _names_itself(tokens, at):
        return True
    return _points_last(tokens, at) or _is_glued_this(tokens[at].norm)


def _is_short_object(tokens: list[Token], at: int) -> bool:
    """`من تبناه؟`: an ending that elsewhere is taken for part of a name or root."""
    word = tokens[at].norm
    return at == 1 == len(tokens) - 1 and tokens[at].ends_in_ha and len(word) > MIN_OWNED + 1 and word.endswith("اه")


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
    if after.norm in cues.TIME_NOUNS or any(token.core in cues.RELATIVES for token in tokens[at + 1 : at + 4]):
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
    if before[0].core in _COUNTING and nouns[0] is before[1] and not before[1].norm.endswith("ه"):
        nouns = nouns[1:]  # `كم راكبا`: alef of the accusative
    return feminine_verb or num_definite > 1 or any(_looks_feminine(token) for token in nouns)


def _ends_construct(tokens: list[Token], at: int) -> bool:
    """`ما اسم زوجته؟`, `كم عدد سكانها؟`: the nouns between question word and owner cannot be whom it means.

    They carry no article, and no subject comes behind (`أول أغنية غنتها شيرين`).
    """
    chain = [token for token in tokens[1:at] if token.core not in cues.COPULAS]
    told = at + 1 < len(tokens) and tokens[at + 1].is_content
    if not chain or told or not is_owned(tokens[at]):
        return False
    if any(
        not token.is_content or token.joined or token.norm.startswith("ال") or is_nation(token.norm) for token in chain
    ):
        return False
    asked, head = tokens[0].core, chain[0].norm
    if asked in cues.NAMING - cues.TAKES_VERB:
        return not any(is_verb(token.norm) for token in chain)
    return asked in cues.TAKES_VERB & cues.NAMING | _COUNTING and head in _OF_ANYTHING | cues.ROLES


def _looks_feminine(token: Token) -> bool:
    """By its ending (foreign names in alef are mostly countries and women), or a country."""
    return token.norm.endswith(("ه", "ات", "اء", "ا")) or is_nation(token.norm)


def _continues(tokens: list[Token], content: list[Token]) -> bool:
    """`وكم قتل من…؟`: a leading `and`; a naming question with its country or second noun stands alone."""
    first = tokens[0]
    asks = first.joined and first.core in cues.QUESTION_WORDS
    led = asks or first.norm in ("and", "و", "so", "but", "طيب", "طب")
    led = led or (
        first.norm.startswith("و")
        and len(first.norm) > MIN_OWNED
        and first.norm not in cues.VERBS
        and is_past_verb(first.norm[1:])
    )
    if not led or (asks and _names_its_own(tokens)):
        return False
    naming = any(token.core in cues.NAMING for token in tokens[:2])
    nations = [token for token in content if is_nation(token.norm)]
    others = [token for token in content if token not in nations and token.norm not in cues.RELATIONAL]
    return not (naming and nations and others)


def _names_its_own(tokens: list[Token]) -> bool:
    """`وما سبب حريق سوق النحاسين؟`: two words that are of no event, row or office alone.

    The word behind the question word is what is counted, or a verb that the tables need not know.
    """
    own = [
        token
        for token in tokens[2:]
        if token.is_content
        and not (
            is_verb(token.norm) or is_nation(token.norm) or token.norm in _OF_ANYTHING | cues.ROLES | cues.OF_SEVERAL
        )
        and with_article(token.norm) not in cues.CLASS_NOUNS
    ]
    return len(own) >= _MIN_OWN


def _names_nothing(tokens: list[Token], content: list[Token]) -> bool:
    """Only verbs and nouns of any event: `متى بدأت؟`, `كم عدد القتلى؟`, `من نفذ المشروع؟`."""
    words = [token.norm for token in content]
    if not any(token.core in cues.QUESTION_WORDS for token in tokens[:3]):
        return len(words) <= _MAX_NAMELESS and cues.RELATIONAL.issuperset(words)
    if all(word in cues.RELATIONAL or is_verb(word) for word in words):
        return True
    rest = [word for word in words if with_article(word) not in cues.CLASS_NOUNS]
    if len(rest) in range(1, len(words)) and all(word in _OF_ANYTHING or is_verb(word) for word in rest):
        return True
    return _misses_speaker(tokens, words) or _misses_occasion(tokens, words)


def _misses_speaker(tokens: list[Token], words: list[str]) -> bool:
    """`ماذا قال عن الفيضانات؟`."""
    spoken = (
        len(tokens) > _MAX_NAMELESS
        and tokens[0].core in cues.TAKES_VERB - cues.NAMING
        and tokens[1].norm in cues.SPEECH
    )
    return spoken and tokens[2].core in cues.PREPOSITIONS and len(words) <= _MAX_NAMELESS


def _misses_occasion(tokens: list[Token], words: list[str]) -> bool:
    """`كيف ردت تركيا؟`."""
    about = any(token.core in cues.PREPOSITIONS for token in tokens)
    return len(words) == _MAX_NAMELESS and words[0] in cues.REACTIONS and not about


_OF_ANYTHING = cues.RELATIONAL | cues.ATTRIBUTES
