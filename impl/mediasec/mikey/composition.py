"""Which payloads each MIKEY-TICKET message has, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mediasec.errors import Finding
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import MAX_PAYLOADS, AnyPayload, Opaque
from mediasec.mikey.registry import DataType, ErrorNumber, IdentityRole, PayloadType, RandRole

_UNREADABLE = {
    PayloadType.T: ErrorNumber.INVALID_TS,
    PayloadType.KEMAC: ErrorNumber.INVALID_MAC,
    PayloadType.V: ErrorNumber.INVALID_MAC,
    PayloadType.CHASH: ErrorNumber.INVALID_HA,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for payloads of one type and role.

    Attributes:
        payload_type: Type of the payloads.
        role: Role of an IDR or RANDR payload; None for the others.
        least: Fewest payloads.
        most: Most payloads.
    """

    payload_type: PayloadType
    role: IdentityRole | RandRole | None = None
    least: int = 0
    most: int = 1

    @property
    def name(self) -> str:
        """The name that the sources use, such as `IDRkms`."""
        return self.payload_type.name + (self.role.suffix if self.role is not None else "")


@dataclass(frozen=True)
class Composition:
    """The payloads of a message.

    Attributes:
        requirement: ID of the rule that says so.
        slots: The payloads in the recommended order, the last one behind all others.
    """

    requirement: str
    slots: tuple[Slot, ...]

    def places(self, payloads: Sequence[AnyPayload]) -> list[int | None]:
        """Return for each payload the number of its slot; None where it has none, or its end is unknown."""
        return [
            None
            if isinstance(payload, Opaque)
            else self._numbers.get((payload.payload_type, getattr(payload, "role", None)))
            for payload in payloads
        ]

    @cached_property
    def _numbers(self) -> dict[tuple[int, int | None], int]:
        return {(slot.payload_type, slot.role): number for number, slot in enumerate(self.slots)}


def _one(payload_type: PayloadType, role: IdentityRole | RandRole | None = None) -> Slot:
    return Slot(payload_type, role, least=1)


_T, _V, _SIGN = _one(PayloadType.T), _one(PayloadType.V), _one(PayloadType.SIGN)
_RANDR_I = _one(PayloadType.RANDR, RandRole.INITIATOR)
_RANDR_R = _one(PayloadType.RANDR, RandRole.RESPONDER)
_IDR_I = Slot(PayloadType.IDR, IdentityRole.INITIATOR)
_IDR_R = Slot(PayloadType.IDR, IdentityRole.RESPONDER)
_IDR_KMS = Slot(PayloadType.IDR, IdentityRole.KMS)
_IDR_PSK = Slot(PayloadType.IDR, IdentityRole.PRE_SHARED_KEY)
_RANDR_KMS = Slot(PayloadType.RANDR, RandRole.KMS)
_CERTS, _POLICIES = Slot(PayloadType.CERT, most=MAX_PAYLOADS), Slot(PayloadType.SP, most=MAX_PAYLOADS)
_PUBLIC_KEY = (Slot(PayloadType.CHASH), _one(PayloadType.PKE), _SIGN)
_TP, _TICKET = _one(PayloadType.TP), _one(PayloadType.TICKET)
_KEMAC, _MAYBE_KEMAC = _one(PayloadType.KEMAC), Slot(PayloadType.KEMAC)

_LAST = frozenset({PayloadType.V, PayloadType.SIGN})

