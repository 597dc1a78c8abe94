"""Making and serving: evidence where it is wanted, a site even where tests fail, reload on a change."""

import http.client
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpspec.model import CannotRun
from mpspec.site import make
from mpspec.site.__main__ import Steps, make_all
from mpspec.site.make import Tell, run_tests
from mpspec.site.serve import Builds, open_server

_ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small project: the clause and its change requests, one test, no code."""
    root = tmp_path / "project"
    shutil.copytree(_ROOT / "docs", root / "docs")
    shutil.copytree(_ROOT / "reqs", root / "reqs")
    shutil.copy(_ROOT / "pyproject.toml", root / "pyproject.toml")
    (root / "impl/mediasec").mkdir(parents=True)
    (root / "tests/unit").mkdir(parents=True)
    (root / "tests/unit/test_one.py").write_text(
        '"""One."""\n\n\ndef test_one() -> None:\n    """One is one."""\n    assert 1 == 1\n'
    )
    return root


def test_tests_run_only_where_a_source_changed(project: Path) -> None:
    first = run_tests(project, lambda _: None)
    assert (first.good, first.summary) == (True, "1 passed")
    again = run_tests(project, lambda _: None)
    assert again.summary.startswith("1 passed; as of ")
    (project / "tests/unit/test_one.py").write_text("def test_one() -> None:\n    assert 1 == 2\n")
    broken = run_tests(project, lambda _: None)
    assert (broken.good, broken.summary) == (False, "1 failed")
    assert "FAILED tests/unit/test_one.py::test_one" in broken.details
    assert "assert 1 == 2" in (project / "build/evidence/pytest.txt").read_text()


def test_an_unknown_requirement_in_a_test_is_said_and_not_hidden(project: Path) -> None:
    (project / "tests/unit/test_one.py").write_text(
        'import pytest\n\n\n@pytest.mark.verifies("XY_999")\ndef test_one() -> None:\n    assert 1 == 1\n'
    )
    outcome = run_tests(project, lambda _: None)
    assert not outcome.good
    assert "XY_999" in outcome.details
    assert not (project / "build/evidence/results.json").exists()


def test_failing_tests_still_give_a_site_and_documents(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tests/unit/test_one.py").write_text("def test_one() -> None:\n    assert 1 == 2\n")
    assert make_all(project, Steps()) is False
    said = capsys.readouterr().out
    assert "FAILED  Tests: 1 failed" in said
    assert "done    Site: " in said
    assert f"build/site/index.html    the site; open {(project / 'build/site/index.html').as_uri()}" in said
    assert "build/documents/tr29828-mp-e2e.docx    a document" in said
    assert "\x1b" not in said
    assert (project / "build/documents/tr29828-mp-e2e.docx").exists()


def test_a_source_that_cannot_be_read_is_told_in_one_sentence(project: Path) -> None:
    (project / "impl/mediasec/broken.py").write_text("def broken(:\n")
    outcome = make.site(project, lambda _: None)
    assert (outcome.good, outcome.summary) == (False, "0 pages")
    assert outcome.details.startswith("impl/mediasec/broken.py cannot be read as Python: invalid syntax")
    assert "\n" not in outcome.details


def test_help_is_short_and_a_bad_port_is_refused() -> None:
    command = [sys.executable, "-m", "mpspec.site"]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout
    assert "--serve [PORT]" in shown
    assert max(map(len, shown.splitlines())) <= 80
    refused = subprocess.run([*command, "--serve", "99999"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Builds]]:
    """Return the port of a server with one page, and what tells it of builds."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("<!doctype html><title>x</title><body>Home</body>")
    (tmp_path / "site/matrix.csv").write_text("id\n")
    (tmp_path / "secret").write_text("secret")
    server, builds = open_server(tmp_path / "site", 0)
    yield server.server_port, builds
    server.shutdown()
    server.server_close()


