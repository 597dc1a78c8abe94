"""What lies inside TP and TICKET: TP Data, Initiator Data, and the Ticket Data of a MIKEY base ticket."""

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from mediasec.errors import Finding, LocalProtocolError
from mediasec.mikey.payloads import (
    AnyPayload,
    Kemac,
    KeyData,
    Rand,
    RoleIdentity,
    RoleTimestamp,
    Ticket,
    TicketHeader,
    Timestamp,
    Verification,
    first_identity,
    first_payload,
    first_type,
    parse_chain,
    serialize_chain,
)
from mediasec.mikey.registry import IdentityRole, PayloadType, TimestampRole
from mediasec.wire import OctetReader

BASE_SUBTYPE = 1
"""Subtype of the MIKEY base ticket that RFC 6043 defines."""
BASE_VERSION = 1
"""Version of that subtype."""
_REMEMBERED = 128
"""How many policies and tickets are kept as they were read: all messages of an exchange have the same."""


def parse_key_data(octets: bytes) -> tuple[AnyPayload, ...]:
    """Read the decrypted data of a KEMAC: key data sub-payloads, the first of them without being named.

    Args:
        octets: Decrypted data; may be empty. Secret.

    Raises:
        MalformedMessage: The octets are not a chain of payloads.

    Source:
        MKY_014 (RFC 3830, 6.2)
    """
    return parse_chain(OctetReader(octets), PayloadType.KEY_DATA) if octets else ()


