"""TS 23.333, 8.22: what a procedure may ask for at the MRFP, without I/O."""

from dataclasses import replace

import pytest

from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.nodes.mp_link import MpClient, MpRefused
from mediasec.nodes.mrfp import Mrfp
from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.elements import MsrpSide, Transport
from mediasec.procedures.mp.encoding import decode, encode
from mediasec.procedures.mp.termination import TerminationState
from mp_requests import ADDRESS, RESERVE, SECURITY, WHOLE, assert_refused, configure


def test_mpp_004__a_reserved_termination_is_configured():
    """A termination that is reserved takes its remote side once."""
    contexts = Contexts()
    termination = contexts.add(RESERVE)
    assert termination.state is TerminationState.RESERVED
    assert contexts.configure(configure(termination.context, termination.number)) is termination
    assert termination.state is TerminationState.ESTABLISHING
    assert termination.remote_address == ADDRESS


def test_mpp_004__what_is_not_there_is_refused():
    """An unknown context or termination, a second configuration and another transport are refused."""
    contexts = Contexts()
    termination = contexts.add(RESERVE)
    context, number = termination.context, termination.number
    step = contexts.configure
    assert assert_refused(contexts, step, configure(context + 1, number), "MPP_004") == "context"
    assert assert_refused(contexts, step, configure(context, number + 1), "MPP_004") == "termination"
    other = configure(context, number, remote_resources=Transport.TCP_TLS_BFCP, remote_msrp=None)
    assert assert_refused(contexts, step, other, "MPP_004") == "remote_resources"
    step(configure(context, number))
    assert assert_refused(contexts, step, configure(context, number), "MPP_004") == "termination"
    assert (
        assert_refused(contexts, contexts.add, replace(RESERVE, context=context + 1), "MPP_004") == "context"
    )


def test_mpp_004__a_context_and_a_mrfp_have_room_for_so_many(monkeypatch):
    """More terminations than a context takes, and more contexts than the MRFP takes, are refused."""
    monkeypatch.setattr("mediasec.procedures.mp.contexts.MAX_TERMINATIONS", 2)
    monkeypatch.setattr("mediasec.procedures.mp.contexts.MAX_CONTEXTS", 2)
    contexts = Contexts()
    contexts.add(RESERVE)
    contexts.add(replace(RESERVE, context=1))
    assert assert_refused(contexts, contexts.add, replace(RESERVE, context=1), "MPP_004") == "context"
    contexts.add(RESERVE)
    assert assert_refused(contexts, contexts.add, RESERVE, "MPP_004") == "context"


def test_mpp_004__a_request_is_added_whole_or_not_at_all():
    """A termination whose remote side does not do is not added either."""
    contexts = Contexts()
    silent = replace(WHOLE, security=replace(SECURITY, tcp_establishment=None))
    assert_refused(contexts, contexts.add, silent, "MPP_009")
    assert contexts.by_number == {}
    assert contexts.add(WHOLE).number == 1


def test_mpp_011__a_path_is_demanded():
    """A termination of MSRP is not configured without a path of MSRP URIs."""
    contexts = Contexts()
    termination = contexts.add(RESERVE)
    for path in (None, MsrpSide(path=()), MsrpSide(path=("http://192.0.2.1/",))):
        request = configure(termination.context, termination.number, remote_msrp=path)
        assert decode(encode(request)).remote_msrp == path
        assert assert_refused(contexts, contexts.configure, request, "MPP_011") == "remote_msrp"


def test_mpp_004__the_mrfp_refuses_over_mp(on_network):
    """Over Mp too what is not there cannot be worked on; nothing changes, and the MRFC can go on."""
    key = bytes(range(16))

    async def ask(watched):
        async with Mrfp(watched.surroundings("MRFP")) as mrfp:
            port = await mrfp.open(TlsServer({"mrfc": key}.get))
            mp = MpClient(
                "192.0.2.3",
                port,
                TlsClient("mrfc", key),
                watched.surroundings("MRFC"),
                notified=lambda notification: None,
                lost=lambda: None,
            )
            async with mp:
                with pytest.raises(MpRefused) as refused:
                    await mp.ask(configure(1, 1))
                before = dict(mrfp.contexts.by_number)
                reserved = await mp.ask(RESERVE)
                configured = await mp.ask(configure(reserved.context, reserved.termination))
            return refused.value.findings, before, reserved, configured

    findings, before, reserved, configured = on_network(ask)
    assert [finding.requirement for finding in findings] == ["MPP_004"]
    assert before == {}
    assert (configured.context, configured.termination) == (reserved.context, reserved.termination)
