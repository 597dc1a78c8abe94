"""The same TLS endpoints on other Pythons: 3.12 by the shim, 3.13 and later by the callbacks of `ssl`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("echo_by_psk.py")
KEY = bytes(range(32))
VERSIONS = ["1.2", "1.3"]


def find_python(name: str) -> str | None:
    """Return a Python of that name which runs, from PATH or from the versions of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = sorted(pyenv.glob(f"versions/{name.removeprefix('python')}.*/bin/{name}"), reverse=True)
    for candidate in [shutil.which(name), *map(str, installed)]:
        if (
            candidate
            and not subprocess.run(
                [candidate, "-c", "import ssl"], capture_output=True, check=False
            ).returncode
        ):
            return candidate
    return None


@pytest.fixture(scope="module", params=["python3.12", "python3.13", "python3.14"])
def python(request):
    """Another Python than the one that runs the tests."""
    found = find_python(request.param)
    if found is None:
        pytest.skip(f"{request.param} was not found on PATH or among pyenv's versions.")
    return found


def start(python: str, *arguments: str) -> subprocess.Popen:
    """Start the script, with warnings as errors."""
    return subprocess.Popen(
        [python, "-W", "error", str(SCRIPT), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "impl"), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def ask(python: str, *arguments: str) -> str:
    """Ask once and return the answer."""
    with start(python, "ask", *arguments) as process:
        answer, errors = process.communicate(timeout=20)
    assert errors == ""
    return answer


@pytest.fixture
def serve():
    """Start a server and return its port; what it reported can be read after it has ended."""
    processes = []

    def serving(python: str, version: str) -> str:
        process = start(python, "serve", version)
        processes.append(process)
        return process.stdout.readline().strip()

    serving.processes = processes
    yield serving
    for process in processes:
        with process:
            _, errors = process.communicate(timeout=20)
        assert errors == ""


def test_it_says_where_openssl_has_no_keys(python):
    """Where OpenSSL was built without pre-shared keys, the import ends in one sentence."""
    if "python3.12" in python:
        pytest.skip("The shim does not ask how OpenSSL was built: it looks for the functions.")
    program = """
import ssl
ssl.HAS_PSK = False
try:
    import mediasec.endpoints.tls_psk
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [python, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "impl"), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.stdout, done.stderr) == ("This Python's OpenSSL was built without pre-shared keys.\n", "")


@pytest.mark.parametrize("version", VERSIONS)
def test_it_serves_s_client(need, serve, python, version):
    """OpenSSL's client is served, and a wrong key is reported as that."""
    port = serve(python, version)
    for key, answer in ((KEY, "alice: hello\n"), (bytes(32), "")):
        with subprocess.Popen(
            [
                *(need("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-ign_eof"),
                *(f"-tls1_{version[-1]}", "-cipher", "PSK", "-psk_identity", "alice", "-psk", key.hex()),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as client:
            client.stdin.write("hello\n")
            client.stdin.flush()
            assert client.stdout.readline() == answer
            client.kill()
    assert serve.processes[0].stdout.readline() == "wrong key\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_served_here_and_serves_from_here(serve, python, version):
    """This Python and the other one meet in both roles."""
    assert ask(python, version, serve(sys.executable, version)) == "alice: hello\n"
    assert ask(sys.executable, version, serve(python, version)) == "alice: hello\n"


@pytest.mark.parametrize(("version", "seen"), [("1.2", "unknown identity"), ("1.3", "nothing in common")])
def test_it_reports_an_unknown_identity(serve, python, version, seen):
    """An unknown identity is refused on both sides with its reason, as the alert of each version allows."""
    assert ask(python, version, serve(python, version), "nobody") == seen + "\n"
    assert serve.processes[0].stdout.readline() == "unknown identity\n"
