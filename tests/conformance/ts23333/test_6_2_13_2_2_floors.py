"""TS 23.333, 6.2.13.2.2: the floors of a conference, before those who ask for them."""

import asyncio
from dataclasses import replace

from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallState
from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.termination import TerminationState
from mp_requests import BFCP, FLOORS, RESERVE, assert_refused
from mpspec.flows.scene import CONFERENCE


def test_mpp_005__floors_come_before_their_users():
    """A BFCP termination is added to a context that knows its floors."""
    contexts = Contexts()
    context = contexts.configure_floors(FLOORS)
    termination = contexts.add(replace(BFCP, context=context.number))
    assert (termination.user_id, termination.state) == (1, TerminationState.ESTABLISHING)
    second = contexts.add(replace(BFCP, context=context.number, user_id=2))
    assert second.number != termination.number


def test_mpp_005__a_user_without_floors_or_with_a_taken_id_is_refused():
    """A BFCP termination in a context without floors is refused, and so is a second user with one ID."""
    contexts = Contexts()
    number = contexts.add(RESERVE).context
    assert assert_refused(contexts, contexts.add, replace(BFCP, context=number), "MPP_005") == "context"
    contexts.configure_floors(replace(FLOORS, context=number))
    contexts.add(replace(BFCP, context=number))
    assert assert_refused(contexts, contexts.add, replace(BFCP, context=number), "MPP_005") == "user_id"


def test_mpp_005__callers_at_once_share_the_context(on_network):
    """Participants who call and leave at once are in one context, whose floors are configured once."""

    async def call_at_once(watched):
        async with watched.scene() as scene:
            ues = [await scene.ue(f"UE-{letter}") for letter in "ABC"]
            both = []
            for _ in range(2):
                calls = await asyncio.gather(*(ue.dial_in(CONFERENCE, scene.mrfc) for ue in ues))
                (context,) = scene.mrfp.contexts.by_number.values()
                both.append(([call.state for call in calls], len(context.terminations)))
                await asyncio.gather(*(ue.hang_up(call) for ue, call in zip(ues, calls, strict=True)))
            return both, scene.mrfp.contexts.by_number, watched.names(Medium.MP)

    both, contexts, procedures = on_network(call_at_once)
    assert both == [([CallState.ESTABLISHED] * 3, 6)] * 2
    assert contexts == {}
    assert procedures.count("Configure Conference For Floor Control") == 2
    assert "Refusal" not in procedures
