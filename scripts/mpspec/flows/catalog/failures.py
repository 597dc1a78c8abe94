"""Flows in which something goes wrong: each ends in a defined state, with the finding that names the rule."""

import asyncio
from dataclasses import replace

from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import Invitation
from mediasec.procedures.mp.messages import TcpEstablishmentFailure, TlsEstablishmentFailure
from mediasec.sdp.streams import StreamKind
from mpspec.flows.catalog import ladders
from mpspec.flows.catalog.cast import AWAY, CONFERENCE, UE_A, UE_B, ended, outcome
from mpspec.flows.catalog.conferences import USES, called
from mpspec.flows.catalog.disturbances import (
    ForSomebodyElse,
    OnTheWay,
    WithAnotherKey,
    keyed_by_sdes,
    to_another_port,
    unchanged,
    with_a_flipped_bit,
)
from mpspec.flows.flow import Flow, Outcome, Rung
from mpspec.flows.scene import CONFERENCE as CONFERENCE_URI
from mpspec.flows.scene import Scene, uri_of
from mpspec.flows.stage import Stage

MSRP, BFCP = StreamKind.MSRP, StreamKind.BFCP

_CLOCK_BEHIND_SECONDS = 90.0
_VALIDITY_SECONDS = 60
_SETTLING_SECONDS = 0.5


async def kms_away(stage: Stage) -> Outcome:
    """Have the KMS go away before the MRFC can have the ticket resolved."""
    async with Scene(surroundings=stage.surroundings) as scene:

        async def without_kms(invitation: Invitation) -> Invitation:
            await scene.kms.close()
            return invitation

        ue = await scene.ue("UE-A")
        await ue.dial_in(CONFERENCE_URI, OnTheWay(scene.mrfc, without_kms), [MSRP])
        sentence = "The MRFC cannot have the ticket resolved, and refuses the offer; the MRFP was not asked."
        return outcome(scene, [ue], sentence, kms=AWAY)


async def ticket_for_another(stage: Stage) -> Outcome:
    """Have UE-A call the conference with a ticket for UE-B."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A", agent=ForSomebodyElse)
        await ue.dial_in(CONFERENCE_URI, scene.mrfc, [MSRP])
        sentence = "The MRFC may not have the ticket resolved, and refuses the offer without asking the KMS."
        return outcome(scene, [ue], sentence)


async def ticket_expired(stage: Stage) -> Outcome:
    """Have UE-A, whose clock is behind, call the conference with a ticket that is not valid any more."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A", validity_seconds=_VALIDITY_SECONDS, clock_seconds=-_CLOCK_BEHIND_SECONDS)
        await ue.dial_in(CONFERENCE_URI, scene.mrfc, [MSRP])
        sentence = "By the clock of the MRFC the ticket is not valid any more; it refuses the offer."
        return outcome(scene, [ue], sentence)


async def tampered_ticket(stage: Stage) -> Outcome:
    """Have a bit of TRANSFER_INIT flipped on the way."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A")
        await ue.dial_in(CONFERENCE_URI, OnTheWay(scene.mrfc, with_a_flipped_bit), [MSRP])
        sentence = "With the keys of the ticket the MRFC sees that the message was changed, and refuses it."
        return outcome(scene, [ue], sentence)


async def replayed_offer(stage: Stage) -> Outcome:
    """Have somebody send an offer again that the conference has answered before."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A")
        way = OnTheWay(scene.mrfc, unchanged)
        call = await ue.dial_in(CONFERENCE_URI, way, [MSRP])
        await call.established()
        again = replace(way.carried[0], call_id="again")
        stage.surroundings("UE-A").show("MRFC", Medium.SIGNALLING, "SDP offer", again.offer)
        await scene.mrfc.invited(again, ue)
        await ue.hang_up(call)
        sentence = "The MRFC has seen the message before, and refuses the offer; the session goes on."
        return outcome(scene, [ue], sentence)