def _get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_a_served_page_waits_for_the_next_build(served: tuple[int, Builds]) -> None:
    port, builds = served
    status, page = _get(port, "/")
    assert status == 200
    assert page.index("Home") < page.index("/changes?")
    assert _get(port, "/matrix.csv") == (200, "id\n")
    _, known = _get(port, "/changes?")
    timer = threading.Timer(0.2, builds.finished)
    timer.start()
    assert _get(port, f"/changes?{known}") == (200, str(int(known) + 1))
    timer.join()


def test_a_browser_that_leaves_is_no_news(
    served: tuple[int, Builds], capfd: pytest.CaptureFixture[str]
) -> None:
    """A page that waits for the next build may be closed; the terminal shows nothing of it."""
    port, builds = served
    _, known = _get(port, "/changes?")
    leaving = socket.create_connection(("127.0.0.1", port))
    leaving.sendall(f"GET /changes?{known} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    time.sleep(0.3)
    leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    leaving.close()
    time.sleep(0.1)
    builds.finished()
    assert _get(port, "/")[0] == 200
    time.sleep(0.3)
    assert capfd.readouterr().err == ""


def test_progress_comes_while_a_program_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that writes into a pipe is heard at once, not when it ends."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    (tmp_path / "slow.py").write_text(
        "import pathlib, time\nprint('[ 50%]')\n"
        "for _ in range(100):\n    time.sleep(0.1)\n"
        "    if pathlib.Path('heard').exists():\n        print('heard')\n        break\n"
    )
    code, said = make._run(tmp_path, ["slow"], lambda text: (tmp_path / "heard").write_text(text) and None)
    assert (code, said) == (0, "heard\n")
    assert (tmp_path / "heard").read_text() == "50 %"


def test_a_changed_source_is_made_again_and_told(project: Path) -> None:
    """The record of a build changes with its pages, and only then does a page reload."""
    program = (
        "from pathlib import Path\nfrom mpspec.site.serve import open_server, serve\n"
        "record = Path('build/doctrees/pages.json')\n"
        "def step():\n    record.write_text(record.read_text() + '1'); print('made', flush=True)\n"
        "say = lambda text: print(text, flush=True)\n"
        "serve(Path.cwd(), *open_server(Path('build/site'), 0), say, [step])\n"
    )
    (project / "build/doctrees").mkdir(parents=True)
    (project / "build/doctrees/pages.json").write_text("1")
    (project / "scripts/mpspec").mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=project, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.partition("127.0.0.1:")[2].partition("/")[0])
        _, known = _get(port, "/changes?")
        for _ in range(50):  # The watcher may need a moment before it sees changes.
            (project / "docs/index.md").write_text(f"# Changed {time.monotonic()}\n")
            if _get(port, "/changes?")[1] != known:
                break
            time.sleep(0.2)
        assert process.stdout.readline() == "Changed: docs/index.md\n"
        assert process.stdout.readline() == "made\n"
        process.terminate()


def test_a_taken_port_is_told_before_any_work(served: tuple[int, Builds]) -> None:
    port, _ = served
    command = [sys.executable, "-m", "mpspec.site", "--serve", str(port)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert (
        refused.stderr
        == f"scripts/site: Port {port} of 127.0.0.1 cannot be served: Address already in use.\n"
    )


def test_progress_is_told_in_lines_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line at the start, and one each 20 seconds, not one for each percent."""
    clock = iter([0.0, 5.0, 21.0, 22.0, 45.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    def step(tell: Tell) -> str:
        for percent in (1, 20, 21, 90):
            tell(f"{percent} %")
        return "made"

    assert Steps().do("Working", step) == "made"
    assert capsys.readouterr().out.splitlines() == [
        "Working ...",
        "Working: 20 %, 21 s",
        "Working: 90 %, 45 s",
    ]


def test_a_server_serves_its_folder_to_this_machine_alone(served: tuple[int, Builds]) -> None:
    port, _ = served
    assert _get(port, "/", host="evil.example")[0] == 403
    assert _get(port, "/../secret")[0] == 404
    assert _get(port, "/%2e%2e/secret")[0] == 404
    assert _get(port, "/nothing.html")[0] == 404
    with pytest.raises(CannotRun, match=f"Port {port} of 127.0.0.1 cannot be served"):
        open_server(Path("."), port)
