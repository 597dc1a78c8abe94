"""RFC 6043, 4.1.1: the flags of a ticket in each mode, as the nodes ask for them or make them."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.registry import TicketFlag
from mediasec.nodes.key_agent import Mode
from mediasec.nodes.signalling import CallState
from mpspec.flows.scene import CONFERENCE

FORKING, RESOLVE = TicketFlag.KEY_FORKING, TicketFlag.RESOLVE_MANDATORY


@pytest.mark.parametrize("mode", Mode)
def test_node_001__a_ticket_demands_to_be_resolved_where_the_kms_does(mode):
    """In modes 1 and 3 the ticket is to be resolved; in 2 and 4 it is not; its keys are not forked."""
    flags = mode.flags(forking=False)
    assert (RESOLVE in flags) is (mode in (1, 3))
    assert FORKING not in flags


@pytest.mark.parametrize("mode", Mode)
def test_node_001__keys_are_forked_where_the_kms_resolves(mode):
    """In modes 1 and 3 the keys can be forked; in 2 and 4 asking for that is refused."""
    if mode in (1, 3):
        assert {FORKING, RESOLVE} <= set(mode.flags(forking=True))
        return
    with pytest.raises(LocalProtocolError) as caught:
        mode.flags(forking=True)
    assert [finding.requirement for finding in caught.value.findings] == ["NODE_001"]


@pytest.mark.parametrize(
    ("mode", "forking"), [(1, True), (1, False), (2, False), (3, True), (3, False), (4, False)]
)
def test_node_001__a_conference_is_set_up_in_each_mode(on_network, mode, forking):
    """A UE and the conference agree on keys in every mode, with forking and without."""

    async def run(watched):
        async with watched.scene(mode=Mode(mode), forking=forking) as scene:
            call = await (await scene.ue("UE-A")).dial_in(CONFERENCE, scene.mrfc)
            return call.state, call.reason

    assert on_network(run) == (CallState.ESTABLISHED, "")
