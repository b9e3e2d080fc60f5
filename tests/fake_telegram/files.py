"""Methods that carry files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.fake_telegram.chats import StoredFile
from tests.fake_telegram.errors import ApiError, Json, bad
from tests.fake_telegram.params import Params, Upload
from tests.fake_telegram.sending import caption_of, deliver
from tests.fake_telegram.world import World

MAX_UPLOAD, MAX_DOWNLOAD = 50 * 2**20, 20 * 2**20
LINK_SECONDS = 3600.0


def keep_file(world: World, content: bytes, folder: str, name: str, *, size: int | None = None) -> StoredFile:
    """Keep a file under an id and a path of Telegram's own; `size` is what is said of it, if not the truth."""
    number = next(world.numbers)
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
    file_id = f"BQACAgQAAxkBAAI{number:06d}fake-telegram{number * 7919:010d}"
    path = f"{folder}/file_{number}{ending[0].lower() if ending else ''}"
    world.files[file_id] = StoredFile(file_id, content, len(content) if size is None else size, path)
    return world.files[file_id]


def document_json(file: StoredFile, name: str, mime_type: str) -> Json:
    """The Document of the Bot API."""
    found: Json = {"file_id": file.file_id, "file_unique_id": file.file_id[-16:], "file_size": file.size}
    return found | {"file_name": name, "mime_type": mime_type}


def send_document(world: World, params: Params) -> Json:
    """sendDocument, with a file or with the id of one that Telegram has."""
    caption, entities = caption_of(params)
    given = params.files.get("document") or _attached(params)
    if isinstance(given, Upload):
        if not given.content:
            raise bad("file must be non-empty")
        if len(given.content) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        world.reach(params.fields.get("chat_id"))
        file = keep_file(world, given.content, "documents", given.name)
        document = document_json(file, given.name, given.mime_type)
    elif given in world.files:
        document = document_json(world.files[given], "file", "application/octet-stream")
    else:
        raise bad("wrong file identifier/HTTP URL specified")
    return deliver(world, params, caption=caption, caption_entities=entities, content={"document": document})


def _attached(params: Params) -> Upload | str:
    """The file that `document` names as attach://part, else the string itself."""
    named = params.text("document")
    if not named:
        raise bad("there is no document in the request")
    return params.files.get(named.removeprefix("attach://"), named)


def get_file(world: World, params: Params) -> Json:
    """getFile: a link for an hour, to files of at most 20 MB."""
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad(
            "wrong file_id or the file is temporarily unavailable" if params.text("file_id") else "invalid file_id"
        )
    if max(file.size, len(file.content)) > MAX_DOWNLOAD:
        raise bad("file is too big")
    file.linked = world.now()
    return file.as_json()


def linked_file(world: World, path: str) -> bytes:
    """The content of a file that getFile gave a link to."""
    for file in world.files.values():
        if file.path == path and file.linked and world.now() - file.linked <= LINK_SECONDS:
            return file.content
    raise ApiError(404, "Not Found")


FILES: dict[str, Callable[[World, Params], Any]] = {"sendDocument": send_document, "getFile": get_file}
