"""Refuses every connection that leaves the machine, and writes it down.

The folder of this file is on PYTHONPATH while tests run, so that Python imports it at the start of every
process they start (that is what the name does: https://docs.python.org/3/library/site.html). An audit hook
sees every socket that Python opens and can not be taken off again; what Rust or C libraries open by
themselves it does not see.
"""

from __future__ import annotations

import os
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

LOG = "NETWORK_GUARD_LOG"
"""The variable that names the file of refused attempts; without it the guard stays off."""

CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKING_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


class NetworkForbidden(RuntimeError):  # no OSError: code that survives a bad network must not survive this
    """Something wanted to leave the machine."""


def is_local(host: object) -> bool:
    """Whether `host`, a name or an address, is this machine's loopback."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"", "localhost"}:
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def hosts_of(event: str, arguments: tuple[Any, ...]) -> list[object]:
    """The hosts that an audit event is about; none where it is not about the internet."""
    if event in LOOKING_UP:
        return [arguments[0]]
    if event in CONNECTING and arguments[0].family in {socket.AF_INET, socket.AF_INET6} and arguments[1]:
        return [arguments[1][0]]
    return []


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise NetworkForbidden for whatever is not local, after writing it into the log."""
    for host in hosts_of(event, arguments):
        if not is_local(host):
            with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
                log.write(f"{event} {host!r}\n")
            raise NetworkForbidden(f"{event} {host!r}: tests stay on this machine")


if os.environ.get(LOG):
    sys.addaudithook(guard)
