"""The MRFC: the signalling of conferences. It has the tickets and no media; only the key crosses Mp."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from mediasec.endpoints.stream import Security
from mediasec.errors import EndpointError, Finding, MediaSecError
from mediasec.nodes.calls import (
    KEPT_CALLS,
    Call,
    CallOver,
    CallRefused,
    accepted_types,
    answered_setup,
    place_of,
    read_answer,
    read_offer,
    refusal,
    take_refusal,
)
from mediasec.nodes.key_agent import KeyAgent
from mediasec.nodes.media_plane import MediaPlane, RemoteSide, Reserved, secured_by
from mediasec.nodes.mp_link import MpClient, MpLost, MpRefused
from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallEvent, Invitation, Party, Response, Status
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.identities import identity_of_header
from mediasec.procedures.key_management import KeyAnswer, KeyOffer
from mediasec.procedures.mp.elements import Address, Floor, MsrpSide
from mediasec.procedures.mp.messages import Notification, TcpEstablishmentFailure
from mediasec.procedures.mp.messages import Security as Secured
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.sdp.attributes import FloorId
from mediasec.sdp.exchange import TLS_SERVER, Agreement, End, agreements, tls_client
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.msrp_uri import MsrpUri
from mediasec.sdp.offers import BfcpTerms, MsrpTerms, Terms, make_answer, make_offer
from mediasec.sdp.registry import AttributeName, FloorControl, Setup
from mediasec.sdp.rules import DIAL_IN, DIAL_OUT
from mediasec.sdp.streams import Stream, StreamKind, streams_of


class MediaFailed(EndpointError):
    """The MRFP has notified that a connection could not be established.

    Attributes:
        findings: The rule by which it has.
    """

    def __init__(self, notification: Notification) -> None:
        super().__init__(f"{notification.procedure}: {notification.reason}")
        requirement = "MPP_007" if isinstance(notification, TcpEstablishmentFailure) else "MPP_008"
        where = f"termination {notification.termination}"
        self.findings = (Finding(requirement=requirement, where=where, message=notification.reason),)


@dataclass(slots=True, kw_only=True, eq=False)
class Conference:
    """A conference.

    Attributes:
        uri: Its URI; participants call it, and it calls participants.
        agent: Its MIKEY-TICKET side.
        media: Its media plane.
    """

    uri: str
    agent: KeyAgent
    media: MediaPlane


@dataclass(slots=True, kw_only=True, eq=False)
class Leg(Call):
    """A participant's session.

    Attributes:
        conference: The conference; None before it is known.
        reserved: The participant's terminations.
    """

    conference: Conference | None = None
    reserved: list[Reserved] = field(default_factory=list)

    def has(self, context: int, termination: int) -> bool:
        """Tell whether a termination at the MRFP is one of the participant's."""
        return (
            self.conference is not None
            and self.conference.media.context == context
            and any(each.termination == termination for each in self.reserved)
        )


