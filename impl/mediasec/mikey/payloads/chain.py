"""Chains of payloads: each names the type of the one after it."""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from mediasec.errors import Finding, LocalProtocolError, MalformedMessage
from mediasec.mikey.payloads.general import Error, GeneralExtension, SecurityPolicy
from mediasec.mikey.payloads.identities import (
    Certificate,
    CertificateHash,
    Identity,
    Rand,
    RoleIdentity,
    RoleRand,
)
from mediasec.mikey.payloads.key_data import Kemac, KeyData
from mediasec.mikey.payloads.payload import AnyPayload, EndUnknown, Opaque, Payload
from mediasec.mikey.payloads.protection import (
    DiffieHellman,
    EncryptedEnvelopeKey,
    Signature,
    Verification,
)
from mediasec.mikey.payloads.ticket import Ticket, TicketPolicy
from mediasec.mikey.payloads.timestamps import RoleTimestamp, Timestamp
from mediasec.mikey.registry import IdentityRole, PayloadType
from mediasec.wire import OctetReader

MAX_PAYLOADS = 255
"""The largest number of payloads in one chain that is read."""

_P = TypeVar("_P", bound=Payload)
_LAST = PayloadType.LAST

_CLASSES: tuple[type[Payload], ...] = (
    Kemac,
    EncryptedEnvelopeKey,
    DiffieHellman,
    Signature,
    Timestamp,
    Identity,
    Certificate,
    CertificateHash,
    Verification,
    SecurityPolicy,
    Rand,
    Error,
    RoleTimestamp,
    RoleIdentity,
    RoleRand,
    TicketPolicy,
    Ticket,
    KeyData,
    GeneralExtension,
)
_BY_TYPE: dict[int, type[Payload]] = {int(payload.payload_type): payload for payload in _CLASSES}
_CHECKS: dict[type[AnyPayload], Callable[[Any, str], list[Finding]]] = {
    payload: payload.check for payload in _CLASSES if payload.check is not Payload.check
}
"""The payloads that can break a requirement by themselves."""


def parse_chain(reader: OctetReader, first: int) -> tuple[AnyPayload, ...]:
    """Read payloads up to the last one, which must end at the reader's bound.

    Args:
        reader: Octets, at the start of the first payload.
        first: Type of the first payload; uint8.

    Raises:
        MalformedMessage: The octets end too early, are left over, or hold more than `MAX_PAYLOADS` payloads.
    """
    return tuple(iterate_chain(reader, first))


def iterate_chain(reader: OctetReader, first: int) -> Iterator[AnyPayload]:
    """Yield payloads one by one, so that a tool can show those before a fault.

    Args:
        reader: Octets, at the start of the first payload.
        first: Type of the first payload; uint8.

    Raises:
        MalformedMessage: The octets end too early, are left over, or hold more than `MAX_PAYLOADS` payloads.

    Source:
        MKY_003 (RFC 3830, 6.1)
        MKY_004 (RFC 6043, 6)
        MKY_005 (RFC 6043, 5.5)
        MKY_007 (RFC 6043, 6.1)
    """
    kind = first
    count = 0
    while kind != _LAST:
        if count == MAX_PAYLOADS:
            raise MalformedMessage(f"there are more than {MAX_PAYLOADS} payloads", offset=reader.offset)
        count += 1
        start = reader.offset
        payload_class = _BY_TYPE.get(kind)
        if payload_class is None:
            yield Opaque(payload_type=kind, octets=reader.rest())
            break
        if payload_class is Signature:
            yield Signature.parse(reader)
            break
        following = reader.uint8()
        try:
            payload = payload_class.parse(reader)
        except EndUnknown:
            reader.offset = start
            yield Opaque(payload_type=kind, octets=reader.rest())
            break
        yield payload
        kind = following
    reader.finish()


def serialize_chain(payloads: Sequence[AnyPayload], where: str) -> bytes:
    """Return the octets of payloads, the last of which says that it is the last.

    Args:
        payloads: The payloads in their order; an opaque one or a signature can only be the last.
        where: Path to the chain, for findings, such as `payload`.

    Raises:
        LocalProtocolError: A value does not fit its field, or a payload follows one that cannot name it.

    Source:
        MKY_003 (RFC 3830, 6.1)
        MKY_006 (RFC 3830, 6)
    """
    parts: list[bytes] = []
    place, last = 0, len(payloads) - 1
    try:
        for place, payload in enumerate(payloads):
            if not isinstance(payload, (Opaque, Signature)):
                following = payloads[place + 1].payload_type if place < last else _LAST
                parts += (bytes((following,)), payload.serialize())
            elif place == last:
                parts.append(payload.octets if isinstance(payload, Opaque) else payload.serialize())
            else:
                raise _misfit(
                    "MKY_003", f"{where}[{place + 1}]", "it follows one that has no room to name it"
                )
    except (OverflowError, ValueError, struct.error):
        raise _misfit("MKY_006", f"{where}[{place}]", "a value does not fit its field") from None
    return b"".join(parts)


def first_type(payloads: Sequence[AnyPayload]) -> int:
    """Return the type that names the first of these payloads, or "last payload" if there is none."""
    return int(payloads[0].payload_type if payloads else _LAST)


def first_payload(payloads: Sequence[AnyPayload], payload_class: type[_P]) -> _P | None:
    """Return the first payload of a class, or None."""
    for payload in payloads:
        if isinstance(payload, payload_class):
            return payload
    return None


def first_identity(payloads: Sequence[AnyPayload], role: IdentityRole) -> RoleIdentity | None:
    """Return the first identity with a role, or None."""
    for payload in payloads:
        if isinstance(payload, RoleIdentity) and payload.role == role:
            return payload
    return None


def check_chain(payloads: Sequence[AnyPayload], where: str) -> list[Finding]:
    """Return the requirements that each payload breaks by itself."""
    findings: list[Finding] = []
    for place, payload in enumerate(payloads):
        check = _CHECKS.get(type(payload))
        if check is not None:
            findings += check(payload, f"{where}[{place}]")
    return findings


def _misfit(requirement: str, where: str, message: str) -> LocalProtocolError:
    return LocalProtocolError(Finding(requirement=requirement, where=where, message=message))
