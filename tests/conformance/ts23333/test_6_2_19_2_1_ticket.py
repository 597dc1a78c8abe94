"""TS 23.333, 6.2.19.2.1: the UE has a ticket before it makes an offer."""

from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallState
from mediasec.sdp.streams import StreamKind
from mpspec.flows.scene import CONFERENCE


def test_node_002__the_ue_has_a_ticket_for_the_conference_first(on_network):
    """The KMS has answered the UE before the offer is made."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            call = await ue.dial_in(CONFERENCE, scene.mrfc, [StreamKind.MSRP])
            return call.state, watched.names()

    state, names = on_network(run)
    assert state is CallState.ESTABLISHED
    assert names[:3] == ["REQUEST_INIT_PSK", "REQUEST_RESP", "SDP offer"]


def test_node_002__without_a_ticket_there_is_no_offer(on_network):
    """Where the KMS is away the UE makes no offer, and the call is refused at its own side."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            await scene.kms.close()
            call = await ue.dial_in(CONFERENCE, scene.mrfc, [StreamKind.MSRP])
            return call, watched.names(Medium.SIGNALLING), dict(ue.calls)

    call, signalling, calls = on_network(run)
    assert (call.state, call.reason) == (CallState.REFUSED, "The KMS cannot be reached.")
    assert (signalling, calls) == ([], {})
