"""Measures conferences of three UEs: how many are set up in a second, and the share of TLS.

Usage: python tests/benchmarks/flows.py [CONFERENCES]

All nodes run in this process: KMS, MRFC, MRFP and three UEs, on loopback and on the network in memory. Each
conference has two UEs that dial in and one that is dialled, each with MSRP and BFCP, so six TLS connections;
it is set up once all of them are established. Rates are by the clock and for each second of processor time,
which says the same on a busy machine; the network in memory has no clock of its own. The share of TLS is of
the processor time: handshakes, reading and writing, with the contexts that they need.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mediasec.endpoints.tls_session import TlsClient, TlsServer, TlsSession
from mediasec.nodes.rate_limit import RateLimit
from mediasec.nodes.surroundings import Surroundings
from mpspec.flows.network import VirtualNetwork
from mpspec.flows.scene import CONFERENCE, Scene, uri_of

NAMES = ("KMS", "MRFC", "MRFP", "UE-A", "UE-B", "UE-C")
ADDRESSES = {name: f"192.0.2.{number}" for number, name in enumerate(NAMES, 1)}
HOSTS = {name: f"127.0.0.{number}" for number, name in enumerate(NAMES, 11)}


def on_loopback(name: str) -> Surroundings:
    """Return the world of a node on loopback."""
    return Surroundings(
        name=name,
        address=ADDRESSES[name],
        host=HOSTS[name],
        hosts={ADDRESSES[each]: host for each, host in HOSTS.items()},
        names={host: each for each, host in HOSTS.items()},
    )


def in_memory(name: str) -> Surroundings:
    """Return the world of a node on the network in memory."""
    return Surroundings(
        name=name, address=ADDRESSES[name], names={host: each for each, host in ADDRESSES.items()}
    )


class TlsTime:
    """The processor time that goes by in TLS."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    def counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function whose time is counted; what it calls counts once."""

        def call(*arguments: Any, **named: Any) -> Any:
            if self._inside:
                return function(*arguments, **named)
            self._inside, start = True, time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self._inside = False
                self.seconds += time.process_time() - start

        return call


@contextmanager
def tls_counted() -> Any:
    """Count the time of TLS meanwhile."""
    counter = TlsTime()
    watched = [
        (TlsSession, name) for name in ("handshake", "read", "write", "close", "receive", "take_output")
    ]
    watched += [(TlsClient, "start"), (TlsServer, "start")]
    before = [(owner, name, getattr(owner, name)) for owner, name in watched]
    for owner, name, function in before:
        setattr(owner, name, counter.counted(function))
    try:
        yield counter
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)


@dataclass(slots=True)
class Measured:
    """What some conferences took, in seconds.

    Attributes:
        clock: Time until they were set up, by the clock.
        processor: The same of the processor.
        whole: Time of the processor until they had ended.
        tls: That of TLS among it.
    """

    clock: float = 0.0
    processor: float = 0.0
    whole: float = 0.0
    tls: float = 0.0


async def measure(surroundings: Callable[[str], Surroundings], count: int) -> Measured:
    """Set conferences up and end them, one after the other."""
    measured = Measured()
    async with Scene(surroundings=surroundings) as scene:
        scene.kms._limit = scene.conference.agent._limit = RateLimit(burst=10**9)
        start = time.process_time()
        with tls_counted() as tls:
            for _ in range(count):
                began, processor = time.perf_counter(), time.process_time()
                ues = [await scene.ue(f"UE-{letter}") for letter in "ABC"]
                calls = [await ue.dial_in(CONFERENCE, scene.mrfc) for ue in ues[:2]]
                leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-C"), ues[2])
                calls.append(ues[2].calls[leg.call_id])
                for call in calls:
                    await call.established()
                measured.clock += time.perf_counter() - began
                measured.processor += time.process_time() - processor
                for ue, call in zip(ues, calls, strict=True):
                    await ue.hang_up(call)
                    await ue.close()
        measured.whole, measured.tls = time.process_time() - start, tls.seconds
    return measured


def main(count: int) -> None:
    """Measure on both and print what came of it."""
    print(f"{count} conferences of three UEs, six TLS connections each")
    print(f"{'':12}{'set up per second':>20}{'of processor time':>20}{'and ended':>12}{'share of TLS':>15}")
    for where, run in (
        ("loopback", lambda: asyncio.run(measure(on_loopback, count))),
        ("in memory", lambda: VirtualNetwork().run(measure(in_memory, count))),
    ):
        found = run()
        rates = (count / found.clock, count / found.processor, count / found.whole)
        print(
            "{:12}{:20.1f}{:20.1f}{:12.1f}{:15.0%}".format(where, *rates, found.tls / found.whole), flush=True
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
