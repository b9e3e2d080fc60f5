from __future__ import annotations

import asyncio
import io
import json
import os
import stat
import sys
import zipfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.limited_ingest import Outcome, outcome_from
from bot.telegram import uploads
from bot.telegram.fair_queue import lane_of
from bot.texts import say
from rag.index.lock import home_lock
from tests.bot.telegram.live import ADMIN, Live, live_bot
from tests.corpus import PAGES
from tests.fake_telegram.people import Room
from tests.fake_telegram.seen import Seen

MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069`"))
BRIDGE = PAGES["bridge.txt"].encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with live_bot(tmp_path / "home", upload_max_mb=1) as live:
        yield live


@pytest.fixture
def room(live: Live) -> Room:
    return live.telegram.user(ADMIN, language_code="ar").private()


def send(live: Live, room: Room, name: str, content: bytes, **more: Any) -> str:
    """Send a document; the one message that comes back."""
    found: list[Seen] = live.after(room, room.send_document(name, content, **more))
    assert len(found) == 1
    return found[0].text.translate(MARKS)


def told(key: str, **values: object) -> str:
    return say(key, "ar", **values).translate(MARKS)


def stored(live: Live) -> list[str]:
    folder = live.app.settings.home / uploads.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def counted(read: int, added: int, name: str = "bridge.txt") -> str:
    return told("bot.upload.done", name=name, num_read=read, num_added=added, num_changed=0, num_unchanged=read - added)


def test_a_document_becomes_articles_that_answer(live: Live, room: Room) -> None:
    text = send(live, room, "../../etc/bridge.TXT", BRIDGE, caption="/ingest")
    assert text.splitlines()[0] == counted(1, 1, "bridge.TXT")
    assert "• افتتاح جسر الوادي الجديد" in text
    name = blake2b(BRIDGE, digest_size=16).hexdigest() + ".txt"
    assert stored(live) == [name]
    path = live.app.settings.home / uploads.FOLDER / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    answer = live.say(room, "كم يبلغ طول جسر الوادي الجديد؟")[0]
    assert f"uploads/{name}" in answer.text
    again = send(live, room, "other name.txt", BRIDGE)
    assert again.splitlines()[0] == told("bot.upload.same", name="other name.txt", num_read=1)
    assert stored(live) == [name]


def test_a_feed_says_what_was_read_and_what_was_left_out(live: Live, room: Room) -> None:
    lines = [json.dumps({"id": n, "title": f"خبر {n}", "text": f"نص الخبر رقم {n} عن المدينة."}) for n in range(5)]
    text = send(live, room, "feed.jsonl", "\n".join([*lines, "{", '{"id": 9}']).encode())
    assert text.splitlines()[0] == counted(5, 5, "feed.jsonl")
    assert [line for line in text.splitlines() if line.startswith("•")] == ["• خبر 0", "• خبر 1", "• خبر 2"]
    reasons = f"{told('skip.bad_json')}، {told('skip.no_text')}"
    assert text.endswith(told("bot.upload.skipped", num_skipped=2, reasons=reasons))


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("a.txt", BRIDGE)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("bridge.txt", zipped(), "binary"), ("page.md", PNG, "binary"), ("feed.jsonl", b"[" * 100_000, "bad_json")],
    ids=["zip", "png", "deep"],
)
def test_what_is_not_what_its_name_says_is_not_kept(
    live: Live, room: Room, name: str, content: bytes, reason: str
) -> None:
    expected = told("bot.upload.nothing", name=name, reasons=told(f"skip.{reason}"))
    assert send(live, room, name, content) == expected
    assert stored(live) == []
    assert live.app.catalogue.overview().num_articles == 0


@pytest.mark.parametrize(
    ("name", "content", "more", "key"),
    [
        ("page.doc", BRIDGE, {}, "kind"),
        ("bridge.txt.exe", BRIDGE, {}, "kind"),
        ("../../etc/passwd", BRIDGE, {}, "kind"),
        (".txt", BRIDGE, {}, "kind"),
        ("", BRIDGE, {}, "kind"),
        ("empty.txt", b"", {}, "empty"),
        ("huge.txt", b"x" * (2 << 20), {}, "size"),
        ("lying.txt", b"x" * (2 << 20), {"size": 10}, "broken"),
        ("lines.jsonl", b"{\n" * 30_000, {}, "lines"),
    ],
)
def test_what_is_not_even_read(
    live: Live, room: Room, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, more: Any, key: str
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    values = {"size": {"most_mb": "1"}, "lines": {"num_lines": "20,000"}}.get(key, {})
    assert send(live, room, name, content, **more) == told(f"bot.upload.{key}", **values)
    assert stored(live) == []


def test_what_cannot_be_fetched_is_said(live: Live, room: Room) -> None:
    live.telegram.fail("getFile", "bad_request")
    assert send(live, room, "bridge.txt", BRIDGE) == told("bot.upload.broken")


def test_a_name_steers_nothing(live: Live, room: Room) -> None:
    live.telegram.fail("getFile", "bad_request", times=0)
    name = "\u202e<b>x</b>`&" + "ا" * 300 + ".md"
    text = send(live, room, name, PNG)
    assert "\u202e" not in text
    assert len(text) < 300


