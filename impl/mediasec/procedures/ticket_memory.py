"""What a Responder remembers of the tickets that it saw."""

from collections import OrderedDict
from dataclasses import dataclass

from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.payloads import RoleIdentity, RoleRand, Ticket
from mediasec.mikey.registry import ErrorNumber, TicketFlag


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTicket:
    """A ticket with what is known about it.

    Attributes:
        keys: Its keys; with key forking, as they are for this Responder. Secret.
        identity: IDRr that the KMS gave, with which keys were forked; None without one.
        rand_kms: RANDRkms that the KMS gave, likewise.
    """

    keys: TicketKeys
    identity: RoleIdentity | None = None
    rand_kms: RoleRand | None = None

    @property
    def modifier(self) -> tuple[RoleIdentity | RoleRand, ...]:
        """What TRANSFER_RESP repeats of RESOLVE_RESP."""
        return tuple(payload for payload in (self.identity, self.rand_kms) if payload is not None)


class TicketMemory:
    """Keys of the tickets that may be used again, and the names of the others.

    It is bounded; the oldest ticket is forgotten first. A forgotten one is resolved again at its next use,
    and the KMS and the replay guard still stand before every misuse of it.
    """

    def __init__(self, capacity: int = 1024) -> None:
        """Start empty.

        Args:
            capacity: How many tickets are kept at most.
        """
        self._capacity = capacity
        self._seen: OrderedDict[bytes, ResolvedTicket | None] = OrderedDict()

    def find(self, ticket: Ticket) -> ResolvedTicket | None:
        """Return what is known of a ticket that was used before, or None if it was not.

        Raises:
            RequirementViolated: It was used before and may not be used again.

        Source:
            PROC_145 (RFC 6043, 5.3)
        """
        name = ticket.serialize_without_initiator_data()
        if name in self._seen and TicketFlag.REUSABLE not in ticket.policy.flags:
            raise RequirementViolated(
                Finding(
                    requirement="PROC_145",
                    where="ticket",
                    message="the ticket was used before and its policy forbids that",
                    reply=ErrorNumber.INVALID_TICKET,
                )
            )
        return self._seen.get(name)

    def keep(self, ticket: Ticket, resolved: ResolvedTicket) -> None:
        """Remember a ticket that was used, and its keys if it may be used again."""
        again = TicketFlag.REUSABLE in ticket.policy.flags
        self._seen[ticket.serialize_without_initiator_data()] = resolved if again else None
        if len(self._seen) > self._capacity:
            self._seen.popitem(last=False)
