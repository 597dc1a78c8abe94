"""A termination at the MRFP: how far its connection is, and what the MRFC is told of a failure."""

from dataclasses import dataclass
from enum import Enum, auto

from mediasec.procedures.mp.elements import Address, MsrpSide, Transport
from mediasec.procedures.mp.messages import (
    NO_SECURITY,
    Notification,
    Security,
    TcpEstablishmentFailure,
    TlsEstablishmentFailure,
)


class TerminationState(Enum):
    """How far a termination is."""

    RESERVED = auto()
    ESTABLISHING = auto()
    ESTABLISHED = auto()
    FAILED = auto()
    RELEASED = auto()


class TerminationEvent(Enum):
    """What moves a termination on."""

    CONFIGURED = auto()
    CONNECTED = auto()
    TCP_FAILED = auto()
    TLS_FAILED = auto()
    CONNECTION_LOST = auto()
    RELEASED = auto()


TERMINATION_TRANSITIONS = {
    (TerminationState.RESERVED, TerminationEvent.CONFIGURED): TerminationState.ESTABLISHING,
    (TerminationState.ESTABLISHING, TerminationEvent.CONNECTED): TerminationState.ESTABLISHED,
    (TerminationState.ESTABLISHING, TerminationEvent.TCP_FAILED): TerminationState.FAILED,
    (TerminationState.ESTABLISHING, TerminationEvent.TLS_FAILED): TerminationState.FAILED,
    (TerminationState.ESTABLISHED, TerminationEvent.CONNECTION_LOST): TerminationState.FAILED,
    (TerminationState.RESERVED, TerminationEvent.RELEASED): TerminationState.RELEASED,
    (TerminationState.ESTABLISHING, TerminationEvent.RELEASED): TerminationState.RELEASED,
    (TerminationState.ESTABLISHED, TerminationEvent.RELEASED): TerminationState.RELEASED,
    (TerminationState.FAILED, TerminationEvent.RELEASED): TerminationState.RELEASED,
}
"""What a termination does next; anything else cannot be."""


@dataclass(slots=True, kw_only=True, eq=False)
class Termination:
    """One end of a stream at the MRFP.

    Attributes:
        context: Context that it is in.
        number: What tells it apart in its context.
        transport: Its transport.
        user_id: BFCP user ID of the other end; None for MSRP.
        security: How its connection is secured; nothing before the remote side is known.
        remote_address: Address of the other side; None before it is known.
        remote_msrp: The other side of its MSRP session; None for BFCP.
        state: How far it is.
    """

    context: int
    number: int
    transport: Transport
    user_id: int | None = None
    security: Security = NO_SECURITY
    remote_address: Address | None = None
    remote_msrp: MsrpSide | None = None
    state: TerminationState = TerminationState.RESERVED

    def move(self, event: TerminationEvent) -> None:
        """Go on as the table says.

        Source:
            MPP_012 (TS 23.333, 6.2.19.3.1)
        """
        self.state = TERMINATION_TRANSITIONS[self.state, event]

    def fail(self, event: TerminationEvent, reason: str) -> Notification | None:
        """Note that the connection did not come about.

        Args:
            event: `TCP_FAILED` or `TLS_FAILED`.
            reason: Why, in one plain sentence.

        Returns:
            What the MRFC is told; None where it did not ask for that.

        Source:
            MPP_007 (TS 23.333, 6.2.20.1)
            MPP_008 (TS 23.333, 6.2.19.3.1)
        """
        self.move(event)
        tcp = event is TerminationEvent.TCP_FAILED
        if not (self.security.notify_tcp_failure if tcp else self.security.notify_tls_failure):
            return None
        notification = TcpEstablishmentFailure if tcp else TlsEstablishmentFailure
        return notification(context=self.context, termination=self.number, reason=reason)
