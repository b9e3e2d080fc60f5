"""Word files: the text as it shows, paragraph by paragraph and row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from rag.articles.formats.arabic_order import readable
from rag.articles.formats.extracted import MAX_CELL, Extracted, RefusedError, paragraphs
from rag.articles.formats.formulas import FORMULA, formula_text
from rag.articles.formats.looks import settle_looks
from rag.articles.formats.package import check_package
from rag.articles.raw import one_line
from rag.text.normalise import normalise

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH, _TABLE, _ROW, _CELL = (_WORD + name for name in ("p", "tbl", "tr", "tc"))
_TEXT, _SYMBOL = _WORD + "t", _WORD + "sym"
_BREAKS = {_WORD + name: text for name, text in (("br", "\n"), ("cr", "\n"), ("tab", " "), ("ptab", " "))}
_BREAKS[_WORD + "noBreakHyphen"] = "-"
_FONT_OF_PICTURES = re.compile(r"symbol|wingdings|webdings|dingbats|marlett|mt extra", re.IGNORECASE)
_CODE = re.compile(r"[0-9a-fA-F]{1,4}")
# Deleted text, text moved elsewhere, how things look, what is set above words, and a text box's copy for old Words.
_UNSEEN = frozenset({_FALLBACK, *(_WORD + name for name in ("del", "moveFrom", "pPr", "rPr", "rt"))})
_DELETED = (f"{_WORD}trPr/{_WORD}del", f"{_WORD}tcPr/{_WORD}cellDel")
_MAX_COLUMNS = 63
"""Of Word."""
_MAIN, _STYLES = "word/document.xml", "word/styles.xml"
_TITLE_WITHIN = 1000


def extract_docx(data: bytes) -> Extracted:
    """Return the text of a Word file.

    Raises:
        RefusedError: it is damaged, protected, a bomb, or has no text.
    """
    check_package(data)
    body, styles, title = _open(data)
    settle_looks(body, styles)
    text = readable(paragraphs([line for block in _blocks(body) for line in block.split("\n")]))
    if not text:
        raise RefusedError("no_text", "not a word in any paragraph")
    return Extracted(text=text, title=_title(title, text))


def _open(data: bytes) -> tuple[Any, Any, str | None]:
    """The body of a document, its styles, and the title of its properties."""
    from docx import Document

    try:
        document = Document(BytesIO(data))
        body, styles, title = document.element.body, document.styles.element, document.core_properties.title
    except KeyError:
        body, styles = _parts_alone(data)
        title = None
    except (MemoryError, ImportError):
        raise
    except Exception as error:  # python-docx says ValueError, lxml's errors and more of a damaged file
        raise _broken(error) from error
    return body, styles, title


def _parts_alone(data: bytes) -> tuple[Any, Any]:
    """Body and styles of a file that names a picture that is not there, which Word reads and python-docx not."""
    from docx.oxml import parse_xml

    try:
        with ZipFile(BytesIO(data)) as package:
            body = parse_xml(package.read(_MAIN)).find(_WORD + "body")
            styles = parse_xml(package.read(_STYLES)) if _STYLES in package.namelist() else None
    except (KeyError, SyntaxError) as error:
        raise _broken(error) from error
    if body is None:
        raise RefusedError("broken", "not a Word document: no body in it")
    return body, styles


def _broken(error: Exception) -> RefusedError:
    return RefusedError("broken", f"not a Word document: {one_line(str(error))[:200]}")


def _blocks(parent: Any) -> Iterator[str]:
    """The paragraphs below an element, in order; a row of a table is one, unless a cell of it holds a page."""
    for child in parent:
        if child.tag == _PARAGRAPH:
            yield _text(child)
            yield from _boxes(child)
        elif child.tag == _TABLE:
            yield from _rows(child)
        elif child.tag not in _UNSEEN:
            yield from _blocks(child)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(_ROW):
        if next(row.iterancestors(_TABLE)) is not table or _is_deleted(row):
            continue  # a table inside a cell is read with its cell
        own = [cell for cell in row.iter(_CELL) if next(cell.iterancestors(_ROW)) is row and not _is_deleted(cell)]
        cells = [[text for text in _blocks(cell) if text.strip()] for cell in own]
        lines = [" ".join(cell) for cell in cells]
        if any(len(line) > MAX_CELL for line in lines) or any(cell.find(f".//{_TABLE}") is not None for cell in own):
            yield from (text for cell in cells for text in cell)
        elif any(lines):
            columns = [""] * _count(row, "trPr", "gridBefore", 0)
            for cell, line in zip(own, lines, strict=True):
                columns += [line.replace("\n", " "), *[""] * (_count(cell, "tcPr", "gridSpan", 1) - 1)]
            yield " | ".join(columns)


def _count(part: Any, look: str, name: str, default: int) -> int:
    """How many columns a cell takes, or a row leaves free before its first: the values below stand under them."""
    said = part.find(f"{_WORD}{look}/{_WORD}{name}")
    value = "" if said is None else said.get(_WORD + "val", "")
    return min(int(value), _MAX_COLUMNS) if value.isdecimal() else default


def _text(paragraph: Any) -> str:
    """What a paragraph shows: links, content controls and accepted insertions too, text boxes apart."""
    parts: list[str] = []

    def gather(element: Any) -> None:
        for child in element:
            if child.tag == _TEXT:
                parts.append(child.text or "")
            elif child.tag == _SYMBOL:
                parts.append(_symbol(child))
            elif child.tag == FORMULA:
                parts.append(formula_text(child))
            elif child.tag in _BREAKS:
                parts.append(_BREAKS[child.tag])
            elif child.tag not in _UNSEEN and child.tag != _PARAGRAPH:
                gather(child)

    gather(paragraph)
    return "".join(parts)


def _symbol(element: Any) -> str:
    """The letter that a symbol is; a space where it is a picture, and its number means nothing elsewhere."""
    code = element.get(_WORD + "char", "")
    letter = chr(int(code, 16)) if _CODE.fullmatch(code) else " "
    is_picture = _FONT_OF_PICTURES.search(element.get(_WORD + "font", "")) or not letter.isprintable()
    return " " if is_picture else letter


def _boxes(paragraph: Any) -> Iterator[str]:
    for box in paragraph.iter(_WORD + "txbxContent"):
        if next(box.iterancestors(_FALLBACK, _PARAGRAPH)) is paragraph:  # a box inside a box is read with its paragraph
            yield from _blocks(box)


def _is_deleted(part: Any) -> bool:
    return any(part.find(path) is not None for path in _DELETED)


def _title(title: str | None, text: str) -> str | None:
    """The title of the file's properties where the text begins with it: most are of another file or of a template."""
    line = one_line(title or "")
    same = normalise(line)
    return line if same and f"\n{same}\n" in normalise(f"\n{text[:_TITLE_WITHIN]}\n") else None
