"""Which encoding a web page is in: what its bytes are weighs more than what the page says of them."""

from __future__ import annotations

import codecs
import re

from rag.articles.code_page import is_garbled
from rag.articles.encoding import NotTextError, detect_encoding
from rag.text.normalise import has_arabic

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""")
_PRESCAN = 1 << 14
# What the web means by these names: https://encoding.spec.whatwg.org/#names-and-labels
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252"}


def decode_page(data: bytes) -> str:
    """Return the text of a page; bytes that are no UTF-8 in a page that is become U+FFFD.

    Valid UTF-8 is UTF-8 whatever the page declares; a declared Latin encoding gives way where the
    bytes read as Arabic.

    Raises:
        NotTextError: binary data, or an encoding that is not recognised.
    """
    try:
        detected: str | None = detect_encoding(data)
        trouble = None
    except NotTextError as error:
        if error.binary:
            raise
        detected, trouble = None, error
    if detected is not None and detected != "cp1256":
        return data.decode(detected)
    text = _as_declared(data)
    if text is not None and (has_arabic(text) if detected else not is_garbled(text)):
        return text
    if detected is not None:
        return data.decode(detected)
    if trouble is not None and "damaged" in str(trouble):
        return data.decode("utf-8", "replace")
    raise trouble or NotTextError("no encoding is recognised", binary=False)


def _as_declared(data: bytes) -> str | None:
    """The text in the encoding that the page itself names; None where it names none that fits."""
    declared = _XML_DECLARED.search(data[:_PRESCAN]) or _DECLARED.search(data[:_PRESCAN])
    if declared is None:
        return None
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
        return data.decode(_MEANT.get(name, name))
    except (LookupError, UnicodeError):
        return None
