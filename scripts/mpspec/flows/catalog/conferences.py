"""Flows that set a conference up."""

from collections.abc import Awaitable, Callable

from mediasec.bfcp import RequestStatus
from mediasec.errors import EndpointError
from mediasec.nodes.key_agent import Mode
from mediasec.nodes.observation import Medium
from mediasec.nodes.ue import ImsUe, UeCall
from mediasec.sdp.streams import StreamKind
from mpspec.flows.catalog import ladders
from mpspec.flows.catalog.cast import CONFERENCE, KMS, MRFC, MRFP, UE_A, UE_B, UE_C, ended, outcome
from mpspec.flows.flow import Flow, Outcome, Rung
from mpspec.flows.scene import CONFERENCE as CONFERENCE_URI
from mpspec.flows.scene import FLOOR, Scene, uri_of
from mpspec.flows.stage import Stage

MSRP, BFCP = StreamKind.MSRP, StreamKind.BFCP
Use = Callable[[UeCall], Awaitable[None]]


async def send_a_message(call: UeCall) -> None:
    """Send a message, which nobody else is there to get."""
    assert call.messages is not None
    await call.messages.send(b"Hello", "text/plain")


async def ask_for_the_floor(call: UeCall) -> None:
    """Ask for the floor, and give it back."""
    client = call.floor_control
    assert client is not None
    await client.ask(client.core.request_floors(FLOOR))
    (request_id,) = client.core.statuses
    await client.ask(client.core.release_floors(request_id))


USES: dict[StreamKind, Use] = {MSRP: send_a_message, BFCP: ask_for_the_floor}


def dial_in(
    kind: StreamKind, mode: Mode = Mode.KMS_MAKES_AND_RESOLVES, *, forking: bool = True
) -> Callable[[Stage], Awaitable[Outcome]]:
    """Return a flow in which UE-A calls the conference, uses its stream, and leaves."""

    async def run(stage: Stage) -> Outcome:
        async with Scene(surroundings=stage.surroundings, mode=mode, forking=forking) as scene:
            ue = await scene.ue("UE-A")
            call = await ue.dial_in(CONFERENCE_URI, scene.mrfc, [kind])
            await call.established()
            await USES[kind](call)
            await ue.hang_up(call)
            return outcome(scene, [ue], f"UE-A was in the conference by {kind.value} over TLS, and left.")

    return run


def dial_out(kind: StreamKind) -> Callable[[Stage], Awaitable[Outcome]]:
    """Return a flow in which the conference calls UE-B, which uses its stream, and leaves."""

    async def run(stage: Stage) -> Outcome:
        async with Scene(surroundings=stage.surroundings) as scene:
            ue = await scene.ue("UE-B")
            call = await called(scene, ue, [kind])
            await USES[kind](call)
            await ue.hang_up(call)
            return outcome(scene, [ue], f"UE-B was in the conference by {kind.value} over TLS, and left.")

    return run


async def called(scene: Scene, ue: ImsUe, kinds: list[StreamKind]) -> UeCall:
    """Have the conference call a UE, and return its session when the media is there."""
    leg = await scene.mrfc.dial_out(scene.conference, uri_of(ue.name), ue, kinds)
    call = ue.calls.get(leg.call_id)
    if call is None:
        raise EndpointError(leg.reason)
    await call.established()
    return call


async def three_ues(stage: Stage) -> Outcome:
    """Have three UEs share messages and the floor: requested, queued, released, granted."""
    async with Scene(surroundings=stage.surroundings) as scene:
        ues = [await scene.ue(f"UE-{letter}") for letter in "ABC"]
        calls = [await ue.dial_in(CONFERENCE_URI, scene.mrfc, [MSRP, BFCP]) for ue in ues[:2]]
        calls.append(await called(scene, ues[2], [MSRP, BFCP]))
        received = 0
        for sender in calls:
            assert sender.messages is not None
            sender.messages.post(b"Hello to all", "text/plain", success_report=True)
            for other in calls:
                if other is not sender and other.messages is not None:
                    received += len((await other.messages.receive()).body) > 0
        first, second = (call.floor_control for call in calls[:2])
        assert first is not None
        assert second is not None
        await first.ask(first.core.request_floors(FLOOR))
        await second.ask(second.core.request_floors(FLOOR))
        queued = RequestStatus.ACCEPTED in second.core.statuses.values()
        await first.ask(first.core.release_floors(next(iter(first.core.statuses))))
        await second.ask(second.core.hello())
        granted = RequestStatus.GRANTED in second.core.statuses.values()
        await second.ask(second.core.release_floors(next(iter(second.core.statuses))))
        for ue, call in zip(ues, calls, strict=True):
            await ue.hang_up(call)
        sentence = (
            f"Each message reached all others ({received} in all); the floor of UE-B was "
            f"{'queued' if queued else 'not queued'} and then {'granted' if granted else 'not granted'}."
        )
        return outcome(scene, ues, sentence)


def _mode(
    name: str, number: int, *, forking: bool, ladder: tuple[Rung, ...], title: str, summary: str
) -> Flow:
    return Flow(
        name=name,
        title=title,
        summary=summary,
        clauses=("RFC 6043, 4.1.1", "TS 23.333, 6.2.19.2.1"),
        participants=(UE_A, *CONFERENCE),
        run=dial_in(MSRP, Mode(number), forking=forking),
        ladder=ladder,
        ends=ended(UE_A),
    )


