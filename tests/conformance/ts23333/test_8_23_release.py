"""TS 23.333, 8.23: Release IMS Termination."""

from dataclasses import replace

import pytest

from mediasec.errors import RequirementViolated
from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.termination import TerminationState
from mp_requests import RESERVE
from mpspec.flows.scene import CONFERENCE


def test_mpp_013__a_context_ends_with_its_last_termination():
    """A termination that is released is gone, and the context with the last one."""
    contexts = Contexts()
    first = contexts.add(RESERVE)
    second = contexts.add(replace(RESERVE, context=first.context))
    assert contexts.release(first.context, first.number).state is TerminationState.RELEASED
    assert list(contexts.by_number) == [first.context]
    contexts.release(second.context, second.number)
    assert contexts.by_number == {}
    with pytest.raises(RequirementViolated):
        contexts.release(second.context, second.number)


def test_mpp_013__a_released_termination_has_no_connection(on_network):
    """When a UE leaves, the MRFC has its terminations released, and the MRFP has nothing of them any more."""

    async def leave(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            call = await ue.dial_in(CONFERENCE, scene.mrfc)
            (context,) = scene.mrfp.contexts.by_number.values()
            states = [each.state for each in context.terminations.values()]
            await ue.hang_up(call)
            left = dict(scene.mrfp.contexts.by_number), dict(scene.mrfp.floor_control.core.conferences)
            return states, left, len(watched.network.left_open())

    states, left, open_sockets = on_network(leave)
    assert states == [TerminationState.ESTABLISHED] * 2
    assert left == ({}, {})
    assert open_sockets < 8
