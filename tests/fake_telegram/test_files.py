"""Documents in both directions."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from tests.fake_telegram.conftest import Call
from tests.fake_telegram.fake import FakeTelegram

BOUNDARY = "----boundary"


def upload(server: FakeTelegram, content: bytes, *, name: str = "export.json", **fields: str) -> tuple[int, Any]:
    """sendDocument with a multipart body."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="document"; filename="{name}"\r\n'
    body = "".join(parts).encode() + head.encode() + b"Content-Type: application/json\r\n\r\n" + content
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", f"/bot{server.token}/sendDocument", body + f"\r\n--{BOUNDARY}--\r\n".encode(), headers)
    response = connection.getresponse()
    found = json.loads(response.read())
    connection.close()
    return response.status, found.get("result", found.get("description"))


def download(server: FakeTelegram, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", f"/file/bot{server.token}/{path}")
    response = connection.getresponse()
    try:
        return response.status, response.read()
    finally:
        connection.close()


def test_a_document_of_the_bot(server: FakeTelegram) -> None:
    chat = server.user(7).private()
    content = b'{"a": "\r\n--\x00\xff"}\r\n'
    status, sent = upload(server, content, chat_id="7", caption="<b>ملفك</b>", parse_mode="HTML")
    assert status == 200
    shape = sent["document"]
    assert (shape["file_name"], shape["mime_type"], shape["file_size"]) == (
        "export.json",
        "application/json",
        len(content),
    )
    [seen] = server.messages(chat)
    assert (seen.caption, seen.document) == ("ملفك", shape)
    assert server.world.files[shape["file_id"]].content == content
    noted = server.transcript.calls[-1].params
    assert noted["document"] == {"file_name": "export.json", "size": len(content)}


def test_documents_that_are_refused(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    assert upload(server, b"", chat_id="7") == (400, "Bad Request: file must be non-empty")
    assert upload(server, b"x", chat_id="8") == (400, "Bad Request: chat not found")
    assert upload(server, b"x", chat_id="7", caption="x" * 1025) == (400, "Bad Request: message caption is too long")
    assert upload(server, bytes(50 * 2**20 + 1), chat_id="7") == (413, "Request Entity Too Large")
    assert call("sendDocument", chat_id=7) == (400, "Bad Request: there is no document in the request")
    odd = call("sendDocument", chat_id=7, document="nonsense")
    assert odd == (400, "Bad Request: wrong file identifier/HTTP URL specified")
    assert server.messages(chat) == []


def test_a_document_of_a_person(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    chat.send_document("../../etc/passwd", b"root", caption="/ingest")
    [update] = call("getUpdates")[1]
    document = update["message"]["document"]
    assert (document["file_name"], update["message"]["caption"]) == ("../../etc/passwd", "/ingest")
    assert update["message"]["caption_entities"][0]["type"] == "bot_command"
    path = server.world.files[document["file_id"]].path
    assert download(server, path)[0] == 404
    status, file = call("getFile", file_id=document["file_id"])
    assert (status, file["file_path"], file["file_size"]) == (200, path, 4)
    assert ".." not in path
    assert download(server, path) == (200, b"root")
    server.advance(3601)
    assert download(server, path)[0] == 404


def test_files_that_telegram_does_not_give(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    chat.send_document("big.txt", b"x", size=20 * 2**20 + 1)
    chat.send_document("lying.txt", bytes(1000), size=10)
    big, lying = (one["message"]["document"] for one in call("getUpdates")[1])
    assert call("getFile", file_id=big["file_id"]) == (400, "Bad Request: file is too big")
    assert call("getFile", file_id="x") == (400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    path = call("getFile", file_id=lying["file_id"])[1]["file_path"]
    assert len(download(server, path)[1]) == 1000


def test_a_download_fails_as_a_call_does(server: FakeTelegram, call: Call) -> None:
    server.user(7).private().send_document("a.txt", bytes(1000))
    [update] = call("getUpdates")[1]
    path = call("getFile", file_id=update["message"]["document"]["file_id"])[1]["file_path"]
    server.fail("download", "half")
    with pytest.raises(http.client.IncompleteRead):
        download(server, path)
    server.fail("download", "internal")
    assert download(server, path)[0] == 500
    assert [one.params["path"] for one in server.transcript.of("download")] == [path, path]
