"""Measures the set-up of conferences on loopback, in one run on one machine.

Usage: python tests/benchmarks/conferences.py [CONFERENCES]

In each conference two UEs call and one is called, by MSRP and BFCP over TLS: six tickets are granted and
resolved, six TLS sessions established, and all is released again. KMS, MRFC, MRFP and UEs are in one process.
It prints how many conferences are set up in a second of the processor's time, and which shares of it TLS and
MIKEY take.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mediasec.endpoints import tls_psk
from mediasec.endpoints.tls_session import TlsClient, TlsServer, TlsSession
from mediasec.nodes.key_agent import KeyAgent
from mediasec.procedures.key_management import KeyAnswer, KeyOffer
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.procedures.ticket_kms import Kms

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from loopback_scene import surroundings
from mpspec.flows.scene import CONFERENCE, Scene, uri_of

CONFERENCES = 100
_PARTS = {
    "TLS": [
        (TlsClient, "start"),
        (TlsServer, "start"),
        (TlsSession, "handshake"),
        (TlsSession, "read"),
        (TlsSession, "write"),
        (TlsSession, "close"),
        (tls_psk.PskContext, "for_server"),
    ],
    "MIKEY": [
        (Initiator, "request_ticket"),
        (Initiator, "receive_ticket"),
        (Initiator, "transfer"),
        (Kms, "answer"),
        (KeyAnswer, "receive_offer"),
        (KeyAnswer, "receive_keys"),
        (KeyOffer, "receive_answer"),
        (KeyAgent, "key_of"),
    ],
}
"""The calls that are counted for each part; one within another counts once."""


class Counter:
    """Adds up the time of the processor that calls take.

    Attributes:
        seconds: So far.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0

    def watch(self, owner: type, name: str) -> None:
        """Count the calls of a method from now on."""
        method: Callable[..., Any] = getattr(owner, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            self._depth += 1
            try:
                return method(*arguments, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.process_time() - start

        bound = isinstance(owner.__dict__[name], classmethod)
        setattr(owner, name, staticmethod(counted) if bound else counted)


async def set_up(scene: Scene, ues: list[Any]) -> None:
    """Set a conference of three up, and release it."""
    calls = [await ue.dial_in(CONFERENCE, scene.mrfc) for ue in ues[:2]]
    leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-C"), ues[2])
    calls.append(ues[2].calls[leg.call_id])
    for call in calls:
        await call.established()
    for ue, call in zip(ues, calls, strict=True):
        await ue.hang_up(call)


async def main(conferences: int) -> None:
    """Set conferences up and print what they take."""
    counters = {name: Counter() for name in _PARTS}
    for name, methods in _PARTS.items():
        for owner, method in methods:
            counters[name].watch(owner, method)
    async with Scene(surroundings=surroundings) as scene:
        ues = [await scene.ue(f"UE-{letter}") for letter in "ABC"]
        for asked in (scene.kms, scene.conference.agent, *(ue._agent for ue in ues)):
            asked._limit.burst = 10**9
        await set_up(scene, ues)
        for counter in counters.values():
            counter.seconds = 0.0
        start, wall = time.process_time(), time.perf_counter()
        for _ in range(conferences):
            await set_up(scene, ues)
        seconds, wall = time.process_time() - start, time.perf_counter() - wall
    print(f"conferences set up in a second of the processor's time: {conferences / seconds:.1f}")
    print(f"conferences set up in a second: {conferences / wall:.1f}")
    for name, counter in counters.items():
        print(f"share of {name}: {counter.seconds / seconds:.0%}")


if __name__ == "__main__":
    if len(sys.argv) > 2 or not all(argument.isdigit() for argument in sys.argv[1:]):
        sys.exit(__doc__)
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else CONFERENCES))