class Mrfc:
    """An MRFC with one MRFP.

    Args:
        surroundings: The world of the node.
        mrfp: Host and port of the MRFP's end of Mp.
        mp_security: Side of TLS that the MRFC takes on Mp.

    Attributes:
        calls: Sessions of participants by their call ID.
        over: The last sessions that are over, the newest last.
    """

    def __init__(self, surroundings: Surroundings, mrfp: tuple[str, int], mp_security: Security) -> None:
        self.calls: dict[str, Leg] = {}
        self.over: deque[Leg] = deque(maxlen=KEPT_CALLS)
        self._surroundings = surroundings
        self._conferences: dict[bytes, Conference] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._mp = MpClient(*mrfp, mp_security, surroundings, notified=self._notified, lost=self._lost)

    @property
    def name(self) -> str:
        """Name of the node, for people."""
        return self._surroundings.name

    async def close(self) -> None:
        """End all sessions, and the connection to the MRFP."""
        for leg in list(self.calls.values()):
            await self.hang_up(leg)
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._mp.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def add_conference(self, uri: str, agent: KeyAgent, floors: Sequence[Floor] = ()) -> Conference:
        """Make a conference that participants can call.

        Args:
            uri: Its URI.
            agent: Its MIKEY-TICKET side, with the identity that the URI gives.
            floors: Its floors.
        """
        media = MediaPlane(self._mp, len(self._conferences) + 1, floors)
        conference = Conference(uri=uri, agent=agent, media=media)
        self._conferences[identity_of_header(uri).data] = conference
        return conference

    async def invited(self, invitation: Invitation, caller: Party) -> Response:
        """Let a participant into a conference (dial-in).

        The ticket is resolved first, then the MRFP is given the key, then the offer is answered.

        Source:
            MPP_018 (TS 23.333, 6.2.19.3.1)
        """
        leg = Leg(call_id=invitation.call_id, peer=caller)
        if leg.call_id in self.calls:
            return self._respond(caller, Response(status=Status.NOT_ACCEPTABLE_HERE))
        self.calls[leg.call_id] = leg
        try:
            leg.conference = conference = self._called(invitation.to_header)
            offer = read_offer(invitation, DIAL_IN, leg)
            keys = await conference.agent.answer(offer, identity_of_header(invitation.from_header))
            answer = await self._answer(leg, conference, offer, keys)
            leg.check_goes_on()
        except MediaSecError as error:
            await self._give_up(leg, error)
            away = isinstance(error, MpLost | MpRefused | CallOver)
            return self._respond(
                caller, Response(status=Status.SERVICE_UNAVAILABLE) if away else refusal(error)
            )
        leg.move(CallEvent.OFFER_ANSWERED)
        return self._respond(caller, Response(status=Status.OK, answer=answer.serialize()))

    async def dial_out(
        self,
        conference: Conference,
        to_header: str,
        called: Party,
        kinds: Sequence[StreamKind] = (StreamKind.MSRP, StreamKind.BFCP),
    ) -> Leg:
        """Invite a participant into a conference.

        The ticket is got first, then the terminations are reserved, then the offer is made; the MRFP is
        given the key when the answer has arrived.

        Args:
            conference: The conference.
            to_header: Value of To; it has the URI of the participant.
            called: The participant's node.
            kinds: The streams to offer.

        Source:
            MPP_017 (TS 23.333, 6.2.19.2.2)
            NODE_002 (TS 23.333, 6.2.19.2.2)
        """
        leg = Leg(call_id=self._surroundings.random(8).hex(), peer=called, conference=conference)
        self.calls[leg.call_id] = leg
        try:
            initiators, offer = await self._offer(leg, conference, to_header, kinds)
            response = await called.invited(
                Invitation(
                    call_id=leg.call_id,
                    from_header=conference.uri,
                    to_header=to_header,
                    offer=offer.serialize(),
                    from_conference=True,
                ),
                self,
            )
            if response.status is not Status.OK:
                raise take_refusal(response, initiators)
            await self._configure(leg, conference, initiators, offer, response.answer)
            leg.check_goes_on()
        except MediaSecError as error:
            await self._give_up(leg, error)
            if not isinstance(error, CallRefused):
                await called.ended(leg.call_id)
        return leg

    async def ended(self, call_id: str) -> None:
        """Take note that a participant has left."""
        leg = self.calls.get(call_id)
        if leg is not None:
            await self._give_up(leg)

    async def hang_up(self, leg: Leg) -> None:
        """End the session of a participant."""
        if leg.call_id not in self.calls:
            return
        await self._give_up(leg)
        self._surroundings.show(leg.peer.name, Medium.SIGNALLING, "end of session")
        await leg.peer.ended(leg.call_id)

    # Dial-in.

    def _called(self, to_header: str) -> Conference:
        conference = self._conferences.get(identity_of_header(to_header).data)
        if conference is None:
            raise CallRefused(Status.NOT_FOUND, "There is no such conference.")
        return conference

    async def _answer(
        self, leg: Leg, conference: Conference, offer: SessionDescription, keys: KeyAnswer
    ) -> SessionDescription:
        """Have the MRFP serve each stream that has a key, and make the answer."""
        terms: list[Terms | None] = []
        for stream in streams_of(offer):
            agreement = keys.agreements.get(stream.index)
            message = keys.messages.get(stream.index)
            if agreement is None or message is None:
                terms.append(None)
                continue
            setup = answered_setup(stream)
            opener = End.ANSWERER if setup is Setup.ACTIVE else End.OFFERER
            remote = _remote(
                stream,
                place_of(stream),
                secured_by(
                    conference.agent.key_of(agreement),
                    opens_tcp=opener is End.ANSWERER,
                    starts_tls=tls_client(opener, TLS_SERVER[stream.kind]) is End.ANSWERER,
                ),
            )
            reserved = await conference.media.reserve(stream.kind, remote)
            leg.reserved.append(reserved)
            cema = stream.has(AttributeName.MSRP_CEMA)
            terms.append(_terms(conference, reserved, setup, message, cema=cema))
        return make_answer(offer, self._surroundings.new_origin(), terms, DIAL_IN)

    def _respond(self, caller: Party, response: Response) -> Response:
        name, octets = response.shown
        self._surroundings.show(caller.name, Medium.SIGNALLING, name, octets)
        return response

    # Dial-out.

    async def _offer(
        self, leg: Leg, conference: Conference, to_header: str, kinds: Sequence[StreamKind]
    ) -> tuple[dict[int, Initiator], SessionDescription]:
        """Get a ticket for each stream, reserve a termination for it, and make the offer."""
        responder = identity_of_header(to_header)
        tickets = [await conference.agent.offer(responder) for _ in kinds]
        terms = []
        for kind, (_, message) in zip(kinds, tickets, strict=True):
            reserved = await conference.media.reserve(kind)
            leg.reserved.append(reserved)
            terms.append(_terms(conference, reserved, Setup.ACTPASS, message, cema=True))
        offer = make_offer(self._surroundings.new_origin(), terms, DIAL_OUT)
        self._surroundings.show(leg.peer.name, Medium.SIGNALLING, "SDP offer", offer.serialize())
        return {index: initiator for index, (initiator, _) in enumerate(tickets)}, offer

    async def _configure(
        self,
        leg: Leg,
        conference: Conference,
        initiators: dict[int, Initiator],
        offer: SessionDescription,
        octets: bytes,
    ) -> None:
        """Take the answer, and have the MRFP establish each stream; one that is rejected is released."""
        answer = read_answer(offer, octets, DIAL_OUT)
        keys = KeyOffer(initiators).receive_answer(answer)
        leg.move(CallEvent.OFFER_ANSWERED)
        for index, agreed in enumerate(agreements(offer, answer)):
            reserved = leg.reserved[index]
            if agreed is None:
                await conference.media.release([reserved])
                continue
            opens_tcp, starts_tls = agreed.tcp_client is End.OFFERER, agreed.tls_client is End.OFFERER
            key = conference.agent.key_of(keys[index])
            secured = secured_by(key, opens_tcp=opens_tcp, starts_tls=starts_tls)
            remote = _remote(agreed.answer, _target(agreed), secured)
            await conference.media.configure(reserved, remote)

    # What the MRFP says on its own.

    def _notified(self, notification: Notification) -> None:
        """End the session of the participant whose connection could not be established.

        Source:
            MPP_019 (TS 23.333, 6.2.19.3.1)
        """
        for leg in self.calls.values():
            if leg.has(notification.context, notification.termination):
                self._spawn(leg, MediaFailed(notification))

    def _lost(self) -> None:
        """End every session: the MRFP is out of service, and nothing of it is left.

        Source:
            MPP_014 (TS 23.333, 8.30)
        """
        for conference in self._conferences.values():
            conference.media.lost()
        for leg in self.calls.values():
            self._spawn(leg, MpLost())

    def _spawn(self, leg: Leg, error: MediaSecError) -> None:
        task = asyncio.get_running_loop().create_task(self._fail(leg, error))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fail(self, leg: Leg, error: MediaSecError) -> None:
        if leg.call_id not in self.calls:
            return
        await self._give_up(leg, error)
        self._surroundings.show(leg.peer.name, Medium.SIGNALLING, "end of session")
        await leg.peer.ended(leg.call_id)

    async def _give_up(self, leg: Leg, error: MediaSecError | None = None) -> None:
        """Note that a session is over, and have the MRFP give up what it has of it.

        Where the MRFP is away it has nothing of it any more.
        """
        if self.calls.get(leg.call_id) is leg:
            del self.calls[leg.call_id]
            self.over.append(leg)
        if error is None:
            leg.move(CallEvent.SESSION_ENDED)
        else:
            leg.fail(error)
        if leg.conference is not None:
            with suppress(MpLost, MpRefused):
                await leg.conference.media.release(leg.reserved)


