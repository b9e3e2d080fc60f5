"""PDF files: the text of each page as it is painted, by pypdf, put into the order of reading."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from rag.articles.formats.extracted import Extracted, RefusedError, paragraphs
from rag.articles.formats.layout import UNREADABLE, Line
from rag.articles.formats.paint_order import painted_lines
from rag.articles.formats.painted import LONE_SIGN, UNPROVEN, read_painted
from rag.articles.raw import one_line
from rag.text.normalise import normalise
from rag.text.sentences import split_sentences

MAX_PAGES = 500
"""No article comes near; a book is better split."""

_MAGIC_WITHIN = 1024
_LETTER = re.compile(r"[^\W\d_]")
_UNNAMED = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
_LATIN_SIGNS = re.compile(r"[\u00c0-\u00ff]")
_STRANGE = r"[\u00a1-\u00ff](?<![«»·°×®\u00ad¹²³])"
_MISNAMED = re.compile(
    r"(?<=[\u0621-\u0652])[A-Za-z](?=[\u0621-\u0652])"
    rf"|(?<=[\u0621-\u0652]){_STRANGE}|{_STRANGE}(?=[\u0621-\u0652])"
    r"|(?<=[\u0621-\u0652])([^\w\s.،؛:!؟…\"'(){}\[\]«»\-–—\u064b-\u0652])\1+(?=[\u0621-\u0652])"
)
"""Inside an Arabic word one Latin letter, or a sign that stands there more than once; beside one, a Latin sign that
people do not write there: a mark or a ligature under a false name."""
_MOST_UNNAMED = 0.002
_MOST_LEFT_OUT = 0.25
_MOST_SIGNS = 0.3
_FEW_LETTERS = 20
"""Letters a page below which it is a picture with a stamp on it."""
_TITLE_WITHIN = 1000


def extract_pdf(data: bytes) -> Extracted:
    """Return the text of a PDF file.

    Raises:
        RefusedError: it is damaged, protected, too long, scanned, or its text cannot be read.
    """
    if b"%PDF-" not in data[:_MAGIC_WITHIN]:
        raise RefusedError("broken", "not a PDF file")
    reader = _open(data)
    try:
        lines = [Line(*line, number) for number, page in enumerate(reader.pages) for line in painted_lines(page)]
        pictures = any("/XObject" in (page.get("/Resources") or {}) for page in reader.pages)
        title = reader.metadata.title if reader.metadata else None
        num_pages = len(reader.pages)
    except (MemoryError, ImportError, RefusedError):
        raise
    except Exception as error:  # pypdf says KeyError, TypeError, RecursionError and more of a damaged file
        raise _broken(error) from error
    whole = "\n".join(line.text for line in lines)
    letters = _LETTER.findall(whole)
    unnamed = len(_UNNAMED.findall(LONE_SIGN.sub("", whole)))
    signs = len(_LATIN_SIGNS.findall(whole))
    if unnamed > _MOST_UNNAMED * len(letters) or signs > _MOST_SIGNS * len(letters):
        raise RefusedError("bad_encoding", "its fonts do not say which letters they paint")
    if len(letters) < (_FEW_LETTERS * num_pages if pictures else 1):
        raise RefusedError("scanned" if pictures else "no_text", f"{len(letters)} letters on {num_pages} pages")
    text = paragraphs(_legible(read_painted(lines)))
    return Extracted(text=text, title=_title(title, text))


def _open(data: bytes) -> Any:
    from pypdf import PasswordType, PdfReader

    try:
        reader = PdfReader(BytesIO(data))
        is_locked = reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED
        num_pages = 0 if is_locked else len(reader.pages)
    except (MemoryError, ImportError):
        raise
    except Exception as error:  # as above
        if type(error).__name__ == "DependencyError":
            raise ImportError("pypdf wants cryptography") from error
        if type(error).__name__ == "FileNotDecryptedError":
            raise RefusedError("encrypted", "it asks for a password to be opened") from error
        raise _broken(error) from error
    if is_locked:
        raise RefusedError("encrypted", "it asks for a password to be opened")
    if num_pages > MAX_PAGES:
        raise RefusedError("too_large", f"{num_pages} pages; at most {MAX_PAGES}")
    if not num_pages:
        raise RefusedError("broken", "no page in it")
    return reader


def _broken(error: Exception) -> RefusedError:
    if type(error).__name__ == "LimitReachedError":  # pypdf unpacks to 75 MB and no further
        return RefusedError("bomb", one_line(str(error))[:200])
    why = f"{type(error).__name__}: {one_line(str(error))[:200]}".rstrip(": ")
    return RefusedError("broken", f"not a whole PDF file: fetch or save it again ({why})")


def _legible(texts: list[str]) -> list[str]:
    """The paragraphs without the sentences in which a sign has no name or a line no proven order.

    What is on their two sides stays apart.

    Raises:
        RefusedError: too much would be missing.
    """
    found: list[str] = []
    num_sentences = num_left_out = num_unproven = 0
    for text in texts:
        start = 0
        for begin, end in (sentences := split_sentences(text)):
            word = text.rfind(" ", 0, begin) + 1  # a sentence may begin inside of what stands between two spaces
            is_unproven = text.find(UNPROVEN, word, end) >= 0
            if is_unproven or _UNNAMED.search(text, begin, end) or _MISNAMED.search(text, begin, end):
                found.append(text[start:begin])
                start = end
                num_left_out += 1
                num_unproven += is_unproven
        num_sentences += len(sentences)
        found.append(text[start:])
    if num_left_out > _MOST_LEFT_OUT * num_sentences:
        if num_unproven:
            raise RefusedError("visual_order", UNREADABLE)
        raise RefusedError("bad_encoding", f"{num_left_out} of {num_sentences} sentences hold signs without names")
    return found


def _title(title: str | None, text: str) -> str | None:
    """The title of the file's properties where the text begins with it: most name a file or a program."""
    line = one_line(title or "")
    same = normalise(line)
    return line if same and f"\n{same}\n" in normalise(f"\n{text[:_TITLE_WITHIN]}\n") else None
