"""TS 23.333, 6.2.20.1: which side opens TCP, and what is told if it does not come about."""

import asyncio

import pytest

from mediasec.nodes.calls import answered_setup
from mediasec.nodes.observation import Medium
from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.messages import TcpEstablishmentFailure
from mediasec.procedures.mp.termination import TerminationEvent
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import Setup
from mediasec.sdp.streams import StreamKind, streams_of
from mp_requests import RESERVE, configure
from mpspec.flows.scene import CONFERENCE

OFFER = """v=0\r
o=- 1 1 IN IP4 192.0.2.11\r
s=-\r
c=IN IP4 192.0.2.11\r
t=0 0\r
m=application 50000 TCP/TLS/BFCP *\r
"""


@pytest.mark.parametrize(
    ("offered", "wanted"),
    [
        ("actpass", Setup.ACTIVE),
        ("passive", Setup.ACTIVE),
        ("active", Setup.PASSIVE),
        (None, Setup.PASSIVE),
    ],
)
def test_node_006__the_conference_opens_the_connection_where_it_may(offered, wanted):
    """The answer is active, unless the offerer is, stated or by default."""
    setup = f"a=setup:{offered}\r\n" if offered else ""
    (stream,) = streams_of(SessionDescription.parse((OFFER + setup).encode()))
    assert answered_setup(stream) is wanted


def test_node_006__it_does_so_in_a_dial_in(on_network):
    """The answer of the MRFC to a UE that can be reached has a=setup:active for each stream."""

    async def dial_in(watched):
        async with watched.scene() as scene:
            await (await scene.ue("UE-A")).dial_in(CONFERENCE, scene.mrfc)
            (answer,) = (each.octets for each in watched.sent if each.name == "SDP answer")
            return answer

    assert on_network(dial_in).count(b"a=setup:active\r\n") == 2


def test_mpp_007__the_notification_says_which_termination_and_why():
    """The notification names context, termination and reason."""
    contexts = Contexts()
    termination = contexts.add(RESERVE)
    request = configure(termination.context, termination.number)
    termination = contexts.configure(request)
    termination.security = type(termination.security)(notify_tcp_failure=True)
    found = termination.fail(TerminationEvent.TCP_FAILED, "Nobody listens.")
    assert found == TcpEstablishmentFailure(context=1, termination=1, reason="Nobody listens.")


def test_mpp_007__nobody_listens_at_the_ue(on_network):
    """Where no TCP connection comes about the MRFC is told by the MRFP, over Mp."""

    async def dial_in(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-B")
            await ue.dial_in(CONFERENCE, scene.mrfc, [StreamKind.MSRP])
            await asyncio.sleep(30)
            return watched.names(Medium.MP, sender="MRFP")

    assert TcpEstablishmentFailure.procedure in on_network(dial_in, hidden=["192.0.2.12"])
