"""What a call carries: form fields, JSON and files, read the way Telegram reads them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.fake_telegram.errors import Json, bad

DISPOSITION = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
NAME_STAR = re.compile(r"filename\*=utf-8''([^;\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in."""

    name: str
    content: bytes
    mime_type: str = "application/octet-stream"


@dataclass(slots=True)
class Params:
    """The parameters of one call; names that Telegram does not know are ignored, as there."""

    fields: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """A string; "" where it is missing."""
        value = self.fields.get(name, default)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; the default where it is missing or none (so does Telegram)."""
        value = self.fields.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """Whether it says yes."""
        return str(self.fields.get(name, "")).lower() in {"true", "yes", "1"}

    def structure(self, name: str, what: str = "") -> Any:
        """A JSON value, given as such or as JSON in a string; None where it is missing or empty."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what or name} JSON object") from None

    def summary(self) -> Json:
        """What the transcript keeps: strings of JSON opened, files by name and size."""
        opened = {name: _opened(value) for name, value in self.fields.items()}
        sizes = {name: {"file_name": file.name, "size": len(file.content)} for name, file in self.files.items()}
        return opened | sizes


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def read_params(query: str, content_type: str, body: bytes) -> Params:
    """The parameters of a request, from its address and from its body."""
    params = Params(dict(_form(query)) if query else {})
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        boundary = content_type.partition("boundary=")[2].strip('" ').partition(";")[0].strip('"')
        _read_parts(params, body, b"--" + boundary.encode())
    elif kind == "application/json":
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise bad("can't parse JSON object")
        params.fields |= {name: value for name, value in found.items() if value is not None}
    elif body:
        try:
            params.fields |= dict(_form(body.decode("ascii")))
        except UnicodeDecodeError:
            raise bad("strings must be encoded in UTF-8") from None
    return params


def _form(encoded: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise bad("strings must be encoded in UTF-8") from None


def _read_parts(params: Params, body: bytes, boundary: bytes) -> None:
    """Read a multipart body into fields and files."""
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("utf-8", "replace").split("\r\n") if ": " in line)
        lowered = {name.lower(): value for name, value in headers.items()}
        said = dict(DISPOSITION.findall(lowered.get("content-disposition", "")))
        content = content.removesuffix(b"\r\n")
        if "filename" in said or NAME_STAR.search(lowered.get("content-disposition", "")):
            mime_type = lowered.get("content-type", "application/octet-stream")
            params.files[said["name"]] = Upload(said.get("filename", "file"), content, mime_type)
        elif "name" in said:
            try:
                params.fields[said["name"]] = content.decode()
            except UnicodeDecodeError:
                raise bad("strings must be encoded in UTF-8") from None
