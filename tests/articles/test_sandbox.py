"""The process that opens documents: its limits hold, and what ends it costs one file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from rag.articles import extracting
from rag.articles.formats.extracted import RefusedError
from rag.articles.read import read_articles
from rag.articles.sandbox import Limits, Sandbox
from rag.ingest import ingest
from tests.articles.documents import ARTICLE, docx, html, painted, pdf, write
from tests.corpus import settings_for

# Twice as much as the libraries take, and less than these pages.
TIGHT = Limits(memory=300 << 20)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents: dict[str, bytes | str] = {
        "html": html(ARTICLE),
        "pdf": pdf([painted(ARTICLE)]),
        "docx": docx(ARTICLE),
    }
    return {kind: write(tmp_path, f"a.{kind}", content) for kind, content in contents.items()}


def child_of(sandbox: Sandbox) -> subprocess.Popen[bytes]:
    assert sandbox._child is not None
    return sandbox._child


def test_one_process_reads_every_kind(sandbox: Sandbox, files: dict[str, Path]) -> None:
    assert sandbox.extract(files["html"], "html").text.splitlines() == list(ARTICLE)
    process = child_of(sandbox).pid
    assert sandbox.extract(files["pdf"], "pdf").text.splitlines() == list(ARTICLE)
    assert sandbox.extract(files["docx"], "docx").text.splitlines() == list(ARTICLE)
    assert child_of(sandbox).pid == process


def test_no_process_is_started_before_it_is_needed(sandbox: Sandbox, tmp_path: Path) -> None:
    assert list(read_articles(write(tmp_path, "a.txt", ARTICLE[0]), "a.txt", sandbox=sandbox))
    assert list(read_articles(write(tmp_path, "a.pdf", b""), "a.pdf", sandbox=sandbox))
    assert sandbox._child is None


def test_the_libraries_are_loaded_in_the_process_alone(files: dict[str, Path]) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.articles.sandbox import Sandbox; import rag.articles.read\n"
        f"with Sandbox() as s: s.extract(Path({str(files['docx'])!r}), 'docx')\n"
        "print({'lxml', 'trafilatura', 'pypdf', 'docx'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_the_process_ends_with_the_block(files: dict[str, Path]) -> None:
    with Sandbox() as sandbox:
        sandbox.extract(files["html"], "html")
        child = child_of(sandbox)
    assert child.returncode is not None


def test_what_takes_too_long_is_given_up_and_the_next_is_read(files: dict[str, Path]) -> None:
    with Sandbox(Limits(wall_s=0.0)) as sandbox:
        with pytest.raises(RefusedError) as refused:
            sandbox.extract(files["pdf"], "pdf")
        assert refused.value.reason == "unreadable"
        assert sandbox._child is None
        sandbox.limits = Limits()
        assert sandbox.extract(files["pdf"], "pdf").text


def test_what_computes_for_too_long_is_ended(tmp_path: Path) -> None:
    page = html(ARTICLE * 4000)
    with Sandbox(Limits(cpu_s=0)) as sandbox, pytest.raises(RefusedError) as refused:
        sandbox.extract(write(tmp_path, "a.html", page), "html")
    assert refused.value.reason == "timed_out"


def test_what_takes_too_much_memory_is_refused_and_the_next_is_read(tmp_path: Path, files: dict[str, Path]) -> None:
    with Sandbox(TIGHT) as sandbox:
        with pytest.raises(RefusedError) as refused:
            sandbox.extract(write(tmp_path, "b.html", "<p>" + "<b>a</b> " * 900_000), "html")
        assert (refused.value.reason, "300 MB" in refused.value.detail) == ("too_large", True)
        assert sandbox.extract(files["docx"], "docx").text


def test_a_process_that_dies_costs_one_file(files: dict[str, Path]) -> None:
    with Sandbox() as sandbox:
        sandbox.extract(files["html"], "html")
        child_of(sandbox).kill()
        child_of(sandbox).wait()
        assert sandbox.extract(files["html"], "html").text


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (signal.SIGKILL, "unreadable"),
        (signal.SIGTERM, "unreadable"),
        (signal.SIGABRT, "unreadable"),
        (signal.SIGSEGV, "broken"),
    ],
)
def test_only_a_crash_is_the_files_own_fault(
    end: signal.Signals, reason: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as sandbox:
        sandbox.extract(files["html"], "html")
        child = child_of(sandbox)
        child.send_signal(end)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        monkeypatch.setattr(child, "poll", lambda: None)  # it died after it was looked at
        with pytest.raises(RefusedError) as refused:
            sandbox.extract(files["html"], "html")
        assert (refused.value.reason, f"ended with {-end}" in refused.value.detail) == (reason, True)
        assert child.returncode == -end
        assert sandbox.extract(files["html"], "html").text


def test_closing_raises_nothing_and_leaves_nothing_behind(files: dict[str, Path]) -> None:
    sandbox = Sandbox()
    sandbox.extract(files["html"], "html")
    child = child_of(sandbox)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b"half a request")  # closing writes it
    sandbox.close()
    assert (child.returncode, child.stdout.closed, sandbox._child) == (-signal.SIGKILL, True, None)


def test_a_library_that_is_not_there_is_no_fault_of_the_file(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.setitem(sys.modules, "pypdf", None)
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    for kind, path in files.items():
        answer = extracting._answer(str(path), kind, 1 << 62)
        assert (answer["reason"], "isnad doctor" in str(answer["detail"])) == ("unreadable", True)


def test_a_process_that_the_system_does_not_start_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, Path]
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Sandbox() as sandbox, pytest.raises(RefusedError, match="does not start: No such file") as refused:
        sandbox.extract(files["html"], "html")
    assert refused.value.reason == "unreadable"


def test_a_process_that_cannot_start_is_a_reason(monkeypatch: pytest.MonkeyPatch, files: dict[str, Path]) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Sandbox() as sandbox, pytest.raises(RefusedError) as refused:
        sandbox.extract(files["html"], "html")
    assert (refused.value.reason, refused.value.detail) == ("unreadable", "the process that read it ended with 1")


def test_the_process_gets_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, files: dict[str, Path]
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "secret")
    sandbox.extract(files["html"], "html")
    environment = Path(f"/proc/{child_of(sandbox).pid}/environ").read_bytes()
    assert b"secret" not in environment
    assert {pair.partition(b"=")[0] for pair in environment.split(b"\x00") if pair} <= {b"PYTHONPATH", b"LC_CTYPE"}


def test_the_process_finds_the_libraries_that_we_find(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, files: dict[str, Path]
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/of conda/lib")
    sandbox.extract(files["html"], "html")
    assert b"LD_LIBRARY_PATH=/opt/of conda/lib\x00" in Path(f"/proc/{child_of(sandbox).pid}/environ").read_bytes()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (r"import no_such_library", "ended with 1: ModuleNotFoundError: No module named 'no_such_library'"),
        (r"raise SystemExit('\x1b[31m\u202e' + 'نص ' * 999)", r"ended with 1: \x1b[31m\u202eنص نص نص"),
        (r"raise SystemExit(' \n\t')", "ended with 1"),
        (r"import sys; sys.stderr.buffer.write(b'ab\xff\xfe\n'); sys.exit(2)", "ended with 2: ab"),
        (r"import sys, os; print('text of a page', file=sys.stderr); os.kill(os.getpid(), 9)", "ended with -9"),
    ],
)
def test_what_a_process_says_before_it_ends_is_kept_and_harmless(
    said: str, shown: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.articles.sandbox._started", lambda command, path: started([*command[:2], "-c", said]))
    with Sandbox() as sandbox, pytest.raises(RefusedError) as refused:
        sandbox.extract(files["html"], "html")
    detail = refused.value.detail
    assert detail.startswith(f"the process that read it {shown}"), detail
    assert (len(detail) < 300, detail.isprintable()) == (True, True)
    assert detail.endswith(shown[-9:]) or "نص" in shown


def started(command: list[str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd="/")


@pytest.mark.parametrize("wall_s", [0.0, 0.5])
def test_a_process_that_only_prints_is_given_up(
    wall_s: float, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os\nwhile True: os.write(2, b'x' * 65536)"
    monkeypatch.setattr("rag.articles.sandbox._started", lambda command, path: started([*command[:1], "-c", code]))
    with Sandbox(Limits(wall_s=wall_s)) as sandbox, pytest.raises(RefusedError) as refused:
        sandbox.extract(files["html"], "html")
    assert refused.value.reason == "unreadable"


def test_a_library_that_prints_much_holds_nothing_up(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys; from rag.articles import extracting as e; answer = e._answer\n"
        "def talking(*of): print('x' * 10**6); print('y' * 10**6, file=sys.stderr); return answer(*of)\n"
        "e._answer = talking; e.main(1 << 30, 40)"
    )
    monkeypatch.setattr("rag.articles.sandbox._started", lambda command, path: started([*command[:1], "-c", code]))
    with Sandbox() as sandbox:
        for _ in range(2):
            assert sandbox.extract(files["html"], "html").text


def test_a_process_with_many_files_open_reads_too(files: dict[str, Path]) -> None:
    code = (
        "import os, resource; from pathlib import Path; from rag.articles.sandbox import Sandbox\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (1100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))\n"
        "held = [os.open('/', os.O_RDONLY) for _ in range(1060)]\n"
        f"with Sandbox() as s: print(len(s.extract(Path({str(files['html'])!r}), 'html').text))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert int(done.stdout or 0) > 99, done.stderr


def test_the_process_is_held_to_its_limits(sandbox: Sandbox, files: dict[str, Path]) -> None:
    sandbox.extract(files["html"], "html")
    limits = Path(f"/proc/{child_of(sandbox).pid}/limits").read_text(encoding="ascii")
    rows = {line[:25].strip(): line[25:].split()[:2] for line in limits.splitlines()}
    assert rows["Max address space"] == [str(Limits().memory)] * 2
    assert rows["Max file size"] == ["0", "0"]
    assert rows["Max core file size"] == ["0", "0"]
    assert rows["Max processes"] == ["0", "0"]
    assert 0 < int(rows["Max cpu time"][0]) < 60
    assert "NoNewPrivs:\t1" in Path(f"/proc/{child_of(sandbox).pid}/status").read_text(encoding="ascii")


@pytest.mark.parametrize("error", ["ValueError", "OSError"])
def test_a_system_without_a_limit_is_held_to_the_others(error: str, files: dict[str, Path]) -> None:
    """As macOS, which takes no limit of address space below what a process has mapped."""
    code = (
        "import resource, sys; from rag.articles import extracting as e; set_limit = resource.setrlimit\n"
        "unknown = (resource.RLIMIT_AS, resource.RLIMIT_CPU); del resource.RLIMIT_NPROC\n"
        "def unable(kind, values):\n"
        f"    if kind in unknown: raise {error}('not here')\n"
        "    set_limit(kind, values)\n"
        "resource.setrlimit = unable\n"
        "assert e._confine(1 << 30) == 1 << 30; e._allow_cpu(9)\n"
        "assert resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)\n"
        f"sys.stderr.write(e._answer({str(files['html'])!r}, 'html', 1 << 30)['text'][:9])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ARTICLE[0][:9]


def test_too_little_memory_is_said_where_the_system_gives_less(tmp_path: Path) -> None:
    path = write(tmp_path, "b.html", "<p>" + "<b>a</b> " * 900_000)
    code = (
        "import resource, sys; from pathlib import Path; from rag.articles.sandbox import Sandbox\n"
        "resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))\n"
        f"with Sandbox() as s: s.extract(Path({str(path)!r}), 'html')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    told = "takes more than 300 MB of memory to read, and the system gives no more"
    assert done.stderr.rstrip().endswith(f"RefusedError: {told}")


@pytest.mark.parametrize(
    ("error", "peak", "given", "reason"),
    [
        (MemoryError(), 1 << 30, 1 << 30, "too_large"),
        (RefusedError("broken", "XMLSyntaxError"), 1 << 30, 1 << 30, "too_large"),
        (ValueError(), 1 << 30, 1 << 30, "too_large"),
        (MemoryError(), 100 << 20, 1 << 30, "too_large"),  # all at once
        (MemoryError(), 100 << 20, 1 << 50, "unreadable"),  # no machine has so much
        (MemoryError(), 300 << 20, 300 << 20, "unreadable"),
        (RefusedError("no_text", ""), 300 << 20, 300 << 20, "unreadable"),
        (ValueError(), 100 << 20, 300 << 20, "broken"),
    ],
)
def test_only_what_takes_more_than_a_file_may_is_too_large(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, error: Exception, peak: int, given: int, reason: str
) -> None:
    def fail(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(extracting, "_address_space", lambda _: peak)
    monkeypatch.setattr(extracting, "_extract", fail)
    answer = extracting._answer(str(files["html"]), "html", given, max(given, 1 << 30))
    assert (answer["reason"], "memory" in str(answer["detail"])) == (reason, reason != "broken")


def test_what_was_refused_for_want_of_memory_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = write(tmp_path, "b.html", html(ARTICLE))
    settings = settings_for(tmp_path / "home")
    ingest([page], settings)
    page.write_text(html(ARTICLE[:2] * 2), encoding="utf-8")
    little = (
        "import resource; from rag.articles import extracting as e\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))\n"
        "def fail(*_): raise MemoryError\n"
        "e._extract = fail; e.main(1 << 30, 40)"
    )
    with monkeypatch.context() as patched:
        patched.setattr("rag.articles.sandbox._started", lambda command, path: started([*command[:1], "-c", little]))
        assert ingest([page], settings).num_kept == 1
    assert ingest([page], settings).num_changed == 1


def test_what_a_used_process_has_no_memory_for_is_read_by_a_fresh_one(files: dict[str, Path], tmp_path: Path) -> None:
    code = (
        "from rag.articles import extracting as e; extract = e._extract; held = []\n"
        "def holding(*of):\n"
        "    if held: raise MemoryError\n"
        "    held.append(1); return extract(*of)\n"
        "e._extract = holding; e.main(1 << 30, 40)"
    )
    processes = []

    def noting(command: list[str], path: str) -> subprocess.Popen[bytes]:
        processes.append(started([*command[:1], "-c", code]))
        return processes[-1]

    with pytest.MonkeyPatch.context() as patched, Sandbox() as sandbox:
        patched.setattr("rag.articles.sandbox._started", noting)
        for _ in range(2):
            assert sandbox.extract(files["html"], "html").text
    assert len(processes) == 2


def test_a_process_whose_end_is_not_known_is_no_fault_of_the_file(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os, time; os.read(0, 9); os.close(1); time.sleep(60)"
    monkeypatch.setattr("rag.articles.sandbox._started", lambda command, path: started([*command[:1], "-c", code]))
    with Sandbox() as sandbox, pytest.raises(RefusedError) as refused:
        sandbox.extract(files["html"], "html")
    assert refused.value.reason == "unreadable"


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 1))",
        "import os; os.system('true')",
        "import os; os.open('/dev/null', os.O_RDWR)",
        "open('/dev/null', 'a')",
        "import os; os.rmdir('/nowhere')",
        "import os; os.symlink('a', '/nowhere/b')",
        "import os; os.chmod('/nowhere', 0)",
        "import os; os.kill(os.getpid(), 0)",
        "import ctypes; ctypes.CDLL(None)",
    ],
)
def test_the_process_neither_connects_nor_starts_nor_changes_anything(code: str) -> None:
    confined = f"from rag.articles.extracting import _confine; _confine(1 << 30); {code}"
    done = subprocess.run([sys.executable, "-c", confined], capture_output=True, text=True, check=False, timeout=60)
    assert "is not for this process" in done.stderr


def test_the_process_ends_when_its_parent_is_killed(files: dict[str, Path]) -> None:
    code = (
        "import os, sys; from pathlib import Path; from rag.articles.sandbox import Sandbox; s = Sandbox();"
        f"s.extract(Path({str(files['html'])!r}), 'html'); print(s._child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    child = int(done.stdout)
    for _ in range(500):  # the signal of a parent's end comes when the kernel gets to it
        if not is_alive(child):
            return
        os.sched_yield()
        subprocess.run(["true"], check=True)
    pytest.fail("the process lives on")


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def test_a_name_of_any_bytes_is_read(sandbox: Sandbox, tmp_path: Path) -> None:
    path = write(tmp_path, "اسم بمسافة\nوسطر\x01.html", html(ARTICLE))
    assert sandbox.extract(path, "html").text
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.html"))
    odd.write_text(html(ARTICLE), encoding="utf-8")
    assert sandbox.extract(odd, "html").text


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(sandbox: Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    sandbox.limits = Limits(wall_s=20)
    with pytest.raises(RefusedError, match="not a regular file") as refused:
        sandbox.extract(tmp_path / "a.pdf", "pdf")
    assert refused.value.reason == "unreadable"


def test_a_relative_path_is_read(sandbox: Sandbox, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files["pdf"].parent)
    assert sandbox.extract(Path("a.pdf"), "pdf").text
