"""TS 23.333, 6.2.19.3.1: who opens TCP and who starts TLS is said, and done."""

import asyncio
from dataclasses import replace

import pytest

from mediasec.nodes.observation import Medium
from mediasec.procedures.mp.contexts import Contexts
from mediasec.sdp.streams import StreamKind
from mp_requests import RESERVE, SECURITY, assert_refused, configure
from mpspec.flows.scene import CONFERENCE, uri_of


def test_mpp_009__who_opens_and_who_starts_is_said():
    """A termination over TLS whose TCP or TLS role is not said is refused."""
    contexts = Contexts()
    termination = contexts.add(RESERVE)
    for silent in (replace(SECURITY, tcp_establishment=None), replace(SECURITY, tls_side=None)):
        request = configure(termination.context, termination.number, security=silent)
        assert assert_refused(contexts, contexts.configure, request, "MPP_009") == "security"


@pytest.mark.parametrize("reachable", [True, False])
@pytest.mark.parametrize("kind", [StreamKind.MSRP, StreamKind.BFCP])
def test_mpp_009__the_mrfp_opens_tcp_unless_the_ue_has_to(on_network, kind, reachable):
    """The MRFP opens TCP to a UE that it can reach, and no other; with BFCP the UE starts TLS."""

    async def dial_in(watched):
        async with watched.scene() as scene, asyncio.timeout(60):
            ue = await scene.ue("UE-A", reachable=reachable)
            await (await ue.dial_in(CONFERENCE, scene.mrfc, [kind])).established()
            (opener,) = (each.sender for each in watched.sent if each.medium is Medium.TCP)
            (starter,) = (each.sender for each in watched.sent if each.name == "handshake started")
            return opener, starter

    opener, starter = on_network(dial_in)
    assert opener == ("MRFP" if reachable else "UE-A")
    assert starter == ("UE-A" if kind is StreamKind.BFCP else opener)


@pytest.mark.parametrize("reachable", [True, False])
@pytest.mark.parametrize("kind", [StreamKind.MSRP, StreamKind.BFCP])
def test_mpp_009__in_a_dial_out_too(on_network, kind, reachable):
    """In a dial-out the answer of the UE decides who opens TCP; with BFCP the MRFP starts TLS."""

    async def dial_out(watched):
        async with watched.scene() as scene, asyncio.timeout(60):
            ue = await scene.ue("UE-B", reachable=reachable)
            leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-B"), ue, [kind])
            await ue.calls[leg.call_id].established()
            (opener,) = (each.sender for each in watched.sent if each.medium is Medium.TCP)
            (starter,) = (each.sender for each in watched.sent if each.name == "handshake started")
            return opener, starter

    opener, starter = on_network(dial_out)
    assert opener == ("MRFP" if reachable else "UE-B")
    assert starter == ("MRFP" if kind is StreamKind.BFCP else opener)