async def wrong_key(stage: Stage) -> Outcome:
    """Have the MRFC give the MRFP another key than the UE has."""
    async with Scene(surroundings=stage.surroundings, conference_agent=WithAnotherKey) as scene:
        ue = await scene.ue("UE-A")
        await ue.dial_in(CONFERENCE_URI, scene.mrfc, [BFCP])
        await asyncio.sleep(_SETTLING_SECONDS)
        sentence = "The TLS handshake fails; the MRFP notifies that over Mp, and the session is ended."
        return outcome(scene, [ue], sentence)


async def no_listener(stage: Stage) -> Outcome:
    """Have the port in the offer changed on the way, so that nobody listens there."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A")
        await ue.dial_in(CONFERENCE_URI, OnTheWay(scene.mrfc, to_another_port), [MSRP])
        await asyncio.sleep(_SETTLING_SECONDS)
        sentence = "No TCP connection comes about; the MRFP notifies that over Mp, and the session is ended."
        return outcome(scene, [ue], sentence)


async def mrfp_lost_and_back(stage: Stage) -> Outcome:
    """Have the MRFP go away during a session, and come back."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A")
        await (await ue.dial_in(CONFERENCE_URI, scene.mrfc, [MSRP])).established()
        await scene.mrfp.close()
        await asyncio.sleep(_SETTLING_SECONDS)
        await ue.dial_in(CONFERENCE_URI, scene.mrfc, [MSRP])
        await scene.start_mrfp(scene.mrfp_port)
        call = await ue.dial_in(CONFERENCE_URI, scene.mrfc, [MSRP])
        await call.established()
        await ue.hang_up(call)
        sentence = (
            "The session ended with the MRFP; while it was away there was none, and then there was again."
        )
        return outcome(scene, [ue], sentence)


async def behind_a_nat(stage: Stage) -> Outcome:
    """Have a UE behind a NAT call the conference, and the conference call it."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A", reachable=False)
        for kind in (MSRP, BFCP):
            call = await ue.dial_in(CONFERENCE_URI, scene.mrfc, [kind])
            await call.established()
            await USES[kind](call)
            await ue.hang_up(call)
        call = await called(scene, ue, [MSRP])
        await ue.hang_up(call)
        sentence = "The UE opened every TCP connection, whoever called; nobody connected to it."
        return outcome(scene, [ue], sentence)


async def sdes_with_tls(stage: Stage) -> Outcome:
    """Have a UE ask a conference by G.2 for TLS on MSRP."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ue = await scene.ue("UE-A")
        await ue.dial_in(CONFERENCE_URI, OnTheWay(scene.mrfc, keyed_by_sdes), [MSRP])
        sentence = (
            "TLS on TCP media is outside of what is specified for SDES; there is no key, and no session."
        )
        return outcome(scene, [ue], sentence)


async def bfcp_between_ues(stage: Stage) -> Outcome:
    """Have one UE offer BFCP to another."""
    async with Scene(surroundings=stage.surroundings) as scene:
        first, second = await scene.ue("UE-A"), await scene.ue("UE-B")
        await first.dial_in(uri_of("UE-B"), second, [BFCP])
        sentence = "There is no floor control between two UEs: UE-B refuses the offer and asks no KMS."
        return outcome(scene, [first, second], sentence)


_CALL = (*ladders.request("UE-A"), ladders.offer("UE-A", "MRFC", "", ladders.UNVERIFIED))
_RESOLVED = ladders.resolve("MRFC")


def _refused(*shows: str) -> Rung:
    return ladders.rung(
        Medium.SIGNALLING, "488 Not Acceptable Here", "MRFC", "UE-A", "", ladders.UNVERIFIED, *shows
    )


def _notified(name: str, *shows: str) -> tuple[Rung, ...]:
    return (
        ladders.rung(Medium.MP, name, "MRFP", "MRFC", "", ladders.READ, *shows),
        *ladders.procedure("Release IMS Termination", "", ladders.UNVERIFIED, "MPP_019"),
    )


