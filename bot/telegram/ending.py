"""The end of the process, within its limit whatever still runs."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress

EDGE_S = 0.3
"""Kept of the limit for the way out."""
_THREAD_S = 0.2

_log = logging.getLogger(__name__)


class Edge:
    """The last moment at which the process may still be there, once it began to end."""

    def __init__(self, limit_s: float) -> None:
        self._seconds = max(limit_s - EDGE_S, 0.1)
        self._timer: threading.Timer | None = None

    def start(self, exit_code: int, why: str) -> None:
        """From now on the time runs; it does so once, and what ended the process first names the exit code."""
        if self._timer is not None:
            return
        self._timer = threading.Timer(self._seconds, _leave, (exit_code, why))
        self._timer.daemon = True
        self._timer.start()

    def settle(self) -> None:
        """Call the edge off where nothing is left that could hold the process up."""
        if self._timer is None:
            return
        others = [thread for thread in threading.enumerate() if not thread.daemon]
        for thread in others:
            if thread not in {threading.main_thread(), threading.current_thread()}:
                thread.join(_THREAD_S)
                if thread.is_alive():
                    return
        self._timer.cancel()


def _leave(exit_code: int, why: str) -> None:
    """End the process here and now.

    Python waits at its end for every worker thread, and a thread that waits for a language model's
    server cannot be told to stop. Nothing is lost: each question is in the inbox until it is answered.
    """
    _log.warning("%s: the time to stop is over, something is still at work", why)
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a stream that is gone must not keep the process
            stream.flush()
    os._exit(exit_code)
