"""Which encoding a file's bytes are in, named so that `Path.read_text` gives the very same text."""

from __future__ import annotations

import codecs
import re

from rag.articles.code_page import code_page

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with UTF-16's mark: looked at first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ORDINARY = re.compile(r"[\t\n\r\x20-\x7e\u00a0-\u00ff\u0600-\u06ff\u2000-\u206f\ufb50-\ufdff\ufe70-\ufefc]")
# Arabic in UTF-8; in windows-1256 a tah, a zah or one of two others before a sign that hardly follows them.
_UTF_8_ARABIC = re.compile(rb"[\xd8-\xdb][\x80-\xbf]")
_FOREIGN = re.compile(rb"[\x80-\xff]")

# Judged by hand: text has next to no control characters, wrongly decoded bytes are full of them.
_MAX_CONTROLS = 0.01
_MIN_ORDINARY = 0.95
_MAX_DAMAGE = 0.1
_MAX_UTF_8 = 0.1


class NotTextError(Exception):
    """The bytes are no text in an encoding that is recognised.

    `binary` tells a file that is no text at all from a text in another, or a damaged, encoding.
    """

    def __init__(self, message: str, *, binary: bool) -> None:
        super().__init__(message)
        self.binary = binary


def detect_encoding(data: bytes, *, complete: bool = True) -> str:
    """Return the codec of `data`: UTF-8, UTF-16 (UTF-32), windows-1256 or ISO-8859-6.

    With `complete` false, `data` is the beginning of a file: its last character may be cut.

    Raises:
        NotTextError: binary data, a damaged text, or an encoding that is not recognised.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data, encoding, complete=complete)
    controls = len(_CONTROL_BYTES.findall(data))
    if controls:
        encoding_16 = _utf_16_without_mark(data, complete=complete)
        if encoding_16 is not None:
            return encoding_16
        if b"\x00" in data or controls > len(data) * _MAX_CONTROLS:
            raise NotTextError("not a text file", binary=True)
    try:
        _decode(data, "utf-8", complete=complete)
    except UnicodeDecodeError as error:
        _refuse_damaged(data, error)
        return _of_one_byte(data)
    return "utf-8"


def decode(data: bytes) -> tuple[str, str]:
    """Return text and encoding of a whole file, newlines translated as `Path.read_text` does.

    Raises:
        NotTextError: as `detect_encoding`.
    """
    encoding = detect_encoding(data)
    text = data.decode(encoding)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, encoding


def _decode(data: bytes, encoding: str, *, complete: bool) -> str:
    return codecs.getincrementaldecoder(encoding)().decode(data, complete)


def _checked(data: bytes, encoding: str, *, complete: bool) -> str:
    try:
        text = _decode(data, encoding, complete=complete)
    except UnicodeDecodeError as error:
        raise NotTextError(f"damaged {encoding} at byte {error.start}", binary=False) from error
    if "\x00" in text or len(_CONTROLS.findall(text)) > len(text) * _MAX_CONTROLS:
        raise NotTextError("not a text file", binary=True)
    return encoding


def _utf_16_without_mark(data: bytes, *, complete: bool) -> str | None:
    """UTF-16 gives itself away by the zero and 06 bytes of its spaces and Arabic letters."""
    best, best_share = None, _MIN_ORDINARY
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = _decode(data, encoding, complete=complete)
        except UnicodeDecodeError:
            continue
        share = len(_ORDINARY.findall(text)) / max(len(text), 1)
        if share > best_share and not _CONTROLS.search(text):
            best, best_share = encoding, share
    return best


def _refuse_damaged(data: bytes, error: UnicodeDecodeError) -> None:
    """A UTF-8 text with a few broken bytes is not windows-1256: that reading would be garbage."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    if broken < _MAX_DAMAGE * sum(1 for character in lenient if character > "\x7f"):
        raise NotTextError(f"damaged UTF-8 at byte {error.start}", binary=False) from error


def _of_one_byte(data: bytes) -> str:
    if 2 * len(_UTF_8_ARABIC.findall(data)) > _MAX_UTF_8 * len(_FOREIGN.findall(data)):
        raise NotTextError("more than one encoding in it: UTF-8 is one of them", binary=False)
    encoding = code_page(data)
    if encoding is None:
        raise NotTextError("neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6", binary=False)
    return encoding
