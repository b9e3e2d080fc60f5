"""`python -m tests.fake_telegram --port 8081 --token 123456:TEST…`: a Telegram to try a bot on, by hand or by script.

Set TELEGRAM_API_BASE=http://127.0.0.1:8081 and TELEGRAM_BOT_TOKEN to the same token for the bot, then play the
users: `curl -d '{"user": 7, "text": "/start"}' http://127.0.0.1:8081/control/say`, and read what it answered:
`curl 'http://127.0.0.1:8081/control/answer?user=7'`. `curl http://127.0.0.1:8081/control` lists the rest.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from tests.fake_telegram.control import Control
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.options import Options
from tests.fake_telegram.server import TOKEN


def main() -> int:
    """Serve until a signal says stop."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fake_telegram", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--token", default=TOKEN, help="the bot's token (default: %(default)s)")
    parser.add_argument("--transcript", type=Path, help="write every call and update to this file, a JSON line each")
    parser.add_argument("--webhook-proxy", default="", help="where the webhook really listens: http://127.0.0.1:PORT")
    parser.add_argument("--privacy", action="store_true", help="hide from the bot what is not for it in groups")
    parser.add_argument(
        "--limits", action="store_true", help="Telegram's flood limits: 1/s a chat, 20/min a group, 30/s"
    )
    given = parser.parse_args()
    options = Options(privacy=given.privacy, webhook_proxy=given.webhook_proxy)
    if given.limits:
        options.per_chat, options.per_group, options.overall = (3, 3.0), (20, 60.0), (30, 1.0)
    telegram = FakeTelegram(given.token, port=given.port, options=options, transcript=given.transcript)
    telegram.control = Control(telegram)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with telegram:
        sys.stdout.write(f"Listening at {telegram.url} for the bot with the token {given.token}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