COMPOSITIONS: dict[int, Composition] = {
    DataType.REQUEST_INIT_PSK: Composition("MKY_070", (_T, _RANDR_I, _IDR_I, _IDR_KMS, _TP, _IDR_PSK, _V)),
    DataType.REQUEST_INIT_PK: Composition(
        "MKY_071", (_T, _RANDR_I, _IDR_I, _CERTS, _IDR_KMS, _TP, *_PUBLIC_KEY)
    ),
    DataType.REQUEST_RESP: Composition("MKY_072", (_T, _IDR_KMS, _TICKET, _KEMAC, _V)),
    DataType.TRANSFER_INIT: Composition(
        "MKY_073", (_T, _RANDR_I, _IDR_I, _IDR_R, _POLICIES, _TICKET, _MAYBE_KEMAC, _V)
    ),
    DataType.TRANSFER_RESP: Composition(
        "MKY_074",
        (
            _T,
            Slot(PayloadType.RANDR, RandRole.RESPONDER),
            _IDR_R,
            _RANDR_KMS,
            _POLICIES,
            _MAYBE_KEMAC,
            _V,
        ),
    ),
    DataType.RESOLVE_INIT_PSK: Composition(
        "MKY_075", (_T, _RANDR_R, _IDR_R, _IDR_KMS, _TICKET, _IDR_PSK, _V)
    ),
    DataType.RESOLVE_INIT_PK: Composition(
        "MKY_076", (_T, _RANDR_R, _IDR_R, _CERTS, _IDR_KMS, _TICKET, *_PUBLIC_KEY)
    ),
    DataType.RESOLVE_RESP: Composition("MKY_077", (_T, _IDR_KMS, _KEMAC, _IDR_R, _RANDR_KMS, _V)),
    DataType.ERROR: Composition(
        "MKY_078", (_T, Slot(PayloadType.ERR, least=1, most=MAX_PAYLOADS), _POLICIES, Slot(PayloadType.V))
    ),
}
"""What each message has; an Error message may end with SIGN in place of V."""

UPDATE = Composition(
    "MKY_079",
    (
        _T,
        Slot(PayloadType.RANDR, RandRole.INITIATOR),
        _IDR_I,
        _IDR_R,
        _POLICIES,
        Slot(PayloadType.TICKET),
        _MAYBE_KEMAC,
        _V,
    ),
)
"""What a TRANSFER_INIT has that updates a crypto session bundle."""


def check_composition(message: Message, composition: Composition) -> list[Finding]:
    """Return what is missing, there too often, behind the last payload, or not in the recommended order.

    Payloads that the message is not expected to have are ignored.

    Source:
        MKY_070 (RFC 6043, 4.2.1)
        MKY_071 (RFC 6043, 4.2.1)
        MKY_072 (RFC 6043, 4.2.1)
        MKY_073 (RFC 6043, 4.2.2)
        MKY_074 (RFC 6043, 4.2.2)
        MKY_075 (RFC 6043, 4.2.3)
        MKY_076 (RFC 6043, 4.2.3)
        MKY_077 (RFC 6043, 4.2.3)
        MKY_078 (RFC 6043, 5.4)
        MKY_079 (RFC 6043, 5.2)
    """
    findings: list[Finding] = []
    places = composition.places(message.payloads)
    for number, slot in enumerate(composition.slots):
        count = places.count(number)
        if count < slot.least:
            findings.append(_missing(message, composition, slot))
        elif count > slot.most:
            findings.append(
                Finding(
                    requirement=composition.requirement,
                    where="payload",
                    message=f"{slot.name} is there {count} times and may be there once",
                    reply=ErrorNumber.UNSPECIFIED,
                )
            )
    return findings + _check_last(message, composition) + _check_order(composition, places)


def _check_order(composition: Composition, places: Sequence[int | None]) -> list[Finding]:
    """Return the first payload that stands before one that the recommended order puts earlier.

    Source:
        MKY_015 (RFC 3830, 5.2)
    """
    latest = 0
    for position, place in enumerate(places):
        if place is None:
            continue
        if place < latest:
            first, second = composition.slots[place].name, composition.slots[latest].name
            return [
                Finding(
                    requirement="MKY_015",
                    where=f"payload[{position}]",
                    message=f"{first} is recommended to stand before {second}",
                )
            ]
        latest = place
    return []


def _missing(message: Message, composition: Composition, slot: Slot) -> Finding:
    unreadable = any(
        isinstance(payload, Opaque) and payload.payload_type == slot.payload_type
        for payload in message.payloads
    )
    return Finding(
        requirement=composition.requirement,
        where="payload",
        message=f"{slot.name} has an algorithm or type that is not known"
        if unreadable
        else f"{slot.name} is missing",
        reply=_UNREADABLE.get(slot.payload_type, ErrorNumber.UNSPECIFIED)
        if unreadable
        else ErrorNumber.UNSPECIFIED,
    )


def _check_last(message: Message, composition: Composition) -> list[Finding]:
    """Return a finding where V or SIGN is not the last payload."""
    for place, payload in enumerate(message.payloads[:-1]):
        if payload.payload_type in _LAST:
            return [
                Finding(
                    requirement=composition.requirement,
                    where=f"payload[{place}]",
                    message=f"{PayloadType(payload.payload_type).name} is not the last payload",
                    reply=ErrorNumber.UNSPECIFIED,
                )
            ]
    return []
