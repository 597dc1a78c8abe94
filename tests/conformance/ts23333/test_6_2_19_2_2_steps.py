"""TS 23.333, 6.2.19.2.2: the order of the steps of a dial-out, and what the UE does with the ticket."""

import pytest

from mediasec.nodes.key_agent import Mode
from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallState
from mediasec.procedures.mp.messages import ConfigureImsResources, ReserveImsResources
from mediasec.sdp.streams import StreamKind
from mpspec.flows.scene import uri_of

RESERVE, CONFIGURE = ReserveImsResources.procedure, ConfigureImsResources.procedure


async def dial_out(watched, **settings):
    """Have the conference call UE-B by MSRP; return the state of the session at both ends."""
    async with watched.scene(**settings) as scene:
        ue = await scene.ue("UE-B")
        leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-B"), ue, [StreamKind.MSRP])
        call = ue.calls[leg.call_id]
        await call.established()
        return leg.state, call.state


def test_mpp_017__ticket_then_reservation_then_offer_then_key(on_network):
    """The ticket comes before the termination, that before the offer, and the key after the answer."""

    async def run(watched):
        states = await dial_out(watched)
        (configured,) = (each.octets for each in watched.sent if each.name == CONFIGURE)
        places = [
            watched.place(Medium.KMS, "REQUEST_RESP"),
            watched.place(Medium.MP, RESERVE),
            watched.place(Medium.MP, "Reply"),
            watched.place(Medium.SIGNALLING, "SDP offer"),
            watched.place(Medium.KMS, "RESOLVE_INIT_PSK"),
            watched.place(Medium.SIGNALLING, "SDP answer"),
            watched.place(Medium.MP, CONFIGURE),
            watched.place(Medium.TCP, "connection established"),
        ]
        (reserved,) = (each.octets for each in watched.sent if each.name == RESERVE)
        return states, places, reserved, configured

    states, places, reserved, configured = on_network(run)
    assert states == (CallState.ANSWERED, CallState.ESTABLISHED)
    assert places == sorted(places)
    assert b"octets, not shown" in configured
    assert b"octets, not shown" not in reserved


def test_mpp_017__no_answer_releases_what_was_reserved(on_network):
    """Where the UE refuses, the MRFP is given no key, and the termination is released."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-B"), ue, [StreamKind.MSRP])
            return leg.state, watched.names(Medium.MP), scene.mrfp.contexts.by_number

    state, procedures, contexts = on_network(run)
    assert state is CallState.REFUSED
    assert procedures == [RESERVE, "Reply", "Release IMS Termination", "Reply"]
    assert contexts == {}


@pytest.mark.parametrize(("mode", "asks", "resolves"), [(1, True, True), (2, True, False), (3, False, True)])
def test_node_002__the_ticket_comes_from_the_kms_or_is_made(on_network, mode, asks, resolves):
    """In modes 1 and 2 the MRFC asks the KMS for the ticket, in mode 3 it makes it."""

    async def run(watched):
        states = await dial_out(watched, mode=Mode(mode), forking=False)
        asked = set(watched.names(Medium.KMS, sender="MRFC"))
        return states, asked, watched.names(Medium.KMS, sender="UE-B")

    states, asked, resolved = on_network(run)
    assert states == (CallState.ANSWERED, CallState.ESTABLISHED)
    assert asked == ({"REQUEST_INIT_PSK"} if asks else set())
    assert resolved == (["RESOLVE_INIT_PSK"] if resolves else [])


def test_node_003__the_ue_answers_after_it_has_the_keys(on_network):
    """The UE asks the KMS, and answers when that has answered."""

    async def run(watched):
        await dial_out(watched)
        return [each.name for each in watched.sent if "UE-B" in (each.sender, each.receiver)]

    assert on_network(run)[:4] == ["SDP offer", "RESOLVE_INIT_PSK", "RESOLVE_RESP", "SDP answer"]


def test_node_003__the_ue_does_not_resolve_what_is_not_for_it(on_network):
    """A UE that is not the Responder of the ticket refuses the offer without asking the KMS."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-B")
            agent = scene.conference.agent
            scene.conference.agent = _ForSomebodyElse(agent)
            leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-B"), ue, [StreamKind.MSRP])
            return leg, watched.names(Medium.KMS, sender="UE-B"), watched.names(Medium.SIGNALLING)

    leg, asked, signalling = on_network(run)
    assert leg.state is CallState.REFUSED
    assert asked == []
    assert signalling == ["SDP offer", "488 Not Acceptable Here"]
    assert leg.reason.endswith("The peer refused: INVALID_TPPAR.")


class _ForSomebodyElse:
    """A MIKEY-TICKET side whose tickets are for another Responder than the one that is called."""

    def __init__(self, agent):
        self._agent = agent

    async def offer(self, responder):
        """Make an offer for UE-C."""
        other = type(responder)(kind=responder.kind, data=uri_of("UE-C").encode())
        return await self._agent.offer(other)
