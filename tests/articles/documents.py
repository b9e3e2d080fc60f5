"""PDF, DOCX and HTML files to read, made here byte by byte where a library would not make them so."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from html import escape
from pathlib import Path

from docx import Document

from rag.articles.formats.bidi import paint

ARTICLE = (
    "افتتاح جسر الوادي الجديد",
    "الأحد 12 مايو 2024",
    "صحيفة الجسر",
    "افتتح وزير النقل جسر الوادي الجديد، ويبلغ طول الجسر 340 مترا. وبلغت كلفته 12.5 مليون درهم، أي 51.8% من الميزانية.",
    "وقال الوزير سامر الحلبي في مؤتمر صحفي إن الأعمال استمرت 18 شهرا (منذ 2022)، وإن الحركة على الطريق القديم ستتوقف.",
)
WIDTH = 60
"""Characters on a painted line."""

_FORMS = {
    plain: chr(code)
    for code in range(0xFEFC, 0xFE7F, -1)
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1
}


def wrapped(lines: tuple[str, ...] | list[str], width: int = WIDTH) -> list[str]:
    """The lines broken at words, as a page shows them."""
    found: list[str] = []
    for line in lines:
        shown = ""
        for word in line.split():
            if shown and len(shown) + len(word) >= width:
                found.append(shown)
                shown = ""
            shown = f"{shown} {word}".strip()
        found.append(shown)
    return found


def painted(lines: tuple[str, ...] | list[str]) -> list[list[str]]:
    """The letters of the lines, wrapped, as they are painted from the left."""
    found: list[list[str]] = []
    for at, line in enumerate(shown := wrapped(lines)):
        goes_on = at > 0 and not shown[at - 1].endswith((".", ":"))
        found.append(list(paint(line, before="AL" if goes_on else "R")))
    return found


def as_forms(lines: list[list[str]]) -> list[list[str]]:
    """The same in presentation forms."""
    return [[_FORMS.get(letter, letter) for letter in line] for line in lines]


def with_ligatures(lines: list[list[str]]) -> list[list[str]]:
    """The same with one sign for lam and alef, whose name is both letters in the order of reading."""
    found: list[list[str]] = []
    for line in lines:
        units: list[str] = []
        for letter in line:
            if letter == "ل" and units and units[-1] in {"ا", "أ", "إ", "آ"}:
                units[-1] = letter + units[-1]
            else:
                units.append(letter)
        found.append(units)
    return found


def run_by_run(lines: tuple[str, ...] | list[str], *, apart: str = "()/") -> tuple[list[list[str]], list[str]]:
    """The lines as LibreOffice paints them: run by run as they are read, each from the left at its own place.

    The signs of `apart` are of another font and painted behind their run. Returns the runs and their places.
    """
    runs: list[list[str]] = []
    places: list[str] = []
    for row, line in enumerate(painted(lines)):
        numbers = "".join("0" if letter in "0123456789.,:%-" else "x" for letter in line)
        spans = [match.span() for match in re.finditer("0+|x+", numbers)]
        for begin, end in reversed(spans):
            pieces = [match.span() for match in re.finditer(f"[^{apart}]+", "".join(line[begin:end]))]
            pieces += [(at, at + 1) for at in range(end - begin) if line[begin + at] in apart]
            for left, right in pieces:
                runs.append(line[begin + left : begin + right])
                places.append(f"{50 + 6 * (begin + left)} {780 - 20 * row}")
    return runs, places


def pdf(
    pages: list[list[list[str]]],
    *,
    title: str = "",
    picture: bool = False,
    size: int = 12,
    named: bool = True,
    padding: int = 0,
    places: list[str] | None = None,
) -> bytes:
    """A PDF file whose lines are painted unit by unit; with `picture` each page holds one.

    Its font is not there: what counts is what it says its signs mean, unless `named` is false. Each page is
    longer by `padding` bytes, which pack well. `places` are "x y" of the lines; by default they stand below
    each other.
    """
    units = sorted({unit for page in pages for line in page for unit in line})
    code = {unit: number for number, unit in enumerate(units, 1)}
    names = "".join(f"<{number:04x}> <{unit.encode('utf-16-be').hex()}>\n" for unit, number in code.items())
    meaning = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(code)} beginbfchar\n{names}endbfchar endcmap end end"
    )
    objects: list[bytes] = [b"", b""]  # catalogue and pages come when their children are known

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(content: bytes, extra: bytes = b"") -> bytes:
        data = zlib.compress(content)
        return b"<< /Length %d /Filter /FlateDecode %s >> stream\n%s\nendstream" % (len(data), extra, data)

    to_unicode = b"/ToUnicode %d 0 R" % add(stream(meaning.encode())) if named else b""
    inner = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 500 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    font = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [%d 0 R] %s >>"
        % (inner, to_unicode)
    )
    shape = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    image = add(stream(b"\x00", shape))
    kids = []
    for page in pages:
        rows = []
        for at, line in enumerate(page):
            place = places[at] if places else f"50 {780 - 20 * at}"
            codes = "".join(f"{code[unit]:04x}" for unit in line)
            rows.append(f"BT /F {size} Tf 1 0 0 1 {place} Tm <{codes}> Tj ET" if line else "")
        content = add(stream("\n".join(rows).encode() + b" " * padding))
        objects_of_page = b"/XObject << /I %d 0 R >>" % image if picture else b""
        kids.append(
            add(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 -9000 600 800] /Contents %d 0 R "
                b"/Resources << /Font << /F %d 0 R >> %s >> >>" % (content, font, objects_of_page)
            )
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    info = add(b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode())
    return _file(objects, info)


def _file(objects: list[bytes], info: int) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, info)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def docx(lines: tuple[str, ...] | list[str], *, title: str = "") -> bytes:
    """A Word file of paragraphs."""
    document = Document()
    if title:
        document.core_properties.title = title
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_of(body: str, *, styles: str = "") -> bytes:
    """A Word file with this XML as its body, and these styles beside its own."""
    package = docx([])
    for name, content, end in (
        ("word/document.xml", body, "<w:sectPr"),
        ("word/styles.xml", styles, "</w:styles>"),
    ):
        begin, rest = part_of(package, name).decode().split(end, 1)
        package = changed(package, name, f"{begin}{content}{end}{rest}".encode())
    return package


def run(text: str, look: str = "") -> str:
    """The XML of a run of letters of a Word file, of a look."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def changed(package: bytes, name: str, content: bytes) -> bytes:
    """A zip with one entry put in or put in place of another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            if entry.filename != name:
                after.writestr(entry, before.read(entry))
        after.writestr(name, content)
    return out.getvalue()


def part_of(package: bytes, name: str) -> bytes:
    """The content of an entry of a zip."""
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        return file.read(name)


def bomb(package: bytes, size: int) -> bytes:
    """The package with a document blown up by `size` spaces, a thousandth of that when packed."""
    return changed(package, "word/document.xml", part_of(package, "word/document.xml") + b" " * size)


def overlapping(times: int) -> bytes:
    """A zip with one part of 40 MB, 40 kB when packed, under so many names: gigabytes in tens of kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/00.xml", b" " * (40 << 20))
    data = out.getvalue()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    names = b"".join(data[start:end].replace(b"word/00.xml", b"word/%02d.xml" % at) for at in range(times))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, times, times, len(names), start, 0)
    return data[:start] + names + tail


