"""The zip behind a Word file, looked through before anything opens it: sizes as declared and as they are."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from io import BytesIO
from xml.etree.ElementTree import ParseError, fromstring

from rag.articles.formats.extracted import RefusedError

MAX_ENTRIES = 5000
MAX_UNPACKED = 128 * 2**20
"""Bytes of all entries together; the pictures of a long report come to a tenth of it."""
MAX_XML = 32 * 2**20
"""Bytes of one XML part: lxml takes some ten times as much memory."""
MAX_RATIO = 200
"""Unpacked to packed; real documents reach 30, deflate ends at 1,032."""
_SMALL = 4 * 2**20
"""Bytes unpacked below which the ratio says nothing: empty styles pack very well."""

_BLOCK = 1 << 16
_XML = (".xml", ".rels")
_TYPES = "[Content_Types].xml"
_OF_XML = re.compile(r"application/vnd\..*\+xml")
"""The kinds of parts that are parsed. Pictures of XML and embedded pages are not, and may declare what they like."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    RuntimeError,
)
_DECLARES = (b"<!doctype", b"<!entity")
_OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def check_package(data: bytes) -> None:
    """Make sure that a file is a zip that can be opened; an archive inside it is never opened.

    Raises:
        RefusedError: it is none, unpacks to too much, lies about its sizes, or its XML declares entities.
    """
    if data.startswith(_OLD_WORD):
        if _ENCRYPTED_PACKAGE in data:
            raise RefusedError("encrypted", "encrypted by Word")
        raise RefusedError("unsupported", "a Word file of before 2007: save it as .docx")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            _check_declared(package.infolist(), len(data))
            total = 0
            for entry in package.infolist():
                total += _check_entry(package, entry, MAX_UNPACKED - total)
            if _TYPES in package.namelist():
                _check_types(package.read(_TYPES))
    except _DAMAGE as error:
        raise RefusedError("broken", f"not a whole Word file: fetch or save it again ({error})") from error


def _check_declared(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise RefusedError("bomb", f"{len(entries)} entries; at most {MAX_ENTRIES}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("encrypted", "encrypted by Word")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise RefusedError("bomb", f"unpacks to {unpacked} bytes; at most {MAX_UNPACKED}")
    if unpacked > max(_SMALL, MAX_RATIO * size):
        raise RefusedError("bomb", f"unpacks to {unpacked // max(size, 1)} times its size; at most {MAX_RATIO} times")
    for entry in entries:
        if entry.compress_type not in _METHODS:
            raise RefusedError("broken", "packed in a way that Word does not use")
        if entry.file_size > MAX_XML and entry.filename.lower().endswith(_XML):
            raise RefusedError("too_large", f"{entry.file_size} bytes of XML in one part; at most {MAX_XML}")


def _check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> int:
    """Unpack an entry block by block, keeping nothing; return its size, which zipfile holds to what was declared."""
    is_xml = entry.filename.lower().endswith(_XML)
    size, before = 0, b""
    with package.open(entry) as part:
        while block := part.read(_BLOCK):
            size += len(block)
            if size > most:
                raise RefusedError("bomb", f"unpacks to more than {MAX_UNPACKED} bytes")
            if is_xml:
                letters = before + block.replace(b"\x00", b"").lower()  # UTF-16 too
                if any(word in letters for word in _DECLARES):
                    raise RefusedError("broken", "its XML declares entities, which no Word file does")
                before = letters[-len(max(_DECLARES, key=len)) :]
    return size


def _check_types(types: bytes) -> None:
    """Make sure that all that is parsed is named like XML, for what is so named was looked through."""
    try:
        tree = fromstring(types)  # noqa: S314 - it was looked through, and declares no entities
    except ParseError as error:
        raise RefusedError("broken", "its list of parts is no XML") from error
    for element in tree.iter():
        name = element.get("PartName") or f".{element.get('Extension')}"
        if _OF_XML.match(element.get("ContentType", "").strip().lower()) and not name.lower().endswith(_XML):
            raise RefusedError("broken", "a part of XML under another name, as in no Word file")
