"""`mpspec peer kms`: a KMS that nodes ask over HTTP."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest

from mediasec.nodes.key_agent import KeyAgent, NoKey
from mediasec.nodes.kms_client import KmsClient
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.ticket_credentials import KmsAssociation
from mediasec.procedures.ticket_terms import PreSharedKey, TicketSettings, uri_identity

KEY = "102132435465768798a9bacbdcedfe0f"
KMS, UE, CONFERENCE = "sip:kms@example.com", "sip:ue-a@example.com", "sip:conference@example.com"
SUBSCRIBERS = f"""
identity = "{KMS}"
ticket_key = "00112233445566778899aabbccddeeff"

[[subscriber]]
identity = "{UE}"
key = "{KEY}"
"""


@pytest.fixture
def start(tmp_path):
    """Return what starts the command with these arguments; it is ended in any case."""
    started = []
    (tmp_path / "subscribers.toml").write_text(SUBSCRIBERS)

    def run(*arguments: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", "mpspec", "peer", "kms", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def ask(url: str, key: str) -> str:
    """Ask a KMS for a ticket; return `ticket`, or why there is none."""

    async def main() -> str:
        world = Surroundings(name="UE-A", address="127.0.0.1")
        credential = PreSharedKey(name=UE.encode(), key=bytes.fromhex(key))
        async with KmsClient(url, world) as client:
            agent = KeyAgent(
                uri_identity(UE),
                world,
                settings=TicketSettings(),
                kms=client,
                association=KmsAssociation(identity=uri_identity(KMS), credential=credential),
            )
            try:
                await agent.offer(uri_identity(CONFERENCE))
            except NoKey as error:
                return str(error)
            except Exception as error:
                return type(error).__name__
            return "ticket"

    return asyncio.run(main())


def test_a_ticket_is_granted_and_told_of(start, tmp_path):
    """A subscriber gets a ticket; the log and the audit file name it, and hold no key; the exit code is 0."""
    process = start("--listen", "0", "--subscribers", "subscribers.toml", "--audit", "audit.log", "--json")
    listening = json.loads(process.stdout.readline())
    assert ask(listening["url"], KEY) == "ticket"
    received, asked, sent = (json.loads(process.stdout.readline()) for _ in range(3))
    assert (received["direction"], received["name"], received["breaks"]) == (
        "received",
        "REQUEST_INIT_PSK",
        [],
    )
    assert (asked["message"], asked["subscriber"], asked["outcome"]) == ("REQUEST_INIT_PSK", UE, "answered")
    assert (sent["direction"], sent["name"], sent["breaks"]) == ("sent", "REQUEST_RESP", [])
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")
    audited = (tmp_path / "audit.log").read_text()
    assert json.loads(audited)["subscriber"] == UE
    assert KEY not in audited


def test_another_key_is_refused_and_told_of(start):
    """A message under another key is refused without a reason that helps its sender; the exit code is 1."""
    process = start("--listen", "127.0.0.1:0", "--subscribers", "subscribers.toml")
    url = process.stdout.readline().split()[3]
    assert ask(url, KEY[::-1]) != "ticket"
    _, told = process.stdout.readline(), process.stdout.readline()
    assert told == "* REQUEST_INIT_PSK from somebody unknown at 127.0.0.1: Authentication failed.\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--listen", "0", "--subscribers", "none.toml"), "none.toml cannot be read: No such file"),
        (("--listen", "x:y", "--subscribers", "subscribers.toml"), "'x:y' is not of the form [HOST:]PORT."),
        (("--listen", "192.0.2.99:0", "--subscribers", "subscribers.toml"), "Cannot listen at 192.0.2.99"),
        (
            ("--listen", "0", "--subscribers", "subscribers.toml", "--audit", "no/folder"),
            "no/folder cannot be written: No such file or directory.",
        ),
    ],
)
def test_what_cannot_run_says_why(start, arguments, said):
    """One plain sentence and exit code 2."""
    process = start(*arguments)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (2, "")
    assert said in errors
    assert "Traceback" not in errors
