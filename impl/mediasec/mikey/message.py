"""A MIKEY message: the common header and a chain of payloads, without loss in either direction."""

import struct
from dataclasses import dataclass, field
from typing import Self, TypeVar

from mediasec.errors import Finding, LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.mikey.payloads import (
    AnyPayload,
    Header,
    Opaque,
    Payload,
    RoleIdentity,
    RoleRand,
    Signature,
    Ticket,
    UnknownMap,
    Verification,
    check_chain,
    first_type,
    parse_chain,
    serialize_chain,
)
from mediasec.mikey.registry import DataType, IdentityRole, RandRole
from mediasec.wire import OctetReader

MAX_MESSAGE_LENGTH = 1 << 20
"""The longest message that is read, in octets: room for every payload at its largest."""

_P = TypeVar("_P", bound=Payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of MIKEY or MIKEY-TICKET.

    `parse` and `serialize` keep every octet, those of unknown payloads and reserved bits too, since MACs
    cover them. Which payloads a message must have is for `mediasec.mikey.rules`.

    Attributes:
        header: Common header.
        payloads: The payloads in their order.
    """

    header: Header
    payloads: tuple[AnyPayload, ...]
    _octets: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a message and check each of its parts.

        Args:
            data: The whole message.

        Raises:
            MalformedMessage: The octets do not parse.
            RequirementViolated: They parse, and a part breaks a requirement.
        """
        message = cls.parse_unchecked(data)
        findings = message.check()
        if findings:
            raise RequirementViolated(*findings)
        return message

    @classmethod
    def parse_unchecked(cls, data: bytes) -> Self:
        """Read a message that may break requirements, for a tool that shows them.

        Raises:
            MalformedMessage: The octets do not parse.

        Source:
            MKY_004 (RFC 6043, 6)
            MKY_005 (RFC 6043, 5.5)
        """
        if len(data) > MAX_MESSAGE_LENGTH:
            raise MalformedMessage(f"the message is longer than {MAX_MESSAGE_LENGTH} octets")
        reader = OctetReader(data)
        header, first = Header.parse(reader)
        payloads: tuple[AnyPayload, ...]
        if isinstance(header.sessions, UnknownMap) and (first or reader.remaining):
            payloads = (Opaque(payload_type=first, octets=reader.rest()),)
        else:
            payloads = parse_chain(reader, first)
        return cls(header=header, payloads=payloads)._with_octets(data)

    def serialize(self) -> bytes:
        """Return the octets of the message.

        Raises:
            LocalProtocolError: A part breaks a requirement, or a value does not fit its field.
        """
        findings = self.check()
        if findings:
            raise LocalProtocolError(*findings)
        return self._header_octets() + serialize_chain(self.payloads, "payload")

    @property
    def octets(self) -> bytes:
        """The octets as they were read or, of a message that is made here, as `serialize` makes them once."""
        octets = self._octets
        if octets is None:
            octets = self.serialize()
            self._with_octets(octets)
        return octets

    def check(self) -> list[Finding]:
        """Return the requirements that single parts of the message break; none is raised."""
        return self.header.check() + check_chain(self.payloads, "payload")

    @property
    def authenticator(self) -> Verification | Signature | None:
        """The V or SIGN payload that protects the message, which is its last one; None without it."""
        last = self.payloads[-1] if self.payloads else None
        return last if isinstance(last, (Verification, Signature)) else None

    def authenticated_octets(self) -> bytes:
        """Return the octets of this message that its MAC or signature covers.

        They are the whole message without the MAC or signature itself and, in TRANSFER_INIT, without the
        Initiator Data length and the Initiator Data. What the MAC covers beyond the message itself,
        identities or the initial message, follows these octets.

        Raises:
            LocalProtocolError: The message is made here, and `serialize` cannot make it.

        Source:
            MKY_012 (RFC 6043, 5.5)
            MKY_013 (RFC 6043, 5.5)
        """
        whole, authenticator = self.octets, self.authenticator
        octets = whole
        if authenticator is not None:
            octets = whole[: len(whole) - len(authenticator.proof)]
        if self.header.data_type == DataType.TRANSFER_INIT:
            for place, payload in enumerate(self.payloads):
                if isinstance(payload, Ticket):
                    following = serialize_chain(self.payloads[place + 1 :], "payload")
                    after = len(whole) - len(following)
                    return octets[: after - 2 - len(payload.initiator_data)] + octets[after:]
        return octets

    def with_authenticator(self, octets: bytes) -> Self:
        """Return this message with the octets of its MAC or signature filled in.

        Args:
            octets: As many as the blank V or SIGN payload has.

        Raises:
            LocalProtocolError: The last payload is neither V nor SIGN, or has another length, or `serialize`
                cannot make the message.

        Source:
            MKY_012 (RFC 6043, 5.5)
        """
        authenticator = self.authenticator
        filled: Verification | Signature | None = None
        if isinstance(authenticator, Verification) and len(octets) == len(authenticator.mac):
            filled = Verification(algorithm=authenticator.algorithm, mac=octets)
        elif isinstance(authenticator, Signature) and len(octets) == len(authenticator.signature):
            filled = Signature(kind=authenticator.kind, signature=octets)
        if filled is None:
            raise LocalProtocolError(
                Finding(
                    requirement="MKY_012",
                    where="payload",
                    message=f"the last payload has no room for a MAC or signature of {len(octets)} octets",
                )
            )
        message = type(self)(header=self.header, payloads=(*self.payloads[:-1], filled))
        return message._with_octets(self.octets[: len(self.octets) - len(octets)] + octets)

    def first(self, payload_class: type[_P]) -> _P | None:
        """Return the first payload of a class, or None."""
        for payload in self.payloads:
            if isinstance(payload, payload_class):
                return payload
        return None

    def all(self, payload_class: type[_P]) -> tuple[_P, ...]:
        """Return every payload of a class, in their order."""
        return tuple([payload for payload in self.payloads if isinstance(payload, payload_class)])

    def identity(self, role: IdentityRole) -> RoleIdentity | None:
        """Return the first identity with a role, or None."""
        for payload in self.payloads:
            if isinstance(payload, RoleIdentity) and payload.role == role:
                return payload
        return None

    def rand(self, role: RandRole) -> RoleRand | None:
        """Return the first random value with a role, or None."""
        for payload in self.payloads:
            if isinstance(payload, RoleRand) and payload.role == role:
                return payload
        return None

    def _with_octets(self, octets: bytes) -> Self:
        """Return this message, which keeps its octets: neither they nor it ever change."""
        object.__setattr__(self, "_octets", octets)
        return self

    def _header_octets(self) -> bytes:
        """Return the octets of the header.

        Source:
            MKY_006 (RFC 3830, 6)
        """
        try:
            return self.header.serialize(first_type(self.payloads))
        except (OverflowError, ValueError, struct.error):
            raise LocalProtocolError(
                Finding(requirement="MKY_006", where="header", message="a value does not fit its field")
            ) from None
