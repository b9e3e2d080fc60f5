"""Light stemming: Larkey's light10 on normalised words.

Source: L. Larkey, L. Ballesteros, M. Connell, "Light Stemming for Arabic Information Retrieval"
(2007): the article with its one-letter particles in front, the common endings behind, no roots.
"""

from __future__ import annotations

_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_MIN_STEM = 2
_MIN_AFTER_WAW = 3


def stem(word: str) -> str:
    """Return the light stem of one normalised word, never shorter than two letters unless the word is."""
    if word.startswith("و") and len(word) - 1 >= _MIN_AFTER_WAW and not word.startswith("وال"):
        word = word[1:]
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _MIN_STEM:
            word = word[len(article) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
            word = word[: -len(suffix)]
    return word
