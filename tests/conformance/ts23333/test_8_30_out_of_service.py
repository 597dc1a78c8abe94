"""TS 23.333, 8.30: the MRFP goes out of service, and comes back."""

import asyncio

from mediasec.nodes.signalling import CallState
from mpspec.flows.scene import CONFERENCE


def test_mpp_014__sessions_end_with_the_mrfp_and_new_ones_come(on_network):
    """Every session ends when the MRFP is lost; while it is away none is made; when it is back, one is."""

    async def lose(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            call = await ue.dial_in(CONFERENCE, scene.mrfc)
            port = scene.mrfp_port
            await scene.mrfp.close()
            await asyncio.sleep(1)
            first = call.state, dict(scene.mrfc.calls), scene.conference.media.context
            away = await ue.dial_in(CONFERENCE, scene.mrfc)
            await scene.start_mrfp(port)
            back = await ue.dial_in(CONFERENCE, scene.mrfc)
            return first, away, back.state

    (lost, calls, context), away, back = on_network(lose)
    assert lost in (CallState.ENDED, CallState.FAILED)
    assert (calls, context) == ({}, None)
    assert (away.state, away.reason) == (
        CallState.REFUSED,
        "The offer was refused with 503 Service Unavailable.",
    )
    assert back is CallState.ESTABLISHED
