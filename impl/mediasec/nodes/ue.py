"""The IMS UE: calls a conference, or is called by one, and takes part in its messages and its floors."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from mediasec.bfcp import FloorControlClient, Message
from mediasec.endpoints.bfcp import FloorControlClientEndpoint
from mediasec.endpoints.msrp import MsrpEndpoint, MsrpSession
from mediasec.endpoints.stream import Stream as Connection
from mediasec.errors import EndpointError, MediaSecError
from mediasec.msrp.terms import Terms as MessageTerms
from mediasec.msrp.uri import Uri
from mediasec.nodes.bearer import DISCARD_PORT, Bearer
from mediasec.nodes.calls import (
    KEPT_CALLS,
    Call,
    CallRefused,
    accepted_types,
    answered_setup,
    read_answer,
    read_offer,
    refusal,
    take_refusal,
)
from mediasec.nodes.key_agent import KeyAgent
from mediasec.nodes.observation import Medium
from mediasec.nodes.signalling import CallEvent, CallState, Invitation, Party, Response, Status
from mediasec.nodes.surroundings import Surroundings
from mediasec.nodes.watching import watch_bfcp, watch_msrp
from mediasec.procedures.identities import identity_of_header
from mediasec.procedures.key_management import KeyOffer
from mediasec.procedures.ticket_agreement import Agreement as KeyAgreement
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.sdp.exchange import Agreement, End, agreements
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.msrp_uri import MsrpUri
from mediasec.sdp.offers import BfcpTerms, MsrpTerms, Terms, make_answer, make_offer
from mediasec.sdp.registry import AttributeName, FloorControl, Setup
from mediasec.sdp.rules import BETWEEN_UES, DIAL_IN, DIAL_OUT
from mediasec.sdp.streams import StreamKind, streams_of


@dataclass(slots=True, kw_only=True, eq=False)
class _Media:
    """The UE's side of one stream.

    Attributes:
        kind: What it carries.
        bearer: Its connection.
        port: TCP port in SDP; 9 where the UE does not listen.
        local: URI of this side of the MSRP session; None for BFCP.
    """

    kind: StreamKind
    bearer: Bearer
    port: int
    local: Uri | None


@dataclass(slots=True, kw_only=True, eq=False)
class UeCall(Call):
    """A session of a UE.

    Attributes:
        messages: The MSRP session; None without one.
        floor_control: The floor control client; None without one.
        floor_news: What the floor control server told on its own, in order.
    """

    messages: MsrpSession | None = None
    floor_control: FloorControlClientEndpoint | None = None
    floor_news: list[Message] = field(default_factory=list)
    media: dict[int, _Media] = field(default_factory=dict, repr=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    settled: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def established(self) -> None:
        """Return when the media is there.

        Raises:
            EndpointError: It did not come about; the message says why.
        """
        await self.settled.wait()
        if self.state is not CallState.ESTABLISHED:
            raise EndpointError(self.reason or "The session is over.")


class ImsUe:
    """An IMS UE.

    Args:
        uri: Its URI.
        surroundings: The world of the node.
        agent: Its MIKEY-TICKET side, with the identity that the URI gives.
        reachable: Whether others can open TCP connections to it; behind a NAT they cannot.

    Attributes:
        calls: Its sessions by their call ID.
        over: The last sessions that are over, the newest last.
    """

    def __init__(
        self, uri: str, surroundings: Surroundings, agent: KeyAgent, *, reachable: bool = True
    ) -> None:
        self.uri = uri
        self.calls: dict[str, UeCall] = {}
        self.over: deque[UeCall] = deque(maxlen=KEPT_CALLS)
        self._surroundings = surroundings
        self._agent = agent
        self._reachable = reachable
        self._messages = MsrpEndpoint(observe=watch_msrp(surroundings), random=surroundings.random)

    @property
    def name(self) -> str:
        """Name of the node, for people."""
        return self._surroundings.name

    async def close(self) -> None:
        """End all sessions."""
        for call in list(self.calls.values()):
            await self.hang_up(call)
        await self._messages.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def dial_in(
        self,
        to_header: str,
        called: Party,
        kinds: Sequence[StreamKind] = (StreamKind.MSRP, StreamKind.BFCP),
    ) -> UeCall:
        """Call a conference, and return when the media is there or the call is over.

        Args:
            to_header: Value of To; it has the URI of the conference.
            called: The node that serves the conference.
            kinds: The streams to offer.

        Source:
            NODE_002 (TS 23.333, 6.2.19.2.1)
            MPP_020 (TS 23.333, 6.2.19.3.1)
        """
        call = UeCall(call_id=self._surroundings.random(8).hex(), peer=called)
        self.calls[call.call_id] = call
        answered = False
        try:
            initiators, offer = await self._offer(call, to_header, kinds)
            invitation = Invitation(
                call_id=call.call_id, from_header=self.uri, to_header=to_header, offer=offer.serialize()
            )
            self._surroundings.show(called.name, Medium.SIGNALLING, "SDP offer", invitation.offer)
            response = await called.invited(invitation, self)
            answered = response.status is Status.OK
            if not answered:
                raise take_refusal(response, initiators)
            answer = read_answer(offer, response.answer, DIAL_IN)
            keys = KeyOffer(initiators).receive_answer(answer)
            call.move(CallEvent.OFFER_ANSWERED)
            await self._connect(call, agreements(offer, answer), End.OFFERER, keys)
        except MediaSecError as error:
            await self._fail(call, error, tell=answered)
        return call

    async def invited(self, invitation: Invitation, caller: Party) -> Response:
        """Take the call of a conference (dial-out); the media comes about after the answer.

        Source:
            NODE_003 (TS 23.333, 6.2.19.2.2)
        """
        call = UeCall(call_id=invitation.call_id, peer=caller)
        self.calls[call.call_id] = call
        try:
            if identity_of_header(invitation.to_header) != self._agent.identity:
                raise CallRefused(Status.NOT_FOUND, "The call is for somebody else.")
            roles = DIAL_OUT if invitation.from_conference else BETWEEN_UES
            offer = read_offer(invitation, roles, call)
            keys = await self._agent.answer(offer, identity_of_header(invitation.from_header))
            answer = await self._answer(call, offer, keys.messages)
        except MediaSecError as error:
            await self._fail(call, error, tell=False)
            response = refusal(error)
            self._respond(caller, response)
            return response
        call.move(CallEvent.OFFER_ANSWERED)
        response = Response(status=Status.OK, answer=answer.serialize())
        self._respond(caller, response)
        agreed = agreements(offer, answer)
        self._spawn(call, self._connect_answered(call, agreed, keys.agreements))
        return response

    async def ended(self, call_id: str) -> None:
        """Take note that the other side has ended a session."""
        call = self.calls.get(call_id)
        if call is not None:
            await self._end(call, CallEvent.SESSION_ENDED)

    async def hang_up(self, call: UeCall) -> None:
        """End a session."""
        if call.call_id not in self.calls:
            return
        await self._end(call, CallEvent.SESSION_ENDED)
        self._surroundings.show(call.peer.name, Medium.SIGNALLING, "end of session")
        await call.peer.ended(call.call_id)

    # Offer and answer.

    async def _offer(
        self, call: UeCall, to_header: str, kinds: Sequence[StreamKind]
    ) -> tuple[dict[int, Initiator], SessionDescription]:
        """Get a ticket for each stream, listen for it, and make the offer.

        Source:
            NODE_008 (RFC 6135, 4.2.2)
        """
        initiators, terms = {}, []
        responder = identity_of_header(to_header)
        setup = Setup.ACTPASS if self._reachable else Setup.ACTIVE
        for index, kind in enumerate(kinds):
            initiators[index], message = await self._agent.offer(responder)
            media = call.media[index] = await self._reserve(kind, listens=self._reachable)
            terms.append(self._terms(media, setup, message, cema=True))
        return initiators, make_offer(self._surroundings.new_origin(), terms, DIAL_IN)

    async def _answer(
        self, call: UeCall, offer: SessionDescription, messages: Mapping[int, bytes | None]
    ) -> SessionDescription:
        """Listen for each stream that has a key, and make the answer.

        Source:
            NODE_008 (RFC 6135, 4.2.2)
        """
        terms: list[Terms | None] = []
        for stream in streams_of(offer):
            message = messages.get(stream.index)
            if message is None:
                terms.append(None)
                continue
            passive = self._reachable and stream.setup_in(offer=True) is not Setup.PASSIVE
            setup = Setup.PASSIVE if passive else answered_setup(stream)
            media = await self._reserve(stream.kind, listens=setup is Setup.PASSIVE)
            call.media[stream.index] = media
            terms.append(self._terms(media, setup, message, cema=stream.has(AttributeName.MSRP_CEMA)))
        return make_answer(offer, self._surroundings.new_origin(), terms, DIAL_OUT)

    async def _reserve(self, kind: StreamKind, *, listens: bool) -> _Media:
        bearer = Bearer(self._surroundings)
        port = await bearer.reserve() if listens else DISCARD_PORT
        local = self._messages.new_uri(self._surroundings.uri_host, port) if kind is StreamKind.MSRP else None
        return _Media(kind=kind, bearer=bearer, port=port, local=local)

    def _terms(self, media: _Media, setup: Setup, key: bytes, *, cema: bool) -> Terms:
        address = self._surroundings.address
        if media.local is not None:
            path = (MsrpUri.parse(media.local.serialize()),)
            return MsrpTerms(address=address, port=media.port, setup=setup, path=path, key=key, cema=cema)
        roles = (FloorControl.CLIENT,)
        return BfcpTerms(address=address, port=media.port, setup=setup, key=key, floor_control=roles)

    def _respond(self, caller: Party, response: Response) -> None:
        name, octets = response.shown
        self._surroundings.show(caller.name, Medium.SIGNALLING, name, octets)

    # Media.

    async def _connect_answered(
        self, call: UeCall, agreed: Sequence[Agreement | None], keys: Mapping[int, KeyAgreement]
    ) -> None:
        try:
            await self._connect(call, agreed, End.ANSWERER, keys)
        except MediaSecError as error:
            await self._fail(call, error, tell=True)

    async def _connect(
        self,
        call: UeCall,
        agreed: Sequence[Agreement | None],
        own: End,
        keys: Mapping[int, KeyAgreement],
    ) -> None:
        """Establish the connection of each stream, and begin to use it.

        TLS starts when TCP is up and the key is known, which is when offer and answer were exchanged.

        Raises:
            EndpointError: A connection did not come about.

        Source:
            MPP_020 (TS 23.333, 6.2.19.3.1)
        """
        for index, agreement in enumerate(agreed):
            media = call.media.get(index)
            if agreement is None or media is None:
                continue
            call.check_goes_on()
            key = self._agent.key_of(keys[index])
            starts = agreement.tls_client is own
            security = self._surroundings.tls(key.identity, key.key, starts=starts)
            target = agreement.target if agreement.tcp_client is own else None
            remote = None if target is None else (target.host, target.port)
            connection = await media.bearer.establish(remote, security)
            await self._use(call, media, agreement, own, connection)
        call.check_goes_on()
        call.move(CallEvent.MEDIA_ESTABLISHED)
        call.settled.set()

    async def _use(
        self, call: UeCall, media: _Media, agreement: Agreement, own: End, connection: Connection
    ) -> None:
        if media.local is None:
            floor = agreement.floor
            assert floor is not None
            client = FloorControlClient(conference_id=floor.conference_id or 0, user_id=floor.user_id or 0)
            call.floor_control = FloorControlClientEndpoint(
                client,
                connection,
                notified=call.floor_news.append,
                observe=watch_bfcp(self._surroundings),
            )
            return
        other = agreement.answer if own is End.OFFERER else agreement.offer
        terms = MessageTerms(
            local=media.local,
            remote=tuple(Uri.parse(uri.serialize()) for uri in other.path),
            active=agreement.tcp_client is own,
            peer_accept_types=accepted_types(other),
            psk_identity=connection.identity,
        )
        call.messages = self._messages.add(terms)
        if terms.active:
            self._messages.carry(call.messages, connection)
        else:
            self._spawn(call, self._messages.serve(connection))
        await call.messages.established()

    # The end.

    async def _fail(self, call: UeCall, error: MediaSecError, *, tell: bool) -> None:
        """End a call that came to nothing; the other side is told where it thinks otherwise."""
        over = call.over
        call.fail(error)
        await self._end(call, CallEvent.SESSION_ENDED)
        if tell and not over:
            self._surroundings.show(call.peer.name, Medium.SIGNALLING, "end of session")
            await call.peer.ended(call.call_id)

    async def _end(self, call: UeCall, event: CallEvent) -> None:
        """Give up everything that a call has."""
        if self.calls.pop(call.call_id, None) is not None:
            self.over.append(call)
        call.move(event)
        call.settled.set()
        if call.messages is not None:
            call.messages.close()
        if call.floor_control is not None:
            await call.floor_control.close()
        for media in call.media.values():
            await media.bearer.close()
        current = asyncio.current_task()
        for task in call.tasks - {current}:
            task.cancel()
            await asyncio.wait([task])

    @staticmethod
    def _spawn(call: UeCall, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        call.tasks.add(task)
        task.add_done_callback(call.tasks.discard)
