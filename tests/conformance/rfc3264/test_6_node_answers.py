"""RFC 3264, 6: a description that breaks a rule goes no further."""

from dataclasses import replace

import pytest

from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallState, Response
from mpspec.flows.scene import CONFERENCE


@pytest.mark.parametrize(
    ("old", "new", "requirement"),
    [
        (b"TCP/TLS/BFCP", b"TCP/BFCP", "SDP_001"),
        (b"a=setup:actpass", b"a=setup:maybe", "SDP_030"),
        (b"a=floorctrl:c-only", b"a=floorctrl:s-only", "SDP_027"),
    ],
)
def test_node_005__a_broken_offer_is_refused_before_anything_is_done(on_network, old, new, requirement):
    """The MRFC names the rule, asks no KMS and no MRFP, and refuses."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            invited = scene.mrfc.invited

            async def spoilt(invitation, caller):
                offer = invitation.offer.replace(old, new)
                return await invited(replace(invitation, offer=offer), caller)

            scene.mrfc.invited = spoilt
            call = await ue.dial_in(CONFERENCE, scene.mrfc)
            legs = list(scene.mrfc.over)
            return call.state, legs, watched.names(Medium.KMS, sender="MRFC"), watched.names(Medium.MP)

    state, legs, asked, procedures = on_network(run)
    assert state is CallState.REFUSED
    assert requirement in {finding.requirement for leg in legs for finding in leg.findings}
    assert (asked, procedures) == ([], [])


def test_node_005__a_broken_answer_is_not_used(on_network):
    """The UE names the rule that the answer breaks, and connects nothing."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            invited = scene.mrfc.invited

            async def spoilt(invitation, caller):
                response = await invited(invitation, caller)
                return Response(status=response.status, answer=response.answer.replace(b"s-only", b"c-only"))

            scene.mrfc.invited = spoilt
            call = await ue.dial_in(CONFERENCE, scene.mrfc)
            return call, [each.sender for each in watched.sent if each.medium is Medium.TLS]

    call, started = on_network(run)
    assert call.state is CallState.REFUSED
    assert "SDP_027" in {finding.requirement for finding in call.findings}
    assert "UE-A" not in started
