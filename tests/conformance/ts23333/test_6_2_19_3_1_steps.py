"""TS 23.333, 6.2.19.3.1: the order of the steps of a dial-in, and what crosses Mp."""

import json

import pytest

from mediasec.errors import EndpointError
from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallState
from mediasec.procedures.mp.messages import ConfigureBfcpTermination
from mediasec.sdp.streams import StreamKind
from mpspec.flows.scene import CONFERENCE

CONFIGURE = ConfigureBfcpTermination.procedure


async def dial_in(watched, kinds=(StreamKind.BFCP,)):
    """Have UE-A call the conference."""
    async with watched.scene() as scene:
        call = await (await scene.ue("UE-A")).dial_in(CONFERENCE, scene.mrfc, kinds)
        await call.established()
        return call


def test_mpp_018__keys_then_mrfp_then_answer(on_network):
    """The MRFC has resolved the ticket before it configures the MRFP, and answers after the reply."""

    async def run(watched):
        await dial_in(watched)
        replied = [n for n, each in enumerate(watched.sent) if each.name == "Reply"]
        (request,) = (json.loads(each.octets) for each in watched.sent if each.name == CONFIGURE)
        return request, [
            watched.place(Medium.SIGNALLING, "SDP offer"),
            watched.place(Medium.KMS, "RESOLVE_RESP"),
            watched.place(Medium.MP, CONFIGURE),
            replied[1],
            watched.place(Medium.SIGNALLING, "SDP answer"),
        ]

    request, places = on_network(run)
    assert places == sorted(places)
    assert request["remote_address"]["host"] == "192.0.2.11"
    security = request["security"]
    assert security["pre_shared_key"]["key"] == "16 octets, not shown"
    assert (security["notify_tcp_failure"], security["notify_tls_failure"]) == (True, True)
    assert (security["tcp_establishment"], security["tls_side"]) == ("active", "server")


def test_mpp_018__without_the_key_the_mrfp_is_not_asked(on_network):
    """Where the ticket cannot be resolved nothing crosses Mp, and the offer is refused."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            invited = scene.mrfc.invited

            async def without_kms(invitation, caller):
                await scene.kms.close()
                return await invited(invitation, caller)

            scene.mrfc.invited = without_kms
            call = await ue.dial_in(CONFERENCE, scene.mrfc)
            return call.state, watched.names(Medium.MP), watched.names(Medium.SIGNALLING)

    state, procedures, signalling = on_network(run)
    assert state is CallState.REFUSED
    assert procedures == []
    assert signalling == ["SDP offer", "488 Not Acceptable Here"]


def test_mpp_016__only_the_key_crosses_mp(on_network, monkeypatch):
    """No MIKEY message and no other key is in what crosses Mp; the key is there, with its identity."""
    crossed = []
    monkeypatch.setattr("mediasec.nodes.mp_link.without_key", lambda message: crossed.append(message) or b"")

    async def run(watched):
        call = await dial_in(watched, (StreamKind.MSRP, StreamKind.BFCP))
        return call, [each.octets for each in watched.sent if each.medium is Medium.KMS]

    call, mikey = on_network(run)
    keys = [each.security.pre_shared_key for each in crossed if getattr(each, "security", None)]
    assert len(keys) == 2
    assert all(key.identity and len(key.key) == 16 for key in keys)
    assert call.messages.terms.psk_identity == keys[0].identity
    whole = repr(crossed)
    assert not [octets for octets in mikey if octets[16:32].hex() in whole]
    assert keys[0].key.hex() not in whole


def test_mpp_020__tls_starts_after_the_answer(on_network):
    """The UE, and nobody else, starts TLS, and does so when it has the answer."""

    async def run(watched):
        await dial_in(watched)
        (starter,) = (each.sender for each in watched.sent if each.name == "handshake started")
        answer = watched.place(Medium.SIGNALLING, "SDP answer")
        return starter, answer < watched.place(Medium.TLS, "handshake started")

    assert on_network(run) == ("UE-A", True)


def test_mpp_020__without_the_answer_there_is_no_tls(on_network):
    """A UE whose offer is refused starts no TLS on the connection that it let in."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            invited = scene.mrfc.invited

            async def spoilt(invitation, caller):
                response = await invited(invitation, caller)
                octets = response.answer.replace(b"a=key-mgmt", b"a=x-key-mgmt")
                return type(response)(status=response.status, answer=octets)

            scene.mrfc.invited = spoilt
            call = await ue.dial_in(CONFERENCE, scene.mrfc, [StreamKind.BFCP])
            with pytest.raises(EndpointError):
                await call.established()
            return call, [
                each.name for each in watched.sent if each.medium is Medium.TLS and each.sender == "UE-A"
            ]

    call, started = on_network(run)
    assert call.state is CallState.REFUSED
    assert started == []
    assert {finding.requirement for finding in call.findings} == {"SDP_008"}
