"""Files that are damaged, hostile or empty: each gets its reason, and none takes the next one with it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from rag.articles.read import RawArticle, Sandbox, Skipped, Unchanged, read_articles
from tests.articles.documents import (
    ARTICLE,
    bomb,
    changed,
    docx,
    html,
    overlapping,
    painted,
    part_of,
    pdf,
    with_size_declared,
    wrapped,
    write,
)

DOCUMENT = "word/document.xml"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


def read(path: Path, sandbox: Sandbox) -> RawArticle | Skipped:
    (found,) = read_articles(path, path.name, sandbox=sandbox)
    assert not isinstance(found, Unchanged)
    return found


def page() -> bytes:
    return pdf([painted(ARTICLE)])


def with_entities(doctype: str, encoding: str = "utf-8") -> bytes:
    xml = part_of(docx(ARTICLE), DOCUMENT).decode()
    begin, rest = xml.split("?>", 1)
    declared = begin.replace("UTF-8", encoding) + "?>" + doctype + rest.replace(ARTICLE[0], "&x;")
    return changed(docx(ARTICLE), DOCUMENT, declared.encode(encoding))


def under_another_name() -> bytes:
    """A document that is looked for in a part that is not called XML."""
    package = with_entities('<!DOCTYPE x [<!ENTITY x "ha">]>')
    for name in ("[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        package = changed(package, name, part_of(package, name).replace(b"word/document.xml", b"word/document.bin"))
    package = changed(package, "word/document.bin", part_of(package, DOCUMENT))
    return changed(package, DOCUMENT, part_of(docx(ARTICLE), DOCUMENT))


def locked_pdf(password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(page())))
    writer.encrypt(password, "of its owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked_zip() -> bytes:
    data = bytearray(docx(ARTICLE))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def zip_of_zips() -> bytes:
    inner = docx(ARTICLE)
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as outer:
            outer.writestr("inner.docx", inner)
        inner = out.getvalue()
    return inner


def looping_pdf() -> bytes:
    return page().replace(b"/Type /Pages /Count 1 /Kids [", b"/Type /Pages /Count 1 /Kids [2 0 R ")


def forged() -> bytes:
    """Declared to be small, with a checksum that fits what is declared."""
    big = changed(docx(ARTICLE), DOCUMENT, part_of(docx(ARTICLE), DOCUMENT) + b" " * (64 << 20))
    return with_size_declared(big, DOCUMENT, 1000, crc=zlib.crc32(part_of(big, DOCUMENT)[:1000]))


TABLE: dict[str, tuple[str, Callable[[], bytes | str], str]] = {
    "an empty file": ("a.pdf", lambda: b"", "empty"),
    "a Word bomb of entries that lie over one another": ("a.docx", lambda: overlapping(100), "bomb"),
    "a Word bomb of one great part": ("a.docx", lambda: bomb(docx(ARTICLE), 64 << 20), "bomb"),
    "a size that is a lie": ("a.docx", lambda: with_size_declared(docx(ARTICLE), DOCUMENT, 99), "broken"),
    "a size and a checksum that are lies": ("a.docx", forged, "broken"),
    "zips in zips": ("a.docx", zip_of_zips, "broken"),
    "a zip without a document": ("a.docx", lambda: changed(docx([]), "[Content_Types].xml", b""), "broken"),
    "a Word file cut off": ("a.docx", lambda: docx(ARTICLE)[:-2000], "broken"),
    "a Word file damaged inside": ("a.docx", lambda: changed(docx(ARTICLE), DOCUMENT, b"<w:document"), "broken"),
    "a billion laughs": ("a.docx", lambda: with_entities(f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'), "broken"),
    "an outside entity": (
        "a.docx",
        lambda: with_entities('<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "utf-16"),
        "broken",
    ),
    "XML under another name": ("a.docx", under_another_name, "broken"),
    "a Word file behind a password": ("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "a zip behind a password": ("a.docx", locked_zip, "encrypted"),
    "a Word file of before 2007": ("a.docx", lambda: OLE, "unsupported"),
    "a Word file without text": ("a.docx", lambda: docx(["", " "]), "no_text"),
    "text named like a Word file": ("a.docx", lambda: ARTICLE[0], "broken"),
    "a PDF cut off at its beginning": ("a.pdf", lambda: b"%PDF-1.7\n1 0 obj", "broken"),
    "noise named like a PDF": ("a.pdf", lambda: bytes(range(256)) * 99, "broken"),
    "a PDF whose pages hold themselves": ("a.pdf", looping_pdf, "broken"),
    "a PDF behind a password": ("a.pdf", lambda: locked_pdf("secret", "RC4-128"), "encrypted"),
    "a PDF behind a password, in AES": ("a.pdf", lambda: locked_pdf("secret", "AES-256"), "encrypted"),
    "scanned pages": ("a.pdf", lambda: pdf([[], []], picture=True), "scanned"),
    "scanned pages with a stamp": ("a.pdf", lambda: pdf([[list("CamScanner")]], picture=True), "scanned"),
    "an empty page": ("a.pdf", lambda: pdf([[]]), "no_text"),
    "501 pages": ("a.pdf", lambda: pdf([[]] * 501), "too_large"),
    "a PDF bomb": ("a.pdf", lambda: pdf([painted(ARTICLE)], padding=80 << 20), "bomb"),
    "words painted from the left, letters from the right": (
        "a.pdf",
        lambda: pdf([[list(" ".join(reversed(line.split()))) for line in wrapped(ARTICLE)]]),
        "visual_order",
    ),
    "letters without names": ("a.pdf", lambda: pdf([painted(ARTICLE)], named=False), "bad_encoding"),
    "ligatures torn apart": (
        "a.pdf",
        lambda: pdf([painted([line.replace("ال", "األ") for line in ARTICLE])]),
        "visual_order",
    ),
    "a page of scripts": ("a.html", lambda: "<html><body><script>x</script></body></html>", "no_text"),
    "a page of pictures": ("a.html", lambda: '<html><body><img src="a.jpg"></body></html>', "no_text"),
    "a blank page": ("a.html", lambda: " \n", "no_text"),
    "noise named like a page": ("a.html", lambda: bytes(range(256)) * 99, "binary"),
    "damage in the article of a page": ("a.html", lambda: html(ARTICLE).encode()[:-600] + b"\xd8", "bad_encoding"),
    "two encodings in a page": ("a.html", lambda: html(ARTICLE).encode() + ARTICLE[3].encode("cp1256"), "bad_encoding"),
}


@pytest.mark.parametrize("row", TABLE)
def test_a_bad_file_gets_its_reason(row: str, tmp_path: Path, sandbox: Sandbox) -> None:
    name, content, reason = TABLE[row]
    found = read(write(tmp_path, name, content()), sandbox)
    assert isinstance(found, Skipped), found
    assert (found.reason, bool(found.detail)) == (reason, True), found.detail
    assert found.detail.isprintable()


@pytest.mark.parametrize(("name", "size"), [("a.html", 50 << 20), ("a.pdf", 65 << 20), ("a.docx", 65 << 20)])
def test_a_file_that_is_too_large_is_not_opened(name: str, size: int, tmp_path: Path, sandbox: Sandbox) -> None:
    with write(tmp_path, name, b"%PDF-1.7").open("r+b") as file:
        file.truncate(size)
    found = read(tmp_path / name, sandbox)
    assert isinstance(found, Skipped)
    assert found.reason == "too_large"


def test_the_bomb_is_small_until_it_is_opened() -> None:
    assert len(overlapping(100)) < 60_000
    with zipfile.ZipFile(io.BytesIO(overlapping(100))) as file:
        assert sum(entry.file_size for entry in file.infolist()) > 3 << 30


def test_a_zip_inside_a_word_file_is_never_opened(tmp_path: Path, sandbox: Sandbox) -> None:
    file = changed(docx(ARTICLE), "word/embeddings/table.xlsx", overlapping(100))
    assert isinstance(read(write(tmp_path, "a.docx", file), sandbox), RawArticle)


def test_a_picture_of_xml_in_a_word_file_may_declare_what_it_likes(tmp_path: Path, sandbox: Sandbox) -> None:
    types = part_of(docx(ARTICLE), "[Content_Types].xml")
    svg = types.replace(b"<Override", b'<Default Extension="svg" ContentType="image/svg+xml"/><Override', 1)
    file = changed(changed(docx(ARTICLE), "[Content_Types].xml", svg), "word/media/a.svg", b"<!DOCTYPE svg><svg/>")
    assert isinstance(read(write(tmp_path, "a.docx", file), sandbox), RawArticle)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_is_encrypted_and_asks_for_no_password_is_read(
    algorithm: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    found = read(write(tmp_path, "a.pdf", locked_pdf("", algorithm)), sandbox)
    assert isinstance(found, RawArticle)
    assert ARTICLE[3] in found.text


def test_a_page_reads_no_other_file(tmp_path: Path, sandbox: Sandbox) -> None:
    secret = write(tmp_path, "secret.txt", "خفايا لا تقال")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + html([*ARTICLE, "AAA"]).replace("AAA", "&x;")
    found = read(write(tmp_path, "a.html", page), sandbox)
    assert isinstance(found, RawArticle)
    assert "خفايا" not in found.text
    assert "&x;" in found.text


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
@given(data=st.binary(max_size=300), cut=st.integers(0, 3000), at=st.integers(0, 3000))
@hypothesis_settings(max_examples=40)
def test_any_damage_is_read_or_skipped(
    kind: str, data: bytes, cut: int, at: int, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> None:
    whole = {"html": html(ARTICLE).encode(), "pdf": page(), "docx": docx(ARTICLE)}[kind]
    path = write(tmp_path_factory.getbasetemp(), f"damaged.{kind}", whole[:at] + data + whole[at + cut :])
    found = read(path, sandbox)
    assert isinstance(found, RawArticle) or (found.reason != "timed_out" and "ended with" not in found.detail)


def test_an_extra_field_of_noise_is_no_way_in(tmp_path: Path, sandbox: Sandbox) -> None:
    data = bytearray(docx(ARTICLE))
    struct.pack_into("<I", data, data.index(b"PK\x05\x06") + 16, 0xFFFFFFFE)
    found = read(write(tmp_path, "a.docx", bytes(data)), sandbox)
    assert isinstance(found, Skipped)
    assert found.reason == "broken"