FLOWS = (
    Flow(
        name="kms-away",
        title="The KMS is away when the ticket is to be resolved",
        summary="The UE has its ticket, and then the KMS cannot be reached.",
        clauses=("RFC 4567, 4.1.2", "TS 23.333, 6.2.19.2.1"),
        participants=(UE_A, *CONFERENCE),
        run=kms_away,
        ladder=(*_CALL, ladders.resolve("MRFC")[0], _refused("NODE_003")),
        ends=ended(UE_A, as_="refused", kms=AWAY),
        finds=("NODE_003",),
    ),
    Flow(
        name="ticket-for-another",
        title="A ticket for another Responder",
        summary="UE-A calls the conference with a ticket that only UE-B may have resolved.",
        clauses=("RFC 6043, 4.2.2.2",),
        participants=(UE_A, *CONFERENCE),
        run=ticket_for_another,
        ladder=(*_CALL, _refused("PROC_146", "PROC_147")),
        ends=ended(UE_A, as_="refused"),
        finds=("MKY_203", "PROC_002"),
    ),
    Flow(
        name="ticket-expired",
        title="A ticket that is not valid any more",
        summary="The clock of UE-A is behind, and its ticket is not valid any more by the clock of the MRFC.",
        clauses=("RFC 6043, 4.2.2.2",),
        participants=(UE_A, *CONFERENCE),
        run=ticket_expired,
        ladder=(*_CALL, _refused("PROC_146", "PROC_136")),
        ends=ended(UE_A, as_="refused"),
        finds=("MKY_203", "PROC_002"),
    ),
    Flow(
        name="tampered-ticket",
        title="A TRANSFER_INIT that was changed on the way",
        summary="One bit of the CSB ID in TRANSFER_INIT is flipped; the keys of the ticket show it.",
        clauses=("RFC 6043, 4.2.2.2", "RFC 6043, 5.5"),
        participants=(UE_A, *CONFERENCE),
        run=tampered_ticket,
        ladder=(*_CALL, *_RESOLVED, _refused("PROC_151", "PROC_107")),
        ends=ended(UE_A, as_="refused"),
        finds=("PROC_002",),
    ),
    Flow(
        name="replayed-offer",
        title="An offer that is sent again",
        summary="Somebody sends an offer again that the conference has answered.",
        clauses=("RFC 6043, 12.4",),
        participants=(UE_A, *CONFERENCE),
        run=replayed_offer,
        ladder=(
            *_CALL,
            *_RESOLVED,
            ladders.answer("MRFC", "UE-A", "", ladders.UNVERIFIED),
            ladders.offer("UE-A", "MRFC", "", ladders.UNVERIFIED, "PROC_156"),
            _refused("PROC_156", "MKY_171"),
        ),
        ends=ended(UE_A),
        finds=("MKY_171", "PROC_002"),
    ),
    Flow(
        name="wrong-key",
        title="The MRFP has another key than the UE",
        summary="The MRFC gives the MRFP another key than the one that the UE has.",
        clauses=("TS 23.333, 6.2.19.3.1",),
        participants=(UE_A, *CONFERENCE),
        run=wrong_key,
        ladder=(
            *_CALL,
            *_RESOLVED,
            *ladders.procedure("Configure BFCP Termination"),
            ladders.answer("MRFC", "UE-A", "9", ladders.READ),
            ladders.rung(Medium.TLS, "handshake started", "UE-A", "MRFP", "10", ladders.READ),
            *_notified(TlsEstablishmentFailure.procedure, "MPP_008"),
        ),
        ends=ended(UE_A, as_="failed"),
        finds=("MPP_008", "TLS_029"),
    ),
    Flow(
        name="no-listener",
        title="Nobody listens where the MRFP connects to",
        summary="The port in the offer is not one at which the UE listens.",
        clauses=("TS 23.333, 6.2.20.1",),
        participants=(UE_A, *CONFERENCE),
        run=no_listener,
        ladder=(
            *_CALL,
            *_RESOLVED,
            *ladders.procedure("Reserve and Configure IMS Resources"),
            *_notified(TcpEstablishmentFailure.procedure, "MPP_007"),
        ),
        ends=ended(UE_A),
        finds=("MPP_007",),
    ),
    Flow(
        name="mrfp-lost-and-back",
        title="The MRFP is lost, and comes back",
        summary="The MRFP goes away during a session. A call meanwhile is refused, and a later one is not.",
        clauses=("TS 23.333, 8.30",),
        participants=(UE_A, *CONFERENCE),
        run=mrfp_lost_and_back,
        ladder=(
            *ladders.MSRP_DIAL_IN[:-1],
            ladders.rung(Medium.SIGNALLING, "end of session", "MRFC", "UE-A"),
            *_CALL,
            ladders.rung(Medium.SIGNALLING, "503 Service Unavailable", "MRFC", "UE-A"),
            *ladders.MSRP_DIAL_IN[:-1],
        ),
        ends=ended(UE_A),
        finds=("MPP_014",),
    ),
    Flow(
        name="ue-behind-nat",
        title="A UE behind a NAT",
        summary="UE-A can open TCP connections, and nobody can open one to it.",
        clauses=("TR 29.828, 7.1.1.3", "RFC 6135, 4.2.2"),
        participants=(replace(UE_A, hidden=True), *CONFERENCE),
        run=behind_a_nat,
        ladder=(
            ladders.offer("UE-A", "MRFC", "", ladders.UNVERIFIED, "MP_BFCP_006", "NODE_008"),
            ladders.rung(Medium.TCP, "connection established", "UE-A", "MRFP"),
            ladders.offer("UE-A", "MRFC", "", ladders.UNVERIFIED, "MP_BFCP_006", "NODE_008"),
            ladders.rung(
                Medium.TCP, "connection established", "UE-A", "MRFP", "", ladders.UNVERIFIED, "MP_BFCP_006"
            ),
            ladders.offer("MRFC", "UE-A", "", ladders.UNVERIFIED, "SDP_028"),
            ladders.rung(Medium.TCP, "connection established", "UE-A", "MRFP"),
        ),
        ends=ended(UE_A),
    ),
    Flow(
        name="sdes-with-tls",
        title="A conference by G.2 that is asked for TLS",
        summary="The offer keys RTP by SDES, and asks for TLS on MSRP without MIKEY.",
        clauses=("TR 29.828, 7.1.1.1",),
        participants=(UE_A, *CONFERENCE),
        run=sdes_with_tls,
        ladder=(
            ladders.offer("UE-A", "MRFC", "", ladders.READ, "MP_GEN_003", "MP_GEN_004", "MP_GEN_007"),
            _refused("SDP_023", "MP_GEN_004"),
        ),
        ends=ended(UE_A, as_="refused"),
        finds=("SDP_023", "PROC_002"),
    ),
    Flow(
        name="bfcp-between-ues",
        title="A UE offers BFCP to another UE",
        summary="UE-A calls UE-B, no conference, and offers BFCP.",
        clauses=("TR 29.828, 7.1.1.3",),
        participants=(UE_A, UE_B, *CONFERENCE),
        run=bfcp_between_ues,
        ladder=(
            *ladders.request("UE-A"),
            ladders.offer("UE-A", "UE-B", "", ladders.READ, "MP_BFCP_005"),
            ladders.rung(
                Medium.SIGNALLING,
                "488 Not Acceptable Here",
                "UE-B",
                "UE-A",
                "",
                ladders.UNVERIFIED,
                "SDP_026",
                "MP_BFCP_005",
            ),
        ),
        ends=ended(UE_A, UE_B, as_="refused"),
        finds=("SDP_026",),
    ),
)
"""What can go wrong."""