def serialize_key_data(keys: tuple[KeyData, ...]) -> bytes:
    """Return the data that a KEMAC encrypts. Secret.

    Raises:
        LocalProtocolError: A key is longer than its field allows.

    Source:
        MKY_014 (RFC 3830, 6.2)
    """
    return serialize_chain(keys, "key_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyData:
    """TP Data: who may use the ticket, when, and for which keys.

    Attributes:
        payloads: IDRkms, IDRi, TRs, TRe, TRr, KEMAC, each IDRapp and each IDRr, as far as present.

    Source:
        MKY_044 (RFC 6043, 6.10)
    """

    payloads: tuple[AnyPayload, ...]

    @classmethod
    @lru_cache(maxsize=_REMEMBERED)
    def parse(cls, data: bytes) -> Self:
        """Read TP Data.

        Raises:
            MalformedMessage: The octets are not a first-payload octet and a chain of payloads.
        """
        reader = OctetReader(data)
        return cls(payloads=parse_chain(reader, reader.uint8()))

    def serialize(self) -> bytes:
        """Return TP Data.

        Raises:
            LocalProtocolError: A value does not fit its field.
        """
        return _serialize_named(self.payloads, "policy_data")

    def identity(self, role: IdentityRole) -> RoleIdentity | None:
        """Return the first identity with a role, or None."""
        return first_identity(self.payloads, role)

    def identities(self, role: IdentityRole) -> tuple[RoleIdentity, ...]:
        """Return every identity with a role: the authorized responders or applications, say."""
        found = [each for each in self.payloads if isinstance(each, RoleIdentity) and each.role == role]
        return tuple(found)

    def time(self, role: TimestampRole) -> Timestamp | None:
        """Return the first timestamp with a role, or None: no limit."""
        for payload in self.payloads:
            if isinstance(payload, RoleTimestamp) and payload.role == role:
                return payload.timestamp
        return None

    @property
    def rekeying_interval_seconds(self) -> int | None:
        """Longest time between two rekeyings, in seconds; None without one.

        Source:
            MKY_048 (RFC 6043, 6.10)
        """
        interval = self.time(TimestampRole.REKEYING_INTERVAL)
        return None if interval is None else interval.value

    @property
    def kemac(self) -> Kemac | None:
        """What the Initiator asks for in keys, or None."""
        return first_payload(self.payloads, Kemac)

    def valid_at(self, unix_time: float) -> bool:
        """Return whether the validity period covers an instant.

        Args:
            unix_time: Seconds since 1970, UTC.

        Source:
            MKY_049 (RFC 6043, 6.10)
        """
        start, end = self.time(TimestampRole.START), self.time(TimestampRole.END)
        return (start is None or start.unix_time <= unix_time) and (end is None or unix_time <= end.unix_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiatorData:
    """Initiator Data: proves, when keys are forked, that who asked for the ticket also sent TRANSFER_INIT.

    Attributes:
        payloads: Vi, the V payload of TRANSFER_INIT, and Vr, which protects this field.

    Source:
        MKY_045 (RFC 6043, 6.10)
    """

    payloads: tuple[AnyPayload, ...]

    @classmethod
    @lru_cache(maxsize=_REMEMBERED)
    def parse(cls, data: bytes) -> Self:
        """Read Initiator Data.

        Raises:
            MalformedMessage: The octets are not a first-payload octet and a chain of payloads.
        """
        reader = OctetReader(data)
        return cls(payloads=parse_chain(reader, reader.uint8()))

    def serialize(self) -> bytes:
        """Return Initiator Data.

        Raises:
            LocalProtocolError: A value does not fit its field.
        """
        return _serialize_named(self.payloads, "initiator_data")

    @property
    def copied_verification(self) -> Verification | None:
        """Vi: the first V payload, or None."""
        return first_payload(self.payloads, Verification)

    @property
    def verification(self) -> Verification | None:
        """Vr: the second V payload, which is the last payload, or None."""
        found = [payload for payload in self.payloads if isinstance(payload, Verification)]
        return found[1] if len(found) > 1 and found[1] is self.payloads[-1] else None

    def authenticated_octets(self) -> bytes:
        """Return the octets that Vr covers: the field without the MAC of Vr.

        Raises:
            LocalProtocolError: A value does not fit its field.

        Source:
            MKY_046 (RFC 6043, 6.10)
        """
        return _without_mac(self.serialize(), self.verification)

    def with_mac(self, mac: bytes) -> Self:
        """Return this data with the MAC of Vr filled in.

        Raises:
            LocalProtocolError: The last payload is no V payload, or has another length.

        Source:
            MKY_046 (RFC 6043, 6.10)
        """
        return dataclasses.replace(self, payloads=_fill(self.payloads, mac))


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketData:
    """Ticket Data of a MIKEY base ticket.

    Attributes:
        header: Ticket header (THDR), which names the first payload.
        payloads: T, RAND, KEMAC, IDRpsk if present, and V.

    Source:
        MKY_051 (RFC 6043, A)
    """

    header: TicketHeader
    payloads: tuple[AnyPayload, ...]

    @classmethod
    @lru_cache(maxsize=_REMEMBERED)
    def parse(cls, data: bytes) -> Self:
        """Read Ticket Data.

        Raises:
            MalformedMessage: The octets are not a ticket header and a chain of payloads.
        """
        reader = OctetReader(data)
        header, first = TicketHeader.parse(reader)
        return cls(header=header, payloads=parse_chain(reader, first))

    def serialize(self) -> bytes:
        """Return Ticket Data.

        Raises:
            LocalProtocolError: A value does not fit its field.
        """
        try:
            header = self.header.serialize(first_type(self.payloads))
        except OverflowError:
            raise LocalProtocolError(
                Finding(requirement="MKY_006", where="ticket_data.header", message="THDR Data is too long")
            ) from None
        return header + serialize_chain(self.payloads, "ticket_data")

    @property
    def timestamp(self) -> Timestamp | None:
        """Time of issue or counter, or None."""
        return first_payload(self.payloads, Timestamp)

    @property
    def rand(self) -> Rand | None:
        """Random value for the keys derived from TPK and MPK, or None."""
        return first_payload(self.payloads, Rand)

    @property
    def kemac(self) -> Kemac | None:
        """The keys, encrypted under a key derived from TPK, or None."""
        return first_payload(self.payloads, Kemac)

    @property
    def key_identity(self) -> RoleIdentity | None:
        """Name of TPK (IDRpsk), or None."""
        return first_identity(self.payloads, IdentityRole.PRE_SHARED_KEY)

    @property
    def verification(self) -> Verification | None:
        """V: the last payload, or None."""
        last = self.payloads[-1] if self.payloads else None
        return last if isinstance(last, Verification) else None

    def with_mac(self, mac: bytes) -> Self:
        """Return this data with the MAC of V filled in.

        Raises:
            LocalProtocolError: The last payload is no V payload, or has another length.

        Source:
            MKY_052 (RFC 6043, A.1)
        """
        return dataclasses.replace(self, payloads=_fill(self.payloads, mac))


def ticket_authenticated_octets(ticket: Ticket, data: TicketData) -> bytes:
    """Return the octets that the MAC in the Ticket Data of a base ticket covers.

    They are the TICKET payload without its "next payload" octet, its Initiator Data length, its Initiator
    Data and the MAC itself.

    Args:
        ticket: The ticket; its Ticket Data already has its final length.
        data: Its Ticket Data, parsed.

    Raises:
        LocalProtocolError: A value does not fit its field.

    Source:
        MKY_052 (RFC 6043, A.1)
    """
    return _without_mac(ticket.serialize_without_initiator_data(), data.verification)


def _serialize_named(payloads: tuple[AnyPayload, ...], where: str) -> bytes:
    return bytes((first_type(payloads),)) + serialize_chain(payloads, where)


def _without_mac(octets: bytes, verification: Verification | None) -> bytes:
    """Return octets without the MAC at their end."""
    return octets[: len(octets) - len(verification.mac)] if verification else octets


def _fill(payloads: tuple[AnyPayload, ...], mac: bytes) -> tuple[AnyPayload, ...]:
    """Return payloads with the MAC of the last one, which is a V payload, filled in."""
    last = payloads[-1] if payloads else None
    if not isinstance(last, Verification) or len(last.mac) != len(mac):
        raise LocalProtocolError(
            Finding(
                requirement="MKY_028",
                where="payload",
                message=f"the last payload has no room for a MAC of {len(mac)} octets",
            )
        )
    return (*payloads[:-1], dataclasses.replace(last, mac=mac))
