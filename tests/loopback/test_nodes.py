"""Nodes on real sockets: a conference of three, many in a row, and an MRFP in a process of its own."""

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loopback_scene import ADDRESSES, HOSTS, surroundings
from mediasec.bfcp import RequestStatus
from mediasec.endpoints.tls_session import TlsClient
from mediasec.nodes.mrfc import Mrfc
from mediasec.nodes.signalling import CallState
from mediasec.nodes.ue import ImsUe
from mediasec.procedures.mp.elements import Floor
from mpspec.flows.scene import CONFERENCE, FLOOR, Scene, uri_of

_CONFERENCES = 200
_MORE_OBJECTS = 20_000
"""The memories of replays and tickets grow to their bounds; a session that is kept would be far more."""


async def three_in_a_conference(scene: Scene, ues: list[ImsUe]) -> list[bytes]:
    """Have two UEs dial in and one be dialled, share messages and a floor, and leave; return what came."""
    calls = [await ue.dial_in(CONFERENCE, scene.mrfc) for ue in ues[:2]]
    leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-C"), ues[2])
    calls.append(ues[2].calls[leg.call_id])
    for call in calls:
        await call.established()
    calls[0].messages.post(b"Hello", "text/plain")
    received = [(await call.messages.receive()).body for call in calls[1:]]
    first, second, _ = (call.floor_control for call in calls)
    await first.ask(first.core.request_floors(FLOOR))
    await second.ask(second.core.request_floors(FLOOR))
    assert list(second.core.statuses.values()) == [RequestStatus.ACCEPTED]
    await first.ask(first.core.release_floors(next(iter(first.core.statuses))))
    await second.ask(second.core.hello())
    assert list(second.core.statuses.values()) == [RequestStatus.GRANTED]
    for ue, call in zip(ues, calls, strict=True):
        await ue.hang_up(call)
    return received


@pytest.mark.verifies("MPP_009", "MPP_017", "MPP_018")
def test_three_ues_share_messages_and_a_floor():
    """What one sends all others get; a floor is requested, queued, released and granted."""

    async def main():
        async with Scene(surroundings=surroundings) as scene:
            return await three_in_a_conference(scene, [await scene.ue(f"UE-{letter}") for letter in "ABC"])

    assert asyncio.run(main()) == [b"Hello", b"Hello"]


def test_many_conferences_leave_nothing_behind():
    """200 conferences of three UEs in a row leave no task, no socket and no memory behind."""

    def left() -> tuple[int, int]:
        return len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))

    async def settled() -> tuple[int, int]:
        before, now = None, left()
        while now != before:
            await asyncio.sleep(0.2)
            before, now = now, left()
        return now

    async def main():
        counts = []
        async with Scene(surroundings=surroundings) as scene:
            ues = [await scene.ue(f"UE-{letter}") for letter in "ABC"]
            for asked in (scene.kms, scene.conference.agent, *(ue._agent for ue in ues)):
                asked._limit.burst = 10**6
            for number in range(_CONFERENCES):
                await three_in_a_conference(scene, ues)
                if number in (_CONFERENCES // 2, _CONFERENCES - 1):
                    tasks_and_files = await settled()
                    gc.collect()
                    counts.append((tasks_and_files, len(gc.get_objects())))
            return counts, dict(scene.mrfc.calls), dict(scene.mrfp.contexts.by_number)

    (half, whole), calls, contexts = asyncio.run(main())
    assert (calls, contexts) == ({}, {})
    assert whole[0] == half[0]
    assert whole[1] < half[1] + _MORE_OBJECTS


@pytest.mark.verifies("MPP_010", "MPP_014")
def test_the_mrfp_can_be_a_process_of_its_own():
    """An MRFC has an MRFP in another process serve a conference, and notices when that process ends."""
    key = "00112233445566778899aabbccddeeff"
    script = Path(__file__).parents[1] / "support" / "mrfp_process.py"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, str(script), HOSTS["MRFP"], ADDRESSES["MRFP"], "mrfc", key],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    port = int(process.stdout.readline())

    async def main():
        async with Scene(surroundings=surroundings) as scene:
            mp = TlsClient("mrfc", bytes.fromhex(key))
            async with Mrfc(surroundings("MRFC"), (HOSTS["MRFP"], port), mp) as mrfc:
                mrfc.add_conference(CONFERENCE, scene.conference.agent, [Floor(floor_id=FLOOR)])
                call = await (await scene.ue("UE-A")).dial_in(CONFERENCE, mrfc)
                client = call.floor_control
                await client.ask(client.core.request_floors(FLOOR))
                statuses = list(client.core.statuses.values())
                established = call.state
                process.stdin.close()
                await asyncio.to_thread(process.wait, 10)
                while mrfc.calls:
                    await asyncio.sleep(0.01)
                return established, statuses, call.state

    try:
        established, statuses, ended = asyncio.run(asyncio.wait_for(main(), 30))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert (established, statuses) == (CallState.ESTABLISHED, [RequestStatus.GRANTED])
    assert ended in (CallState.ENDED, CallState.FAILED)
