"""An answer in the language model's own words, from numbered sentences, each sentence cited.

The server speaks OpenAI's protocol and is asked through llama-index. Whatever it says is outside
text: only sentences that end in a number that exists are kept.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from rag.answer.prompt import MAX_SENTENCES, build_prompt, visible
from rag.errors import LLMFailed, ModelUnavailable, SettingsError
from rag.schema import Citation, Sentence
from rag.settings import Settings
from rag.text.sentences import split_sentences

MAX_ANSWER = 700
"""Characters of an answer (docs: the contract of `ask`)."""
_MAX_TOKENS = 2048  # an answer takes about 500, the rest is for models that think aloud first
_MAX_OUTPUT = 20_000  # characters that are read at all
_RETRIES = 1
_NO_KEY = "none"  # an empty key would let the client look for one in the environment

_CITED = re.compile(r"[\[【]\s*\^?(\d{1,4}(?:\s*[,،;؛]\s*\d{1,4})*)\s*[\]】]")
_NUMBER = re.compile(r"\d{1,4}")
_MARK_THEN_CITED = re.compile(rf"([.؟!?…]+)[ \t]*((?:{_CITED.pattern}[ \t]*)+)")
_LINK = re.compile(r"\]\([^()\s]*\)")
_SITE = "com|net|org|info|io|me|co|ru|cn|xyz|app|dev|top|site|online|link|click|ly|gl|gg|tv|news"
_URL = re.compile(rf"\S*://\S*|\bwww\.\S+|\b(?:[a-z0-9-]+\.)+(?:{_SITE})\b(?:/\S*)?|\S+@\S+\.\S+", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+")
_SPACE_BEFORE_MARK = re.compile(r"\s+([.،؛؟!?…:])")
_ENDED = re.compile(r"[.؟?!؛…][»”\"')\]]*$")
_THOUGHT = re.compile(r"<think>.*\Z", re.DOTALL | re.IGNORECASE)

_KEY_REFUSED = ("key", "does not take the key: check ISNAD_LLM_API_KEY")
_WHAT_A_STATUS_MEANS = {
    401: _KEY_REFUSED,
    403: _KEY_REFUSED,
    404: ("unknown_model", "knows no such model, or its URL is another: check ISNAD_LLM_MODEL and ISNAD_LLM_URL"),
    429: ("limited", "takes no more questions for now: its limit is reached"),
}

_KEPT_HEADERS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent")


def is_configured(settings: Settings) -> bool:
    """Whether answers are to be written.

    Raises:
        SettingsError: one of `ISNAD_LLM_URL` and `ISNAD_LLM_MODEL` is set without the other.
    """
    given = {"ISNAD_LLM_URL": settings.llm_url, "ISNAD_LLM_MODEL": settings.llm_model}
    missing = [name for name, value in given.items() if not value]
    if len(missing) == 1:
        other = next(name for name in given if name not in missing)
        raise SettingsError(
            f"{other} is set but {missing[0]} is not: set both, or neither.",
            what="one_of_two",
            variable=missing[0],
            other=other,
        )
    return not missing


def write_answer(question: str, evidence: Sequence[Citation], settings: Settings) -> tuple[Sentence, ...]:
    """Have the language model answer `question` from `evidence`; blocks for at most `llm_timeout_s` seconds.

    Sentences come in the order they were written, the first ranked 1, and cite by `Citation.number`.

    Raises:
        SettingsError: no model is configured.
        ModelUnavailable: llama-index's client for such servers is not installed.
        LLMFailed: the server failed, was late, or wrote nothing that cites a sentence it was given.
    """
    if not is_configured(settings):
        raise SettingsError("ISNAD_LLM_URL and ISNAD_LLM_MODEL are not set.", what="no_llm", variable="ISNAD_LLM_URL")
    if not evidence:
        raise LLMFailed("There is no evidence to write an answer from.")
    written = _ask(build_prompt(question, evidence), settings)
    sentences = read_draft(written, {citation.number for citation in evidence})
    if not sentences:
        server = _server(settings)
        raise LLMFailed(
            f"The language model at {server} wrote no sentence that cites its source.", what="uncited", server=server
        )
    return sentences


def read_draft(written: str, numbers: set[int]) -> tuple[Sentence, ...]:
    """The sentences of what a model wrote that cite one of `numbers`, at most three and 700 characters."""
    kept: list[Sentence] = []
    room = MAX_ANSWER
    for text, cited in _cited_sentences(written[:_MAX_OUTPUT], numbers):
        if len(kept) == MAX_SENTENCES or len(text) > room:
            break
        kept.append(Sentence(text=text, rank=len(kept) + 1, citations=cited))
        room -= len(text) + 1
    return tuple(kept)


def _cited_sentences(written: str, numbers: set[int]) -> list[tuple[str, tuple[int, ...]]]:
    said = _THOUGHT.sub("", written.rpartition("</think>")[2])
    found: list[tuple[str, tuple[int, ...]]] = []
    for line in said.splitlines():
        plain = _LIST_MARK.sub("", visible(_LINK.sub("]", line)).replace("**", "").replace("`", ""))
        # "…جنديا. [1] وقال" cites for the sentence before the full stop, not for the one behind it
        plain = _MARK_THEN_CITED.sub(lambda match: f" {match[2].strip()}{match[1]} ", plain)
        for sentence in _whole_sentences(plain):
            cited = _numbers_in(sentence, numbers)
            text = _without_marks(sentence)
            if cited and re.search(r"\w", text) and text not in (earlier for earlier, _ in found):
                found.append((text, cited))
    return found


def _whole_sentences(line: str) -> list[str]:
    """The sentences of one line; what was cut only for its length is whole again: half a sentence cites nothing."""
    whole: list[str] = []
    is_cut = False
    for start, end in split_sentences(line):
        part = line[start:end]
        if is_cut:
            whole[-1] += f" {part}"
        else:
            whole.append(part)
        is_cut = _ENDED.search(part) is None
    return whole


def _numbers_in(sentence: str, numbers: set[int]) -> tuple[int, ...]:
    named = [int(number) for match in _CITED.finditer(sentence) for number in _NUMBER.findall(match[1])]
    return tuple(number for number in dict.fromkeys(named) if number in numbers)


def _without_marks(sentence: str) -> str:
    plain = " ".join(_URL.sub(" ", _CITED.sub(" ", sentence)).split())
    return _SPACE_BEFORE_MARK.sub(r"\1", plain)


def _ask(prompt: tuple[str, str], settings: Settings) -> str:
    """What the model says to `prompt`, in a thread of its own: the caller may be inside an event loop."""
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[str] | None]] = []

    async def chat() -> str:
        running.append((asyncio.get_running_loop(), asyncio.current_task()))
        return await _chat(prompt, settings)

    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            return thread.submit(lambda: asyncio.run(chat())).result()
        except KeyboardInterrupt:  # leaving the block waits for the thread: end its wait for the server
            for loop, task in running:
                loop.call_soon_threadsafe(task.cancel if task else loop.stop)
            raise
        except ModelUnavailable:
            raise
        except Exception as error:  # what a server sends can make three libraries raise anything; quoting goes on
            raise _failure(error, settings) from error


def _failure(error: Exception, settings: Settings) -> LLMFailed:
    """What the server's failure means for whoever set it up."""
    kind, server = type(error).__name__, _server(settings)
    status = getattr(error, "status_code", None)
    if "Timeout" in kind:  # ours is the builtin, the client's is openai.APITimeoutError
        what, told = "late", f"was not done within {settings.llm_timeout_s:g} s (ISNAD_LLM_TIMEOUT_S)"
    elif kind == "APIConnectionError":
        what, told = "unreachable", "cannot be reached: see that it runs, and check ISNAD_LLM_URL"
    elif status in _WHAT_A_STATUS_MEANS:
        what, told = _WHAT_A_STATUS_MEANS[status]
    else:
        what, told = "other", f"failed: {kind}" + (f" (HTTP {status})" if status else "")
    return LLMFailed(
        f"The language model at {server} {told}.",
        what=what,
        server=server,
        model=settings.llm_model,
        seconds=f"{settings.llm_timeout_s:g}",
    )


