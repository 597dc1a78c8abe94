"""The MRFP: the media plane of conferences. It has the connections, and of the security only the keys."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from mediasec.bfcp import Conference, Floor, FloorControlServer, User
from mediasec.endpoints.bfcp import FloorControlServerEndpoint
from mediasec.endpoints.msrp import MsrpEndpoint, MsrpSession
from mediasec.endpoints.stream import Security, Stream, TcpFailed
from mediasec.endpoints.tls_session import TlsFailed
from mediasec.errors import EndpointError, RequirementViolated
from mediasec.msrp.switch import Switch
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri
from mediasec.nodes.bearer import DISCARD_PORT, Bearer
from mediasec.nodes.mp_link import MpServer
from mediasec.nodes.surroundings import Surroundings
from mediasec.nodes.watching import watch_bfcp, watch_msrp
from mediasec.procedures.mp.contexts import Context, Contexts, NewTermination
from mediasec.procedures.mp.elements import Address, MsrpSide, TcpEstablishment, TlsSide
from mediasec.procedures.mp.messages import (
    ConfigureBfcpTermination,
    ConfigureConferenceForFloorControl,
    ConfigureImsResources,
    ReleaseImsTermination,
    Reply,
    Request,
    ReserveImsResources,
)
from mediasec.procedures.mp.termination import Termination, TerminationEvent, TerminationState


@dataclass(slots=True, eq=False)
class _Leg:
    """What the MRFP has of one termination beside its state.

    Attributes:
        termination: Its state.
        bearer: Its connection.
        local: URI of this side of the MSRP session; None for BFCP.
        task: Establishes the connection and serves it; None before the remote side is known.
        session: The MSRP session; None for BFCP, and before its connection is there.
    """

    termination: Termination
    bearer: Bearer
    local: Uri | None
    task: asyncio.Task[None] | None = None
    session: MsrpSession | None = None


class Mrfp:
    """An MRFP that switches MSRP messages and controls floors.

    Args:
        surroundings: The world of the node.

    Attributes:
        contexts: Its contexts with their terminations.
        floor_control: Its floor control server.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self.contexts = Contexts()
        self.floor_control = FloorControlServerEndpoint(
            FloorControlServer(), observe=watch_bfcp(surroundings)
        )
        self._surroundings = surroundings
        self._messages = MsrpEndpoint(observe=watch_msrp(surroundings), random=surroundings.random)
        self._switches: dict[int, Switch] = {}
        self._legs: dict[Termination, _Leg] = {}
        self._mp = MpServer(self.perform, surroundings)

    async def open(self, security: Security, port: int = 0) -> int:
        """Begin to take procedures over Mp.

        Args:
            security: Side of TLS that the MRFP takes on Mp.
            port: TCP port; 0 for one that is free.

        Returns:
            The TCP port.

        Raises:
            TcpFailed: The address cannot be had.
        """
        return await self._mp.open(security, port)

    async def close(self) -> None:
        """End everything, and take no more procedures."""
        await self._mp.close()
        for leg in self._legs.values():
            await self._end(leg)
        self._legs.clear()
        self.contexts = Contexts()
        await self._messages.close()
        await self.floor_control.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def perform(self, request: Request) -> Reply:
        """Carry out a procedure.

        Raises:
            RequirementViolated: It is refused, and nothing has changed.
            TcpFailed: No port can be had, and nothing has changed.

        Source:
            MPP_004 (TS 23.333, 8.20)
        """
        match request:
            case ConfigureConferenceForFloorControl():
                return self._configure_floors(request)
            case ReleaseImsTermination():
                return await self._release(request)
            case ConfigureImsResources():
                return self._configure(request)
            case ConfigureBfcpTermination() if request.termination is not None:
                return self._configure(request)
            case _:
                return await self._add(request)

    def _configure_floors(self, request: ConfigureConferenceForFloorControl) -> Reply:
        """Make the floors of a conference known to the floor control server.

        Source:
            MPP_005 (TS 23.333, 6.2.13.2.2)
        """
        context = self.contexts.configure_floors(request)
        floors = [Floor(floor_id=each.floor_id, max_holders=each.max_holders) for each in request.floors]
        self.floor_control.core.add_conference(Conference(conference_id=request.conference_id, floors=floors))
        return Reply(context=context.number)

    async def _add(self, request: NewTermination) -> Reply:
        """Add a termination, which listens at a port of its own unless it opens the connection itself.

        Source:
            MPP_011 (TS 23.333, 8.20)
        """
        bearer = Bearer(self._surroundings)
        opens = not isinstance(request, ReserveImsResources) and (
            request.security.tcp_establishment is TcpEstablishment.ACTIVE
        )
        port = DISCARD_PORT if opens else await bearer.reserve()
        try:
            termination = self.contexts.add(request)
        except RequirementViolated:
            await bearer.close()
            raise
        address = self._surroundings.address
        local = None
        if not termination.transport.is_bfcp:
            host = self._surroundings.uri_host
            local = self._messages.new_uri(host, port, secure=termination.transport.has_tls)
        self._legs[termination] = leg = _Leg(termination, bearer, local)
        if termination.state is TerminationState.ESTABLISHING:
            self._begin(leg)
        return Reply(
            context=termination.context,
            termination=termination.number,
            local_address=Address(host=address, port=port),
            local_msrp=None if local is None else MsrpSide(path=(local.serialize(),)),
        )

    def _configure(self, request: ConfigureImsResources | ConfigureBfcpTermination) -> Reply:
        termination = self.contexts.configure(request)
        self._begin(self._legs[termination])
        return Reply(context=termination.context, termination=termination.number)

    async def _release(self, request: ReleaseImsTermination) -> Reply:
        """Remove a termination; a floor that its user owns is revoked.

        Source:
            MPP_013 (TS 23.333, 8.23)
            MPP_015 (TS 23.333, 6.2.13.2)
        """
        termination = self.contexts.termination(request.context, request.termination)
        context = self.contexts.by_number[request.context]
        self.contexts.release(request.context, request.termination)
        self._leave_conference(context, termination)
        await self._end(self._legs.pop(termination))
        return Reply(context=request.context, termination=request.termination)

    def _leave_conference(self, context: Context, termination: Termination) -> None:
        """Put the user of a termination out of the conference, which ends with its last termination."""
        core = self.floor_control.core
        ended = context.number not in self.contexts.by_number
        if ended:
            self._switches.pop(context.number, None)
        if context.conference is None:
            return
        conference_id = context.conference.conference_id
        if ended:
            self.floor_control.do(core.remove_conference(conference_id))
        elif termination.user_id is not None and termination.user_id in core.conferences[conference_id].users:
            self.floor_control.do(core.remove_user(conference_id, termination.user_id))

    def _begin(self, leg: _Leg) -> None:
        leg.task = asyncio.get_running_loop().create_task(self._establish(leg))

    async def _end(self, leg: _Leg) -> None:
        """End the connection of a termination."""
        if leg.session is not None:
            leg.session.close()
        if leg.task is not None:
            leg.task.cancel()
            await asyncio.wait([leg.task])
        await leg.bearer.close()

    async def _establish(self, leg: _Leg) -> None:
        """Establish the connection of a termination and serve it; report that it did not come about.

        Source:
            MPP_007 (TS 23.333, 6.2.20.1)
            MPP_008 (TS 23.333, 6.2.19.3.1)
            MPP_009 (TS 23.333, 6.2.19.3.1)
        """
        termination = leg.termination
        address = termination.remote_address
        opens = termination.security.tcp_establishment is TcpEstablishment.ACTIVE
        assert address is not None
        remote = (address.host, address.port) if opens else None
        try:
            stream = await leg.bearer.establish(remote, _security(termination, self._surroundings))
        except TcpFailed as error:
            await self._report(termination, TerminationEvent.TCP_FAILED, error)
        except TlsFailed as error:
            await self._report(termination, TerminationEvent.TLS_FAILED, error)
        else:
            termination.move(TerminationEvent.CONNECTED)
            with suppress(EndpointError):
                await (self._control_floor if leg.local is None else self._switch)(leg, stream)
            termination.move(TerminationEvent.CONNECTION_LOST)

    async def _report(self, termination: Termination, event: TerminationEvent, error: EndpointError) -> None:
        notification = termination.fail(event, str(error))
        if notification is not None:
            await self._mp.notify(notification)

    async def _switch(self, leg: _Leg, stream: Stream) -> None:
        """Switch messages between this participant and the others until the connection ends."""
        termination = leg.termination
        remote, key = termination.remote_msrp, termination.security.pre_shared_key
        assert leg.local is not None
        assert remote is not None
        active = termination.security.tcp_establishment is TcpEstablishment.ACTIVE
        terms = Terms(
            local=leg.local,
            remote=tuple(map(Uri.parse, remote.path)),
            active=active,
            peer_accept_types=remote.accept_types,
            psk_identity=None if key is None else key.identity,
        )
        switch = self._switches.setdefault(termination.context, Switch())
        leg.session = self._messages.add(terms, on_event=switch.take)
        switch.join(leg.session.core)
        if active:
            self._messages.carry(leg.session, stream)
            await stream.wait_ended()
        else:
            await self._messages.serve(stream)

    async def _control_floor(self, leg: _Leg, stream: Stream) -> None:
        """Take what this participant asks of the floors until the connection ends."""
        conference = self.contexts.by_number[leg.termination.context].conference
        assert conference is not None
        assert leg.termination.user_id is not None
        user = User(user_id=leg.termination.user_id, identity=stream.identity or "")
        self.floor_control.core.add_user(conference.conference_id, user)
        await self.floor_control.serve(stream)


def _security(termination: Termination, surroundings: Surroundings) -> Security | None:
    """Return the side of TLS that the MRFC asked for, with the key that it gave."""
    key = termination.security.pre_shared_key
    if key is None:
        return None
    starts = termination.security.tls_side is TlsSide.CLIENT
    return surroundings.tls(key.identity, key.key, starts=starts)
