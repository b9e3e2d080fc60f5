"""A part of a page in a file of its own, as it is copied out of one: its article is read, and a menu is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.html import extract_html
from rag.ingest import ingest
from rag.settings import load_settings
from tests.articles.documents import ARTICLE, write

TITLE, _, _, FIRST, SECOND = ARTICLE
SHORT = "افتتح الوزير الجسر اليوم."
MENU = "<ul><li><a href='/'>الرئيسية</a></li><li><a href='/s'>رياضة</a></li></ul>"
SAVED = "<!-- saved from https://example.org/articles/2024/05/12/bridge -->"

PARTS = {
    "a paragraph": (f"<p>{FIRST}</p>", [FIRST]),
    "a short paragraph": (f"<p>{SHORT}</p>", [SHORT]),
    "two paragraphs": (f"<p>{FIRST}</p><p>{SECOND}</p>", [FIRST, SECOND]),
    "a division of one paragraph": (f"<div><p>{FIRST}</p></div>", [FIRST]),
    "a division of text": (f"<div>{SHORT}</div>", [SHORT]),
    "a division of lines": (f"<div>{FIRST}<br>{SECOND}</div>", [FIRST, SECOND]),
    "a division in a division": (f"<div><div><p>{FIRST}</p><p>{SECOND}</p></div></div>", [FIRST, SECOND]),
    "an article of one paragraph": (f"<article><div><p>{SHORT}</p></div></article>", [SHORT]),
    "a heading and a paragraph": (f"<h1>{TITLE}</h1><p>{SHORT}</p>", [TITLE, SHORT]),
    "both in a division": (f"<div class='w'><div><h1>{TITLE}</h1><p>{FIRST}</p></div></div>", [TITLE, FIRST]),
    "a heading and text": (f"<div><h1>{TITLE}</h1>{SHORT}</div>", [TITLE, SHORT]),
    "a text with a link": (f"<p>قال <a href='/m'>الوزير</a> أمس: {FIRST}</p>", [f"قال الوزير أمس: {FIRST}"]),
    "a page below a long comment": (f"{SAVED}<html><body><div><p>{FIRST}</p></div></body></html>", [FIRST]),
    "a cell": (f"<table><tr><td>{FIRST}</td></tr></table>", [FIRST]),
    "a quotation": (f"<blockquote>{FIRST}</blockquote>", [FIRST]),
}


@pytest.mark.parametrize(("part", "lines"), PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_the_article_of_a_part_is_read(part: str, lines: list[str], encoding: str) -> None:
    assert extract_html(part.encode(encoding)).text.splitlines() == lines


UNDER = "سيرة الجسر"
HEADED = f"<h2>{TITLE}</h2><p>{FIRST}</p><h3>{UNDER}</h3><p>{SECOND}</p>"


@pytest.mark.parametrize(
    "page",
    [
        HEADED,
        HEADED.replace("h2", "h1"),
        f"<div class='post'>{HEADED}</div>",
        f"<div><center>{HEADED}</center></div>",
        f"<html><body>{HEADED}</body></html>",
        f"<html><head><title>{TITLE} - الجسر نت</title></head><body>{HEADED.replace('h2', 'h1')}</body></html>",
        f"<html><body><article>{HEADED}</article></body></html>",
    ],
)
def test_what_is_nothing_but_an_article_keeps_its_headings(page: str) -> None:
    found = extract_html(page.encode())
    assert (found.title, found.text.splitlines()) == (TITLE, [TITLE, FIRST, UNDER, SECOND])


def test_a_heading_in_the_midst_of_a_text_is_not_its_title() -> None:
    found = extract_html(f"<p><b>{TITLE}</b></p><p>{FIRST}</p><h2>{UNDER}</h2><p>{SECOND}</p>".encode())
    assert (found.title, found.text.splitlines()) == (None, [TITLE, FIRST, UNDER, SECOND])


@pytest.mark.parametrize("menu", [MENU, f"<nav>{MENU}</nav>", f"<div>{MENU}</div>"])
def test_the_menu_above_a_bare_article_is_none_of_it(menu: str) -> None:
    page = f"<html><body>{menu}<h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"
    assert extract_html(page.encode()).text.splitlines() == [TITLE, FIRST, SECOND]


@pytest.mark.parametrize(
    "part",
    [
        f"<nav>{MENU}</nav>",
        MENU,
        f"<div>{MENU}</div>",
        f"<div><div>{MENU}</div></div>",
        "<div><a href='/'>الرئيسية</a> | <a href='/s'>رياضة</a></div>",
        "<p><a href='/'>الرئيسية</a></p>",
        f"<h1>{TITLE}</h1>",
        f"<h2>{TITLE}</h2>",
        f"<div><h2>{TITLE}</h2></div>",
        f"<div><div>{MENU}<h1>{TITLE}</h1></div></div>",
        f"<title>{TITLE}</title>",
        f"<html><head><title>{TITLE}</title></head><body><h2>{TITLE}</h2>{MENU}</body></html>",
        "<footer><p>جميع الحقوق محفوظة</p></footer>",
        "<div><form><input name='q'><button>بحث</button></form></div>",
        "<div><script>var x = 1;</script></div>",
        "<p>&nbsp;</p>",
        "<!DOCTYPE p [<!ENTITY a 'خبر'><!ENTITY b '&a;&a;&a;&a;'>]><p>&b;</p>",
        '{"error": "not found"}',
    ],
)
def test_a_menu_or_a_title_alone_is_no_article(part: str) -> None:
    with pytest.raises(RefusedError) as refused:
        extract_html(part.encode())
    assert refused.value.reason == "no_text"


def test_a_folder_of_parts_is_ingested_but_for_its_menu(tmp_path: Path) -> None:
    for number, (part, _) in enumerate(PARTS.values()):
        write(tmp_path / "parts", f"{number}.html", part)
    write(tmp_path / "parts", "menu.html", f"<div>{MENU}</div>")
    report = ingest([tmp_path / "parts"], load_settings(home=tmp_path / "home"))
    assert [(item.source, item.reason) for item in report.skipped] == [("menu.html", "no_text")]
    assert report.num_articles == len(PARTS)