def with_size_declared(package: bytes, name: str, size: int, *, crc: int | None = None) -> bytes:
    """The package with another size (and checksum) declared for an entry, in both of its headers."""
    data = bytearray(package)
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        entry = file.getinfo(name)
        start = file.start_dir
    while data[start : start + 4] == b"PK\x01\x02":
        lengths = struct.unpack_from("<3H", data, start + 28)
        if data[start + 46 : start + 46 + lengths[0]].decode() == name:
            struct.pack_into("<I", data, start + 24, size)
            struct.pack_into("<I", data, start + 16, entry.CRC if crc is None else crc)
        start += 46 + sum(lengths)
    struct.pack_into("<I", data, entry.header_offset + 22, size)
    struct.pack_into("<I", data, entry.header_offset + 14, entry.CRC if crc is None else crc)
    return bytes(data)


def html(lines: tuple[str, ...] | list[str], *, head: str = "") -> str:
    """A page of a news site: the article among menus and footers."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines[1:])
    return (
        f'<!doctype html><html lang="ar" dir="rtl"><head>{head}</head><body>'
        '<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/sport">رياضة</a></li></ul></nav>'
        f"<article><h1>{escape(lines[0])}</h1>{body}</article>"
        '<footer><a href="/about">من نحن</a> <a href="/ads">الإعلانات</a></footer></body></html>'
    )


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
