"""Bytes to text: recognised, or refused with what is wrong."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.articles.encoding import NotTextError, decode, detect_encoding

PLAIN = "وقال المهندس، أمس، إن العمل في الجسر الجديد انتهى قبل موعده؟\n"
ARABIC = "أعلنت البلدية، أمس، افتتاح الجسر الجديد؟\nوقال المهندس: «العمل انتهى في 12 شهراً».\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (ARABIC.encode(), "utf-8"),
        (codecs.BOM_UTF8 + ARABIC.encode(), "utf-8-sig"),
        (ARABIC.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + ARABIC.encode("utf-16-be"), "utf-16"),
        (ARABIC.encode("utf-16-le"), "utf-16-le"),
        (ARABIC.encode("utf-16-be"), "utf-16-be"),
        ("Plain English, 12 lines.\n".encode("utf-16-le"), "utf-16-le"),
        (ARABIC.encode("utf-32"), "utf-32"),
        (ARABIC.encode("cp1256"), "cp1256"),
        ("خبر".encode("cp1256"), "cp1256"),
        ("أيمن".encode("cp1256"), "cp1256"),
        ("قال «أيمن» 5×7 في الـcafé.".encode("cp1256"), "cp1256"),
        (PLAIN.encode("iso-8859-6"), "iso-8859-6"),
        (b"var x = y; " * 9000 + PLAIN.encode("iso-8859-6"), "iso-8859-6"),
        ("خبر".encode("utf-16-le"), "utf-16-le"),
        (b"only ascii", "utf-8"),
        (b"with one \x0c form feed", "utf-8"),
    ],
)
def test_recognises(data: bytes, encoding: str) -> None:
    text, found = decode(data)
    assert found == encoding
    assert text == data.decode(encoding)


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", True),
        (bytes(range(256)) * 40, True),
        (ARABIC.encode() + b"\x00", True),
        (codecs.BOM_UTF16_LE + b"a\x00\x00\x00", True),
        (codecs.BOM_UTF8 + b"\xff\xfe", False),
        (ARABIC.encode()[:-1] + b"\xd9", False),
        (ARABIC.encode("utf-16")[:-1], False),
        ("Élysée, où l'été a commencé".encode("latin-1"), False),
        ("déjà là cet été".encode("latin-1"), False),
        ("сегодня на сессии".encode("cp1251"), False),
        (ARABIC.encode("mac_arabic"), False),
        (PLAIN.replace("،", "").replace("؟", "").encode("cp720"), False),
        (PLAIN.encode("cp1256") + PLAIN.encode("iso-8859-6"), False),
        ("الثناء".encode("iso-8859-6"), False),
    ],
)
def test_refuses(data: bytes, binary: bool) -> None:  # noqa: FBT001 - a column of the table
    with pytest.raises(NotTextError) as refused:
        decode(data)
    assert refused.value.binary is binary


def test_damaged_utf_8_is_not_taken_for_windows_1256() -> None:
    with pytest.raises(NotTextError, match="damaged UTF-8 at byte 3"):
        decode("ا".encode() + b"a\xff" + ARABIC.encode())


def test_newlines_are_translated() -> None:
    assert decode("سطر\r\nسطر\rسطر\n".encode())[0] == "سطر\nسطر\nسطر\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_a_beginning_that_cuts_a_character_is_recognised(encoding: str) -> None:
    data = (ARABIC * 3).encode(encoding)
    assert {detect_encoding(data[:length], complete=False) for length in range(60, 120)} == {encoding}


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
@example(b"\xd8")
@example(codecs.BOM_UTF16_LE + b"\xd8")
def test_any_bytes_are_refused_or_give_what_read_text_gives(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / "any.txt"
    file.write_bytes(data)
    try:
        text, encoding = decode(data)
    except NotTextError:
        return
    assert text == file.read_text(encoding=encoding)
    assert "\x00" not in text
    text.encode()


FRENCH = "àâçèéêëîïôùûüœ"


@given(st.text(st.characters(codec="cp1256", categories=["L", "N", "P", "Zs"], exclude_characters=FRENCH), max_size=80))
def test_arabic_in_windows_1256_comes_back(text: str) -> None:
    data = f"{text} {ARABIC}".encode("cp1256")
    assert decode(data) == (f"{text} {ARABIC}", "cp1256")