def _target(agreed: Agreement) -> tuple[str, int]:
    """Return where the MRFP connects to; the address of the other side, if it does not."""
    if agreed.tcp_client is End.OFFERER and agreed.target is not None:
        return agreed.target.host, agreed.target.port
    return place_of(agreed.answer)


def _remote(stream: Stream, place: tuple[str, int], secured: Secured) -> RemoteSide:
    """Return what the MRFP is told of the participant's side of a stream."""
    msrp = None
    if stream.kind is StreamKind.MSRP:
        msrp = MsrpSide(
            path=tuple(uri.serialize() for uri in stream.path), accept_types=accepted_types(stream)
        )
    return RemoteSide(address=Address(host=place[0], port=place[1]), msrp=msrp, security=secured)


def _terms(conference: Conference, reserved: Reserved, setup: Setup, key: bytes, *, cema: bool) -> Terms:
    """Return what the conference says of its side of a stream."""
    address, port = reserved.address.host, reserved.address.port
    if reserved.kind is StreamKind.MSRP:
        path = (MsrpUri.parse(reserved.path),)
        return MsrpTerms(address=address, port=port, setup=setup, path=path, key=key, cema=cema)
    return BfcpTerms(
        address=address,
        port=port,
        setup=setup,
        key=key,
        floor_control=(FloorControl.SERVER,),
        conference_id=conference.media.conference_id,
        user_id=reserved.user_id,
        floors=tuple(
            FloorId(floor=floor.floor_id, streams=floor.streams) for floor in conference.media.floors
        ),
    )