async def _chat(prompt: tuple[str, str], settings: Settings) -> str:
    try:
        import httpx
        from llama_index.core.llms import ChatMessage, MessageRole
        from llama_index.llms.openai_like import OpenAILike
    except ImportError as error:
        raise ModelUnavailable(
            "ISNAD_LLM_URL is set, but its client is not installed: pip install llama-index-llms-openai-like",
            what="no_client",
            install="llama-index-llms-openai-like",
        ) from error

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else _NO_KEY

    async def only_ours(request: httpx.Request) -> None:
        """The client adds headers of its own from OPENAI_* variables and about this machine: they stay here."""
        kept = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        request.headers = httpx.Headers(kept | {"authorization": f"Bearer {key}"})

    # trust_env: no proxy, certificate or .netrc of other programs
    async with httpx.AsyncClient(trust_env=False, event_hooks={"request": [only_ours]}) as client:
        llm = OpenAILike(
            model=settings.llm_model or "",
            api_base=settings.llm_url,
            api_key=key,
            is_chat_model=True,
            temperature=0.0,
            max_tokens=_MAX_TOKENS,
            max_retries=_RETRIES,
            timeout=settings.llm_timeout_s,
            async_http_client=client,
        )
        rules, request = prompt
        messages = [ChatMessage(role=MessageRole.SYSTEM, content=rules), ChatMessage(content=request)]
        async with asyncio.timeout(settings.llm_timeout_s):
            reply = await llm.achat(messages)
    return str(reply.message.content or "")


def _server(settings: Settings) -> str:
    """The server's name without what a URL may hide (user, password, path)."""
    try:
        parts = urlsplit(settings.llm_url or "")
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:
        return "ISNAD_LLM_URL"