_FROM_OFFER = ladders.MSRP_DIAL_IN[2:]
_WITHOUT_RESOLVING = (_FROM_OFFER[0], *_FROM_OFFER[3:])

FLOWS = (
    Flow(
        name="msrp-dial-in",
        title="MSRP dial-in: a UE joins a messaging conference",
        summary="UE-A gets a ticket for the conference from the KMS, and offers MSRP over TLS with it. "
        "The MRFC has the ticket resolved and gives the key to the MRFP, which connects to the UE.",
        clauses=("TS 23.333, 6.2.19.2.1",),
        participants=(UE_A, *CONFERENCE),
        run=dial_in(MSRP),
        ladder=ladders.MSRP_DIAL_IN,
        ends=ended(UE_A),
    ),
    Flow(
        name="msrp-dial-out",
        title="MSRP dial-out: the conference invites a UE",
        summary="The MRFC gets a ticket for UE-B from the KMS, has the MRFP reserve its side, and offers "
        "MSRP over TLS. UE-B has the ticket resolved and answers; then the MRFP is given the key.",
        clauses=("TS 23.333, 6.2.19.2.2",),
        participants=(KMS, MRFC, MRFP, UE_B),
        run=dial_out(MSRP),
        ladder=ladders.MSRP_DIAL_OUT,
        ends=ended(UE_B),
    ),
    Flow(
        name="bfcp-dial-in",
        title="BFCP dial-in: a UE gets a floor control connection",
        summary="UE-A offers BFCP over TLS with a ticket for the conference. The MRFP, which has the floor "
        "control server, opens TCP; the UE starts TLS when the answer has arrived.",
        clauses=("TS 23.333, 6.2.19.3.1",),
        participants=(UE_A, *CONFERENCE),
        run=dial_in(BFCP),
        ladder=ladders.BFCP_DIAL_IN,
        ends=ended(UE_A),
    ),
    Flow(
        name="bfcp-dial-out",
        title="BFCP dial-out: the conference gives a UE a floor control connection",
        summary="The MRFC offers UE-B BFCP over TLS, with a ticket for it. The steps are those of the "
        "dial-out of MSRP, since the clause could not be read.",
        clauses=("TS 23.333, 6.2.19.3",),
        participants=(KMS, MRFC, MRFP, UE_B),
        run=dial_out(BFCP),
        ladder=ladders.BFCP_DIAL_OUT,
        ends=ended(UE_B),
    ),
    _mode(
        "mode-1-without-forking",
        1,
        forking=False,
        ladder=ladders.MSRP_DIAL_IN,
        title="Mode 1 without key forking",
        summary="The KMS makes the ticket and resolves it; every Responder would get the same keys.",
    ),
    _mode(
        "mode-2",
        2,
        forking=False,
        ladder=(*ladders.request("UE-A", "1", ladders.READ), *_WITHOUT_RESOLVING),
        title="Mode 2: the conference opens the ticket itself",
        summary="The KMS makes the ticket under a key of the conference, which needs no KMS to open it.",
    ),
    _mode(
        "mode-3",
        3,
        forking=True,
        ladder=_FROM_OFFER,
        title="Mode 3: the UE makes the ticket itself",
        summary="UE-A makes the ticket under a key that it shares with the KMS, which resolves it with keys "
        "for this Responder alone.",
    ),
    _mode(
        "mode-3-without-forking",
        3,
        forking=False,
        ladder=_FROM_OFFER,
        title="Mode 3 without key forking",
        summary="UE-A makes the ticket under a key that it shares with the KMS; the keys are those of the "
        "ticket.",
    ),
    Flow(
        name="three-ues",
        title="Three UEs in one conference",
        summary="Two UEs call the conference and it calls the third. What one says all others get. The floor "
        "is requested, queued, released and granted.",
        clauses=("TS 23.333, 6.2.19.2", "TS 23.333, 6.2.19.3", "TS 24.247, 9.2.3"),
        participants=(UE_A, UE_B, UE_C, *CONFERENCE),
        run=three_ues,
        ladder=(
            ladders.offer("UE-A", "MRFC", "", ladders.UNVERIFIED, "MP_MSRP_001", "MP_BFCP_002"),
            ladders.offer("UE-B", "MRFC", "", ladders.UNVERIFIED, "MP_MSRP_001", "MP_BFCP_002"),
            ladders.offer("MRFC", "UE-C", "", ladders.UNVERIFIED, "MP_MSRP_001", "MP_BFCP_002"),
            ladders.rung(Medium.MSRP, "SEND", "UE-A", "MRFP"),
            ladders.rung(Medium.MSRP, "SEND", "UE-B", "MRFP"),
            ladders.rung(Medium.MSRP, "SEND", "UE-C", "MRFP"),
            ladders.rung(Medium.BFCP, "FloorRequest", "UE-A", "MRFP"),
            ladders.rung(Medium.BFCP, "FloorRequest", "UE-B", "MRFP"),
            ladders.rung(Medium.BFCP, "FloorRelease", "UE-A", "MRFP"),
            ladders.rung(Medium.BFCP, "FloorRequestStatus", "MRFP", "UE-B"),
        ),
        ends=ended(UE_A, UE_B, UE_C),
    ),
)
"""The conference as it should be."""
