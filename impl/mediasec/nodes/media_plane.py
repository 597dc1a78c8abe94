"""One conference as the MRFC sees it over Mp: its context, its terminations, and what it asks of the MRFP."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from mediasec.nodes.mp_link import MpClient, MpRefused
from mediasec.procedures.mp.elements import (
    Address,
    Floor,
    MsrpSide,
    PreSharedKey,
    TcpEstablishment,
    TlsSide,
    Transport,
)
from mediasec.procedures.mp.messages import (
    NO_SECURITY,
    ConfigureBfcpTermination,
    ConfigureConferenceForFloorControl,
    ConfigureImsResources,
    ReleaseImsTermination,
    Reply,
    ReserveAndConfigureImsResources,
    ReserveImsResources,
    Security,
)
from mediasec.procedures.tls_key import TlsPreSharedKey
from mediasec.sdp.streams import StreamKind

TRANSPORTS = {StreamKind.MSRP: Transport.TCP_TLS_MSRP, StreamKind.BFCP: Transport.TCP_TLS_BFCP}
"""Transport of each kind of stream that a ticket keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSide:
    """What offer and answer say of the other side of a stream.

    Attributes:
        address: Where it is reached, if it is.
        msrp: Its MSRP path and the media types that it accepts; None for BFCP.
        security: The key, who opens TCP, and the side of TLS that the MRFP takes.
    """

    address: Address
    msrp: MsrpSide | None
    security: Security


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A termination that the MRFP has reserved.

    Attributes:
        kind: What its stream carries.
        termination: What tells it apart in its context.
        address: Where the MRFP is reached.
        path: URI of the MRFP's side of the MSRP session; empty for BFCP.
        user_id: BFCP user ID of the participant; None for MSRP.
    """

    kind: StreamKind
    termination: int
    address: Address
    path: str = ""
    user_id: int | None = None


def secured_by(key: TlsPreSharedKey, *, opens_tcp: bool, starts_tls: bool) -> Security:
    """Return what the MRFP needs for a stream over TLS: of the ticket, the key alone.

    Args:
        key: The pre-shared key that was agreed on.
        opens_tcp: Whether the MRFP opens the TCP connection.
        starts_tls: Whether the MRFP is the TLS client.

    Source:
        MPP_016 (TS 23.333, 6.2.19.3.1)
        MPP_006 (TS 23.333, 6.2.19.3.1)
    """
    return Security(
        pre_shared_key=PreSharedKey(identity=key.identity, key=key.key),
        tcp_establishment=TcpEstablishment.ACTIVE if opens_tcp else TcpEstablishment.PASSIVE,
        tls_side=TlsSide.CLIENT if starts_tls else TlsSide.SERVER,
        notify_tcp_failure=True,
        notify_tls_failure=True,
    )


class MediaPlane:
    """The part of the MRFP that serves one conference.

    Args:
        mp: The way to the MRFP.
        conference_id: BFCP conference ID; uint32.
        floors: The floors of the conference.

    Attributes:
        conference_id: BFCP conference ID.
        floors: The floors.
        context: Context of the conference at the MRFP; None while there is none.
    """

    def __init__(self, mp: MpClient, conference_id: int, floors: Sequence[Floor]) -> None:
        self.conference_id = conference_id
        self.floors = tuple(floors)
        self.context: int | None = None
        self._mp = mp
        self._terminations: set[int] = set()
        self._floors_known = False
        self._last_user_id = 0
        # Participants who come and go at once share one context, which comes and goes with them.
        self._changing = asyncio.Lock()

    async def reserve(self, kind: StreamKind, remote: RemoteSide | None = None) -> Reserved:
        """Add a termination, and have its connection established if the other side is known.

        Raises:
            MpRefused: The MRFP refused.
            MpLost: It cannot be reached.

        Source:
            MPP_017 (TS 23.333, 6.2.19.2.2)
            MPP_018 (TS 23.333, 6.2.19.3.1)
        """
        async with self._changing:
            if kind is StreamKind.BFCP:
                return await self._reserve_floor_control(TRANSPORTS[kind], remote)
            return await self._reserve_messages(TRANSPORTS[kind], remote)

    async def _reserve_messages(self, transport: Transport, remote: RemoteSide | None) -> Reserved:
        """Add a termination for messages."""
        request: ReserveImsResources | ReserveAndConfigureImsResources
        if remote is None:
            request = ReserveImsResources(local_resources=transport, context=self.context)
        else:
            request = ReserveAndConfigureImsResources(
                local_resources=transport,
                remote_resources=transport,
                remote_address=remote.address,
                remote_msrp=remote.msrp,
                context=self.context,
                security=remote.security,
            )
        return self._reserved(StreamKind.MSRP, await self._mp.ask(request))

    async def _reserve_floor_control(self, transport: Transport, remote: RemoteSide | None) -> Reserved:
        """Add a termination for floor control, and before the first one the floors.

        Source:
            MPP_005 (TS 23.333, 6.2.13.2.2)
        """
        if not self._floors_known:
            reply = await self._mp.ask(
                ConfigureConferenceForFloorControl(
                    conference_id=self.conference_id, floors=self.floors, context=self.context
                )
            )
            self.context, self._floors_known = reply.context, True
        assert self.context is not None
        self._last_user_id += 1
        user_id = self._last_user_id
        reply = await self._mp.ask(
            ConfigureBfcpTermination(
                context=self.context,
                local_resources=transport,
                user_id=user_id,
                remote_address=None if remote is None else remote.address,
                security=NO_SECURITY if remote is None else remote.security,
            )
        )
        return self._reserved(StreamKind.BFCP, reply, user_id)

    async def configure(self, reserved: Reserved, remote: RemoteSide) -> None:
        """Tell the MRFP the other side of a termination, so that it establishes the connection.

        Raises:
            MpRefused: The MRFP refused.
            MpLost: It cannot be reached.

        Source:
            MPP_017 (TS 23.333, 6.2.19.2.2)
        """
        transport = TRANSPORTS[reserved.kind]
        assert self.context is not None
        if reserved.user_id is not None:
            await self._mp.ask(
                ConfigureBfcpTermination(
                    context=self.context,
                    termination=reserved.termination,
                    local_resources=transport,
                    user_id=reserved.user_id,
                    remote_address=remote.address,
                    security=remote.security,
                )
            )
        else:
            await self._mp.ask(
                ConfigureImsResources(
                    context=self.context,
                    termination=reserved.termination,
                    remote_resources=transport,
                    remote_address=remote.address,
                    remote_msrp=remote.msrp,
                    security=remote.security,
                )
            )

    async def release(self, reserved: Sequence[Reserved]) -> None:
        """Have terminations removed; those that are lost already are left alone.

        Raises:
            MpRefused: The MRFP refused.
            MpLost: It cannot be reached.

        Source:
            MPP_013 (TS 23.333, 8.23)
        """
        async with self._changing:
            for each in reserved:
                context = self.context
                if context is None or each.termination not in self._terminations:
                    continue
                self._terminations.discard(each.termination)
                if not self._terminations:
                    self._forget_context()
                await self._mp.ask(ReleaseImsTermination(context=context, termination=each.termination))

    def lost(self) -> None:
        """Note that the MRFP is out of service: nothing is left of what it had.

        Source:
            MPP_014 (TS 23.333, 8.30)
        """
        self._terminations.clear()
        self._forget_context()

    def _forget_context(self) -> None:
        self.context = None
        self._floors_known = False

    def _reserved(self, kind: StreamKind, reply: Reply, user_id: int | None = None) -> Reserved:
        self.context = reply.context
        if reply.termination is None or reply.local_address is None:
            raise MpRefused("The reply has no termination, or no address.")
        self._terminations.add(reply.termination)
        return Reserved(
            kind=kind,
            termination=reply.termination,
            address=reply.local_address,
            path="" if reply.local_msrp is None else reply.local_msrp.path[0],
            user_id=user_id,
        )
