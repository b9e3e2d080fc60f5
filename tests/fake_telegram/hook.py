"""The webhook: the methods that set it, and the delivery to it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from threading import Condition
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from tests.fake_telegram.errors import Json, bad
from tests.fake_telegram.params import Params
from tests.fake_telegram.world import World

PORTS = (443, 80, 88, 8443)
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MAX_CONNECTIONS = 100
RESPONSE_SECONDS = 30.0


def set_webhook(world: World, params: Params) -> bool:
    """setWebhook: an https address on one of four ports; an empty one takes the webhook away."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return delete_webhook(world, params)
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if not 1 <= params.integer("max_connections", 40) <= MAX_CONNECTIONS:
        raise bad("max_connections must be from 1 to 100")
    world.updates.allow(params.structure("allowed_updates"))
    if params.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    world.webhook = {"url": url, "secret": secret, "max_connections": params.integer("max_connections", 40)}
    return True


def delete_webhook(world: World, params: Params) -> bool:
    """deleteWebhook."""
    world.webhook = {}
    if params.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    return True


def webhook_info(world: World, params: Params) -> Json:
    """getWebhookInfo."""
    found: Json = {
        "url": world.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting),
        "allowed_updates": sorted(world.updates.allowed),
    }
    if world.webhook:
        found["max_connections"] = world.webhook["max_connections"]
        found |= {
            name: world.webhook[name] for name in ("last_error_date", "last_error_message") if name in world.webhook
        }
    return found


HOOK: dict[str, Callable[[World, Params], Any]] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}


async def deliver_update(update: Json, webhook: Json, proxy: str) -> tuple[int, bytes]:
    """POST an update to the webhook, by way of the proxy, and return what was answered; OSError where none was."""
    public, real = urlsplit(webhook["url"]), urlsplit(proxy)
    if not real.hostname:
        raise ConnectionRefusedError("no webhook proxy is named, and this server speaks no TLS")
    path = (public.path or "/") + (f"?{public.query}" if public.query else "")
    body = json.dumps(update, ensure_ascii=False).encode()
    head = [f"POST {path} HTTP/1.1", f"Host: {public.netloc}", "Content-Type: application/json"]
    head += [f"Content-Length: {len(body)}", "Connection: close"]
    if webhook["secret"]:
        head.append(f"X-Telegram-Bot-Api-Secret-Token: {webhook['secret']}")
    async with asyncio.timeout(RESPONSE_SECONDS):
        reader, writer = await asyncio.open_connection(real.hostname, real.port or 80)
        try:
            writer.write("\r\n".join([*head, "", ""]).encode() + body)
            answer = await reader.read()
        finally:
            writer.close()
    status, _, rest = answer.partition(b"\r\n")
    if not status.startswith(b"HTTP/1."):
        raise ConnectionResetError("the webhook hung up")
    return int(status.split()[1]), rest.partition(b"\r\n\r\n")[2]


async def deliver_all(world: World, lock: Condition, call: Callable[[str, Params], Awaitable[object]]) -> None:
    """Deliver what waits, oldest first, as long as a webhook is set and takes it; wait a while where it does not."""
    while True:
        with lock:
            webhook, waiting = world.webhook, world.updates.next(1, monotonic())
        if not webhook or not waiting:
            return
        try:
            status, body = await deliver_update(waiting[0], webhook, world.options.webhook_proxy)
            failure = "" if status // 100 == 2 else f"Wrong response from the webhook: {status}"
        except (OSError, TimeoutError) as error:
            failure, body = str(error) or "Connection timed out", b""
        if failure:
            webhook |= {"last_error_date": int(world.now()), "last_error_message": failure}
            await asyncio.sleep(world.options.webhook_retry_seconds)
            continue
        with lock:
            world.updates.acknowledge(waiting[0]["update_id"] + 1, monotonic())
            lock.notify_all()
        if body.startswith(b"{"):
            fields = json.loads(body)
            await call(str(fields.pop("method", "")), Params(fields))
