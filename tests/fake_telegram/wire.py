"""HTTP/1.1 as far as a bot needs it, on asyncio, with every means to be a bad server."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

MAX_HEAD, MAX_BODY = 64 * 2**10, 55 * 2**20


@dataclass(slots=True)
class Request:
    """A request whose body came in whole."""

    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(slots=True)
class Reply:
    """A response. `cut`: only half of the body is sent, then the connection closes. `drop`: nothing is sent."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False


class Application(Protocol):
    """What a connection asks about requests."""

    def drops(self, path: str) -> bool:
        """Whether to hang up though only the head was read."""

    def respond(self, request: Request) -> Coroutine[Any, Any, Reply]:
        """The response; it is cancelled when the client hangs up."""


class Connection(asyncio.Protocol):
    """One connection, kept open between requests, which are answered one after the other."""

    def __init__(self, application: Application, connections: set[Connection]) -> None:
        self.application, self.connections = application, connections
        self.buffer = bytearray()
        self.head: Request | None = None
        self.length = 0
        self.task: asyncio.Task[None] | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connections.discard(self)
        if self.task:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.advance()

    def advance(self) -> None:
        """Answer the next request, once it is there and the last one is answered."""
        if self.task or self.transport.is_closing():
            return
        if self.head is None and not self.read_head():
            return
        assert self.head is not None
        if len(self.buffer) < self.length:
            return
        self.head.body = bytes(self.buffer[: self.length])
        del self.buffer[: self.length]
        request, self.head = self.head, None
        self.task = asyncio.get_running_loop().create_task(self.answer(request))

    def read_head(self) -> bool:
        """Read the head of a request; False where it is not there yet or will not be answered as usual."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self.buffer) > MAX_HEAD:
                self.refuse(431)
            return False
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        del self.buffer[: end + 4]
        try:
            verb, target, _ = lines[0].split(" ")
            headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
            self.length = int(headers.get("content-length", 0))
        except ValueError:
            self.refuse(400)
            return False
        address = urlsplit(target)
        self.head = Request(verb, unquote(address.path), address.query, headers)
        if self.application.drops(self.head.path):
            self.transport.abort()
            return False
        if "transfer-encoding" in headers or self.length > MAX_BODY:
            self.refuse(413 if self.length > MAX_BODY else 411)
            return False
        if headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def refuse(self, status: int) -> None:
        """Say no and hang up."""
        said = f'{{"ok":false,"error_code":{status},"description":"{HTTPStatus(status).phrase}"}}'
        self.send(Reply(status, said.encode()), close=True)

    async def answer(self, request: Request) -> None:
        """Answer one request, then turn to the next."""
        reply = await self.application.respond(request)
        self.task = None
        if reply.drop:
            self.transport.close()
            return
        self.send(reply, close=reply.cut or request.headers.get("connection", "").lower() == "close")
        self.advance()

    def send(self, reply: Reply, *, close: bool) -> None:
        """Write a response."""
        head = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            "Server: nginx/1.18.0",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            f"Connection: {'close' if close else 'keep-alive'}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        body = reply.body[: len(reply.body) // 2] if reply.cut else reply.body
        self.transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        if close:
            self.transport.close()
