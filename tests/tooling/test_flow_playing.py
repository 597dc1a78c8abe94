"""Playing a flow on the network in memory: the same each time, seed by seed, and nowhere else."""

import asyncio
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from mpspec.flows.playing import play
from mpspec.flows.seeding import SeededRandom, seeded_tls
from small_flows import ask_for_a_floor, flow

ROOT = Path(__file__).parents[2]
SCRIPT = """
from small_flows import flow
from mpspec.flows.playing import play
recording = play(flow(), seed=7)
assert recording.wire.repeatable and not recording.problems
print(recording)
print([(one, one.octets) for one in recording.arrows])
print([(one, one.octets) for one in recording.wire.segments])
print(recording.wire.tls_keys)
"""


def told_by_another_process(hash_seed):
    """Play the small flow in a process of its own, and return all of it."""
    folders = [ROOT / "impl", ROOT / "scripts", ROOT / "tests/support"]
    environment = {"PYTHONPATH": ":".join(map(str, folders)), "PYTHONHASHSEED": hash_seed}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=os.environ | environment, capture_output=True, text=True
    )
    assert run.stderr == ""
    return run.stdout


def octets_of(recording):
    return [(one.time, one.octets) for one in recording.wire.segments]


def test_a_seed_gives_the_same_flow_in_each_process():
    assert told_by_another_process("1") == told_by_another_process("2")


def test_another_seed_gives_other_octets():
    first, again, other = (play(flow(), seed) for seed in (1, 1, 2))
    assert octets_of(first) == octets_of(again)
    assert first.wire.tls_keys == again.wire.tls_keys
    assert octets_of(first) != octets_of(other)
    assert not {*first.wire.tls_keys.split()} & {*other.wire.tls_keys.split()} - {
        "#",
        "CLIENT_RANDOM",
        *["TLS", "secrets", "log", "file,", "generated", "by", "OpenSSL", "/", "Python"],
    }


def test_arrows_have_virtual_time_and_the_names_of_participants():
    recording = play(flow())
    assert recording.problems == ()
    assert [(one.sender, one.receiver, one.time) for one in recording.arrows] == [
        ("MRFP", "UE-A", 0.0),
        ("UE-A", "MRFP", 0.007),
        ("UE-A", "MRFP", 0.007),
    ]


def test_a_flow_that_waits_for_ever_breaks_off():
    async def run(stage):
        await asyncio.get_running_loop().create_future()

    recording = play(flow(run, ladder=()))
    assert recording.problems == ("The flow broke off: it took more than 60 s.",)


def test_a_flow_that_turns_for_ever_breaks_off(monkeypatch):
    monkeypatch.setattr("mpspec.flows.virtual_time.MOST_TURNS", 1000)

    async def run(stage):
        while True:
            await asyncio.sleep(0)

    (problem,) = play(flow(run, ladder=())).problems
    assert problem.startswith("The flow broke off: The clock stands still for 1000 turns")


def test_nodes_have_octets_of_their_own_that_do_not_repeat():
    taken = []

    async def run(stage):
        for name in ("UE-A", "MRFP", "UE-A"):
            taken.append(stage.surroundings(name).random(16))
        return await ask_for_a_floor(stage)

    play(flow(run))
    assert len(set(taken)) == 3


def test_octets_do_not_depend_on_how_they_are_asked_for():
    whole, pieces = SeededRandom("seed"), SeededRandom("seed")
    assert whole(100) == b"".join(pieces(length) for length in (1, 31, 0, 32, 36))
    assert whole(0) == b""


def test_openssl_has_its_own_source_back_however_it_ends():
    def fail():
        with seeded_tls("seed"):
            seen.append(ssl.RAND_bytes(32))
            raise ZeroDivisionError

    seen = []
    with seeded_tls("seed") as seeded:
        seen.append(ssl.RAND_bytes(32))
    own = [ssl.RAND_bytes(32)]
    with pytest.raises(ZeroDivisionError):
        fail()
    own.append(ssl.RAND_bytes(32))
    assert seeded
    assert seen[0] == seen[1]
    assert len({seen[0], *own}) == 3


def test_where_openssl_cannot_be_reached_the_flow_plays_all_the_same(monkeypatch):
    monkeypatch.setattr("_ssl.__file__", str(ROOT / "README.md"))
    recording = play(flow())
    assert recording.problems == ()
    assert recording.wire.repeatable is False
    assert play(flow()).wire.tls_keys != recording.wire.tls_keys


def test_another_openssl_than_that_of_ssl_is_left_alone(monkeypatch):
    monkeypatch.setattr(ssl, "RAND_bytes", os.urandom)
    with seeded_tls("seed") as seeded:
        assert not seeded