@pytest.mark.parametrize("program", ["print('no JSON')", "import os; os.kill(os.getpid(), 9)", "print('[1]')"])
def test_a_reader_that_dies_is_said_and_nothing_is_kept(
    live: Live, room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", script(tmp_path, program))
    assert send(live, room, "bridge.txt", BRIDGE) == told("bot.upload.crashed", name="bridge.txt")
    assert stored(live) == []


def test_a_reader_that_takes_too_long_is_ended(
    live: Live, room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    program = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr(sys, "executable", script(tmp_path, program))
    monkeypatch.setattr(uploads, "TIME_LIMIT_S", 1.0)
    assert send(live, room, "bridge.txt", BRIDGE) == told("bot.upload.timeout", name="bridge.txt")
    assert stored(live) == []
    if pid.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)


def test_what_the_ingest_refuses_is_said(live: Live, room: Room, tmp_path: Path) -> None:
    (live.app.settings.home / "isnad.db").write_bytes(b"no database " * 1000)
    text = send(live, room, "bridge.txt", BRIDGE)
    assert text.startswith(told("bot.upload.failed", name="bridge.txt", detail="X").split("X")[0])
    assert stored(live) == []


def test_a_writer_at_work_is_waited_for_and_the_bot_answers_meanwhile(
    live: Live, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = live.telegram.user(5, language_code="ar").private()
    has_begun, begin = asyncio.Event(), uploads._ingest

    async def ingest(*arguments: Any) -> Outcome:
        has_begun.set()
        return await begin(*arguments)

    async def both() -> None:
        monkeypatch.setattr(uploads, "_ingest", ingest)
        with home_lock(live.app.settings.home):
            room.send_document("bridge.txt", BRIDGE)
            reading = asyncio.create_task(live._handle())
            await has_begun.wait()
            reader.say("/new")
            await live._handle()
            assert reader.messages(by_bot=True)
            assert not reading.done()
        await reading

    live.run(both())
    assert room.messages(by_bot=True)[-1].text.translate(MARKS).startswith(counted(1, 1))


def test_a_document_waits_for_no_question_of_its_chat_and_holds_up_none() -> None:
    message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}
    document = {"document": {"file_id": "a", "file_unique_id": "b"}}
    lanes = {
        lane_of(Update.de_json({"update_id": 1, "message": message | more}, bot=None))
        for more in (document, {"text": "/new"})
    }
    assert len(lanes) == 2


def test_ingest_alone_says_what_to_send(live: Live, room: Room) -> None:
    seen = live.say(room, "/ingest")
    assert [one.text.translate(MARKS) for one in seen] == [told("bot.upload.ask", most_mb="1")]
    group = live.telegram.group(-5, person=room.person)
    assert [one.text for one in live.say(group, "/ingest")] == [say("bot.upload.private", "ar")]


def test_documents_of_others_and_in_groups_are_not_read(
    live: Live, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    reader = live.telegram.user(5, language_code="ar")
    assert send(live, reader.private(), "bridge.txt", BRIDGE, caption="/ingest") == told("bot.only_text")
    live.telegram.options.privacy = False
    group = live.telegram.group(-5, person=room.person)
    assert live.after(group, group.send_document("bridge.txt", BRIDGE, caption="/ingest", by=reader)) == []
    assert live.after(group, group.send_document("bridge.txt", BRIDGE)) == []
    assert send(live, group, "bridge.txt", BRIDGE, caption="/ingest") == told("bot.upload.private")
    assert stored(live) == []


def test_an_outcome_is_read_as_it_was_printed() -> None:
    outcome = Outcome(3, 2, 1, 0, 1, ("empty",), ("عنوان",))
    line = json.dumps({name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}).encode()
    assert outcome_from(line) == outcome
    for broken in (b"", b"null", b"{}", b"[]", line[:-2]):
        with pytest.raises(ValueError, match=r".*"):
            outcome_from(broken)


def script(folder: Path, program: str) -> str:
    """A program to run in the interpreter's place, whatever its arguments."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{program}\n")
    path.chmod(0o755)
    return str(path)
