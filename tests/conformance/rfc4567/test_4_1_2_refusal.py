"""RFC 4567, 4.1.2: what a node says whose key management failed."""

import asyncio
import base64
from dataclasses import replace

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.message import Message
from mediasec.mikey.registry import DataType
from mediasec.nodes.calls import CallRefused, refusal
from mediasec.nodes.signalling import CallState, Status
from mediasec.procedures.key_management import SetupAborted
from mpspec.flows.scene import CONFERENCE


def test_node_004__the_status_is_that_of_the_failure():
    """Failed key management is 488 with its warning and its Error message; others have their own status."""
    aborted = SetupAborted("media[0]", "why", warnings=(306,), error_message=b"error")
    found = refusal(aborted)
    assert (found.status, found.warnings, found.error_message) == (488, (306,), b"error")
    assert refusal(CallRefused(Status.NOT_FOUND, "why")).status == 404
    found = refusal(MalformedMessage("why"))
    assert (found.status, found.warnings) == (488, (399,))


@pytest.mark.parametrize("spoilt", ["ticket", "expired"])
def test_node_004__an_offer_is_refused_as_a_whole(on_network, spoilt):
    """A changed ticket in one stream refuses both; the response has 399 and an Error message of MIKEY."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A", validity_seconds=1 if spoilt == "expired" else 3600)
            responses, invited = [], scene.mrfc.invited

            async def on_the_way(invitation, caller):
                if spoilt == "expired":
                    await asyncio.sleep(2)
                else:
                    invitation = _flipped(invitation)
                responses.append(await invited(invitation, caller))
                return responses[0]

            scene.mrfc.invited = on_the_way
            call = await ue.dial_in(CONFERENCE, scene.mrfc)
            return call.state, responses[0], dict(scene.mrfc.calls), scene.mrfp.contexts.by_number

    state, response, calls, contexts = on_network(run)
    assert state is CallState.REFUSED
    assert (response.status, response.warnings, response.answer) == (488, (399,), b"")
    assert Message.parse(response.error_message).header.data_type is DataType.ERROR
    assert (calls, contexts) == ({}, {})


def _flipped(invitation):
    """Return an invitation with one bit of the last octet of its last MIKEY message changed."""
    before, _, after = invitation.offer.rpartition(b"a=key-mgmt:mikey ")
    text, end, rest = after.partition(b"\r\n")
    octets = bytearray(base64.b64decode(text))
    octets[-1] ^= 1
    offer = before + b"a=key-mgmt:mikey " + base64.b64encode(octets) + end + rest
    return replace(invitation, offer=offer)
