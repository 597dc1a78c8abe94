"""TS 23.333, 6.2.19.3.1: what the MRFP notifies, and what the MRFC does about it."""

import asyncio
from dataclasses import replace

import pytest

from mediasec.nodes.mrfp import Mrfp
from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallState
from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.messages import TcpEstablishmentFailure, TlsEstablishmentFailure
from mediasec.procedures.mp.termination import TERMINATION_TRANSITIONS, TerminationEvent, TerminationState
from mediasec.procedures.tls_key import TlsPreSharedKey
from mediasec.sdp.streams import StreamKind
from mp_requests import BFCP, FLOORS, RESERVE, SECURITY, configure
from mpspec.flows.scene import CONFERENCE, uri_of

TCP_FAILURE, TLS_FAILURE = TcpEstablishmentFailure.procedure, TlsEstablishmentFailure.procedure


def establishing(**security):
    """Return a termination that is being established, with these elements of security."""
    contexts = Contexts()
    termination = contexts.add(RESERVE)
    request = configure(termination.context, termination.number, security=replace(SECURITY, **security))
    return contexts.configure(request)


@pytest.mark.parametrize("asked", [True, False])
def test_mpp_008__a_failed_tls_session_is_notified_if_asked_for(asked):
    """The notification names context, termination and reason; without the request there is none."""
    termination = establishing(notify_tls_failure=asked, notify_tcp_failure=not asked)
    found = termination.fail(TerminationEvent.TLS_FAILED, "Another key.")
    wanted = TlsEstablishmentFailure(context=1, termination=1, reason="Another key.")
    assert found == (wanted if asked else None)
    assert termination.state is TerminationState.FAILED


def test_mpp_012__a_termination_goes_on_as_the_table_says():
    """Each event is taken where the table has it, and nowhere else."""
    for state in TerminationState:
        for event in TerminationEvent:
            termination = establishing()
            termination.state = state
            if (state, event) in TERMINATION_TRANSITIONS:
                termination.move(event)
                assert termination.state is TERMINATION_TRANSITIONS[state, event]
            else:
                with pytest.raises(KeyError):
                    termination.move(event)
                assert termination.state is state


def test_mpp_012__the_table_has_the_way_to_each_end():
    """Every way from the reservation ends with the release, after which nothing follows."""
    ways = (
        ("CONFIGURED", "CONNECTED", "CONNECTION_LOST", "RELEASED"),
        ("CONFIGURED", "TCP_FAILED", "RELEASED"),
        ("CONFIGURED", "TLS_FAILED", "RELEASED"),
        ("CONFIGURED", "CONNECTED", "RELEASED"),
        ("CONFIGURED", "RELEASED"),
        ("RELEASED",),
    )
    reached = set()
    for way in ways:
        termination = Contexts().add(RESERVE)
        for name in way:
            reached.add(termination.state)
            termination.move(TerminationEvent[name])
        assert termination.state is TerminationState.RELEASED
        for event in TerminationEvent:
            with pytest.raises(KeyError):
                termination.move(event)
    assert reached == set(TerminationState) - {TerminationState.RELEASED}


def test_mpp_008__another_key_is_notified_over_mp(on_network, monkeypatch):
    """Where the MRFP has another key than the UE, the MRFC is told of the TLS failure."""
    wrong = TlsPreSharedKey(identity="", key=bytes(16))

    async def dial_in(watched):
        async with watched.scene() as scene:
            agent = scene.conference.agent
            key_of = agent.key_of
            monkeypatch.setattr(
                agent, "key_of", lambda agreement: replace(wrong, identity=key_of(agreement).identity)
            )
            ue = await scene.ue("UE-A")
            call = await ue.dial_in(CONFERENCE, scene.mrfc, [StreamKind.BFCP])
            await asyncio.sleep(1)
            return call.state, watched.names(Medium.MP, sender="MRFP"), dict(scene.mrfc.calls)

    state, replies, calls = on_network(dial_in)
    assert state is CallState.FAILED
    assert TLS_FAILURE in replies
    assert TCP_FAILURE not in replies
    assert calls == {}


@pytest.mark.parametrize("kind", [StreamKind.MSRP, StreamKind.BFCP])
def test_mpp_019__a_session_whose_media_failed_is_ended(on_network, kind):
    """The MRFC ends the session of the UE that cannot be reached; the other UE stays in the conference."""

    async def dial_in(watched):
        async with watched.scene() as scene:
            other = await (await scene.ue("UE-A")).dial_in(CONFERENCE, scene.mrfc, [kind])
            lost = await scene.ue("UE-B")
            task = asyncio.ensure_future(lost.dial_in(CONFERENCE, scene.mrfc, [kind]))
            call = await task
            await asyncio.sleep(30)
            (context,) = scene.mrfp.contexts.by_number.values()
            return call.state, other.state, watched.names(Medium.MP), len(context.terminations)

    state, other, procedures, left = on_network(dial_in, hidden=["192.0.2.12"])
    assert state in (CallState.FAILED, CallState.ENDED)
    assert other is CallState.ESTABLISHED
    assert procedures[-3:] == [TCP_FAILURE, "Release IMS Termination", "Reply"]
    assert left == 1


@pytest.mark.parametrize("asked", [True, False])
def test_mpp_007__a_failed_tcp_connection_is_notified_if_asked_for(on_network, asked):
    """The MRFP tells that nobody listens where it was to connect to, if it was asked to tell."""
    security = replace(SECURITY, notify_tcp_failure=asked)

    async def perform(watched):
        told = []
        async with Mrfp(watched.surroundings("MRFP")) as mrfp:

            async def notify(notification):
                told.append(notification)

            mrfp._mp.notify = notify
            context = (await mrfp.perform(FLOORS)).context
            await mrfp.perform(replace(BFCP, context=context, security=security))
            await asyncio.sleep(30)
            (state,) = (each.state for each in mrfp.contexts.by_number[context].terminations.values())
        return state, [type(each) for each in told]

    state, told = on_network(perform)
    assert state is TerminationState.FAILED
    assert told == ([TcpEstablishmentFailure] if asked else [])


@pytest.mark.parametrize("kinds", [[StreamKind.MSRP, StreamKind.BFCP], [StreamKind.BFCP, StreamKind.MSRP]])
@pytest.mark.parametrize("call", ["dial-in", "dial-out"])
def test_mpp_019__a_failure_during_the_set_up_ends_it_too(on_network, kinds, call):
    """A failure that is notified while other streams are set up still ends the session, on all nodes."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-A")
            closing(ue)
            if call == "dial-in":
                state = (await ue.dial_in(CONFERENCE, scene.mrfc, kinds)).state
            else:
                leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-A"), ue, kinds)
                await asyncio.sleep(30)
                state = leg.state
            await asyncio.sleep(30)
            return state, dict(scene.mrfc.calls), dict(ue.calls), dict(scene.mrfp.contexts.by_number)

    state, legs, calls, contexts = on_network(run)
    assert state in (CallState.FAILED, CallState.ENDED, CallState.REFUSED)
    assert (legs, calls, contexts) == ({}, {}, {})


def closing(ue):
    """Have a UE listen no more as soon as it has said where it listens."""
    reserve = ue._reserve

    async def reserve_and_close(kind, *, listens):
        media = await reserve(kind, listens=listens)
        if media.bearer._listener is not None:
            await media.bearer._listener.close()
        return media

    ue._reserve = reserve_and_close
