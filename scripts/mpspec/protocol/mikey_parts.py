"""The fields of each MIKEY payload, with their names in the sources."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from mediasec.errors import MalformedMessage
from mediasec.mikey import payloads as p
from mediasec.mikey.registry import (
    DataType,
    IdentityType,
    KeyValidityType,
    MapType,
    PayloadType,
    TicketType,
    TimestampRole,
    TimestampType,
)
from mediasec.mikey.ticket import InitiatorData, PolicyData, TicketData, parse_key_data
from mpspec.protocol.parts import Part

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECTIONS = {
    PayloadType.KEMAC: "RFC 3830, 6.2",
    PayloadType.PKE: "RFC 3830, 6.3",
    PayloadType.DH: "RFC 3830, 6.4",
    PayloadType.SIGN: "RFC 3830, 6.5",
    PayloadType.T: "RFC 3830, 6.6",
    PayloadType.ID: "RFC 3830, 6.7",
    PayloadType.CERT: "RFC 3830, 6.7",
    PayloadType.CHASH: "RFC 3830, 6.8",
    PayloadType.V: "RFC 3830, 6.9",
    PayloadType.SP: "RFC 3830, 6.10",
    PayloadType.RAND: "RFC 3830, 6.11",
    PayloadType.ERR: "RFC 3830, 6.12",
    PayloadType.TR: "RFC 6043, 6.4",
    PayloadType.IDR: "RFC 6043, 6.6",
    PayloadType.RANDR: "RFC 6043, 6.8",
    PayloadType.TP: "RFC 6043, 6.10",
    PayloadType.TICKET: "RFC 6043, 6.10",
    PayloadType.KEY_DATA: "RFC 3830, 6.13",
    PayloadType.GENERAL_EXTENSION: "RFC 3830, 6.15",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown of a message.

    Attributes:
        show_keys: Whether keys in the clear are shown.
        nested: Whether the payload stands in the data of another one: what it holds stays octets then, so
            that depth has a bound.
        among_keys: Whether the payload stands among keys: what is not understood there may be one.
    """

    show_keys: bool = False
    nested: bool = False
    among_keys: bool = False

    @property
    def inside(self) -> "View":
        """The view of payloads in the data of a payload."""
        return View(show_keys=self.show_keys, nested=True)

    @property
    def of_keys(self) -> "View":
        """The view of payloads among keys."""
        return View(show_keys=self.show_keys, nested=self.nested, among_keys=True)

    def not_understood(self, name: str, octets: bytes, kind: int) -> Part:
        """Return octets that are not understood; they are hidden where they may hold a key.

        Args:
            name: What they are called.
            octets: The octets.
            kind: Type of the payload that they begin with; uint8.
        """
        may_be_key = self.among_keys or kind in (PayloadType.KEMAC, PayloadType.KEY_DATA)
        return Part(name=name, octets=octets, hidden=may_be_key and not self.show_keys)


def number(name: str, value: int, size: int) -> Part:
    """Return a number, with the name of the code point where it is one."""
    return _text(name, _label(value), size)


def _text(name: str, value: str, size: int) -> Part:
    return Part(name=name, value=value, size=size)


def _label(value: int) -> str:
    if not isinstance(value, IntEnum):
        return str(value)
    name = value.name if isinstance(value, DataType) else value.name.replace("_", "-")
    return f"{int(value)} {name}"


def counted(name: str, octets: bytes, size: int) -> tuple[Part, Part]:
    """Return octets behind their length."""
    return number(f"{name} length", len(octets), size), Part(name=name, octets=octets)


def _secret(name: str, octets: bytes, view: View) -> tuple[Part, Part]:
    """Return a key behind its length, in full or not at all."""
    shown = Part(
        name=name, value=octets.hex() if view.show_keys else "", octets=octets, hidden=not view.show_keys
    )
    return number(f"{name} length", len(octets), 2), shown


def _identity_data(kind: int, data: bytes, size: int = 2) -> tuple[Part, Part]:
    """Return the data of an identity, as text where it is one."""
    length, part = counted("ID data", data, size)
    text = data.decode("utf-8", errors="replace")
    if kind in (IdentityType.NAI, IdentityType.URI) and text.isprintable():
        part = Part(name="ID data", value=text, octets=data)
    return length, part


def _timestamp(payload: p.Timestamp, role: TimestampRole | int | None = None) -> tuple[Part, Part]:
    value = f"{payload.value:0{payload.kind.value_length * 2}x}"
    if role == TimestampRole.REKEYING_INTERVAL:
        value += f" ({payload.value} s)"
    elif payload.kind is not TimestampType.COUNTER:
        moment = _EPOCH + timedelta(seconds=payload.unix_time)
        value += f" ({moment:%Y-%m-%d %H:%M:%S} UTC)"
    return (
        number("TS type", payload.kind, 1),
        Part(name="TS value", value=value, size=payload.kind.value_length),
    )


def _validity(validity: p.Validity | None) -> tuple[Part, ...]:
    match validity:
        case p.Spi(value=value):
            return counted("SPI", value, 1)
        case p.Interval(valid_from=start, valid_to=end):
            return (*counted("Valid From", start, 1), *counted("Valid To", end, 1))
        case _:
            return ()


def _key_data(payload: p.KeyData, view: View) -> Sequence[Part]:
    kind = KeyValidityType.NULL if payload.validity is None else payload.validity.kind
    salt: tuple[Part, ...] = ()
    if payload.salt is not None:
        salt = _secret("Salt data", payload.salt, view)
    return (
        _text("Type, KV", f"{_label(payload.kind)}, {_label(kind)}", 1),
        *_secret("Key data", payload.key, view),
        *salt,
        *_validity(payload.validity),
    )


def _kemac(payload: p.Kemac, view: View) -> Sequence[Part]:
    data = Part(name="Encr data", octets=payload.data)
    if not payload.encryption:
        data = keys_part("Encr data", payload.data, view)
    return (
        number("Encr alg", payload.encryption, 1),
        number("Encr data length", len(payload.data), 2),
        data,
        number("MAC alg", payload.mac_algorithm, 1),
        Part(name="MAC", octets=payload.mac),
    )


def keys_part(name: str, octets: bytes, view: View) -> Part:
    """Return the key data sub-payloads in octets that are not, or no longer, encrypted."""
    try:
        parsed = parse_key_data(octets)
    except MalformedMessage:
        return Part(name=name, octets=octets, hidden=not view.show_keys)
    return Part(name=name, size=len(octets), parts=chain_parts(parsed, view.of_keys))


def _policy(payload: p.TicketPolicy, view: View) -> Sequence[Part]:
    names = payload.flags.letters or "none"
    return (
        number("Ticket Type", payload.ticket_type, 2),
        number("Subtype", payload.subtype, 1),
        number("Version", payload.version, 1),
        _text("PRF Func, flags, Res", f"{_label(payload.prf_function)}, {names}, {payload.reserved}", 3),
        number("TP Data length", len(payload.data), 2),
        _named_chain("TP Data", payload.data, view, lambda data: PolicyData.parse(data).payloads),
    )


def _ticket(payload: p.Ticket, view: View) -> Sequence[Part]:
    return (
        *_policy(payload.policy, view),
        number("Ticket Data length", len(payload.data), 2),
        _ticket_data(payload, view),
        number("Initiator Data length", len(payload.initiator_data), 2),
        _named_chain(
            "Initiator Data",
            payload.initiator_data,
            view,
            lambda data: InitiatorData.parse(data).payloads,
        ),
    )


def _ticket_data(payload: p.Ticket, view: View) -> Part:
    if payload.policy.ticket_type != TicketType.MIKEY_BASE or view.nested:
        return Part(name="Ticket Data", octets=payload.data)
    try:
        data = TicketData.parse(payload.data)
    except MalformedMessage:
        return Part(name="Ticket Data", octets=payload.data)
    header = Part(
        name="THDR",
        section="RFC 6043, A.3",
        parts=(_next(p.first_type(data.payloads)), *counted("THDR Data", data.header.data, 2)),
    )
    return Part(
        name="Ticket Data", section="RFC 6043, A", parts=(header, *chain_parts(data.payloads, view.inside))
    )


def _named_chain(
    name: str, octets: bytes, view: View, parse: Callable[[bytes], tuple[p.AnyPayload, ...]]
) -> Part:
    """Return data that begins with the type of its first payload."""
    if view.nested:
        return Part(name=name, octets=octets)
    try:
        chain = parse(octets)
    except MalformedMessage:
        return Part(name=name, octets=octets)
    first = Part(name="First payload", value=_label(PayloadType.of(p.first_type(chain))), size=1)
    return Part(name=name, parts=(first, *chain_parts(chain, view.inside)))


def _policy_parameters(payload: p.SecurityPolicy) -> tuple[Part, ...]:
    return tuple(
        Part(
            name="Policy param",
            parts=(number("Type", parameter.kind, 1), *counted("Value", parameter.value, 1)),
        )
        for parameter in payload.parameters
    )


def _security_policy(payload: p.SecurityPolicy, _: View) -> Sequence[Part]:
    parameters = _policy_parameters(payload)
    return (
        number("Policy no", payload.number, 1),
        number("Prot type", payload.protocol_type, 1),
        number("Policy param length", sum(part.length for part in parameters), 2),
        *parameters,
    )


def _extension(payload: p.GeneralExtension, _: View) -> Sequence[Part]:
    length, data = counted("Data", payload.data, 2)
    protocols = ";".join(payload.protocols)
    if protocols.isprintable():
        data = Part(name="Data", value=protocols, octets=payload.data)
    return number("Type", payload.kind, 1), length, data


def _diffie_hellman(payload: p.DiffieHellman, _: View) -> Sequence[Part]:
    kind = KeyValidityType.NULL if payload.validity is None else payload.validity.kind
    return (
        number("DH-Group", payload.group, 1),
        Part(name="DH-value", octets=payload.public_value),
        _text("Reserved, KV", f"{payload.reserved}, {_label(kind)}", 1),
        *_validity(payload.validity),
    )


_FIELDS: dict[type[p.Payload], Callable[[Any, View], Sequence[Part]]] = {
    p.Kemac: _kemac,
    p.EncryptedEnvelopeKey: lambda x, _: (
        _text("C, Data length", f"{_label(x.cache)}, {len(x.data)}", 2),
        Part(name="Data", octets=x.data),
    ),
    p.DiffieHellman: _diffie_hellman,
    p.Signature: lambda x, _: (
        _text("S type, Signature length", f"{_label(x.kind)}, {len(x.signature)}", 2),
        Part(name="Signature", octets=x.signature),
    ),
    p.Timestamp: lambda x, _: _timestamp(x),
    p.Identity: lambda x, _: (number("ID Type", x.kind, 1), *_identity_data(x.kind, x.data)),
    p.Certificate: lambda x, _: (number("Cert Type", x.kind, 1), *counted("Certificate data", x.data, 2)),
    p.CertificateHash: lambda x, _: (number("Hash func", x.function, 1), Part(name="Hash", octets=x.digest)),
    p.Verification: lambda x, _: (number("Auth alg", x.algorithm, 1), Part(name="Ver data", octets=x.mac)),
    p.SecurityPolicy: _security_policy,
    p.Rand: lambda x, _: counted("RAND", x.value, 1),
    p.Error: lambda x, _: (number("Error no", x.number, 1), number("Reserved", x.reserved, 2)),
    p.RoleTimestamp: lambda x, _: (number("TS Role", x.role, 1), *_timestamp(x.timestamp, x.role)),
    p.RoleIdentity: lambda x, _: (
        number("ID Role", x.role, 1),
        number("ID Type", x.kind, 1),
        *_identity_data(x.kind, x.data),
    ),
    p.RoleRand: lambda x, _: (number("RAND Role", x.role, 1), *counted("RAND", x.value, 1)),
    p.TicketPolicy: _policy,
    p.Ticket: _ticket,
    p.KeyData: _key_data,
    p.GeneralExtension: _extension,
}


def _next(following: int) -> Part:
    return number("Next payload", PayloadType.of(following), 1)


def payload_part(payload: p.AnyPayload, following: int, view: View) -> Part:
    """Return a payload and its fields.

    Args:
        payload: The payload.
        following: Type of the payload after it; uint8.
        view: What is shown of it.
    """
    kind = PayloadType.of(payload.payload_type)
    if isinstance(payload, p.Opaque):
        name = kind.name if isinstance(kind, PayloadType) else f"payload of type {kind}"
        return view.not_understood(f"{name} and all after it, not understood", payload.octets, kind)
    fields = tuple(_FIELDS[type(payload)](payload, view))
    if not isinstance(payload, p.Signature):
        fields = (_next(following), *fields)
    role = getattr(payload, "role", None)
    name = payload.payload_type.name.replace("_", " ") + getattr(role, "suffix", "")
    return Part(name=name, section=_SECTIONS[payload.payload_type], parts=fields)


def chain_parts(chain: Sequence[p.AnyPayload], view: View) -> tuple[Part, ...]:
    """Return the payloads of a chain."""
    return tuple(
        payload_part(payload, p.first_type(chain[place + 1 :]), view) for place, payload in enumerate(chain)
    )


def header_part(header: p.Header, following: int) -> Part:
    """Return the common header and its fields."""
    sessions = header.sessions
    flag = int(header.response_expected)
    return Part(
        name="HDR",
        section="RFC 3830, 6.1",
        parts=(
            number("version", header.version, 1),
            number("data type", header.data_type, 1),
            _next(following),
            _text("V, PRF func", f"{flag}, {_label(header.prf_function)}", 1),
            Part(name="CSB ID", value=f"{header.csb_id:08x}", size=4),
            number("#CS", sessions.count, 1),
            number("CS ID map type", MapType.of(sessions.map_type), 1),
            *_session_parts(sessions),
        ),
    )


def _session_parts(sessions: p.SessionMap) -> tuple[Part, ...]:
    match sessions:
        case p.SrtpMap(sessions=blocks):
            return tuple(
                Part(
                    name=f"Crypto session {place}",
                    section="RFC 3830, 6.1.1",
                    parts=(
                        number("Policy_no", block.policy_number, 1),
                        Part(name="SSRC", value=f"{block.ssrc:08x}", size=4),
                        number("ROC", block.rollover_counter, 4),
                    ),
                )
                for place, block in enumerate(blocks, 1)
            )
        case p.GenericMap(sessions=generic):
            return tuple(
                Part(
                    name="Crypto session",
                    section="RFC 6043, 6.1.1",
                    parts=(
                        number("CS ID", block.cs_id, 1),
                        number("Prot type", block.protocol_type, 1),
                        _text("S, #P", f"{int(block.session_flag)}, {len(block.policies)}", 1),
                        Part(name="Ps", octets=bytes(block.policies)),
                        *counted("Session Data", block.session_data, 2),
                        *counted("SPI", block.spi, 1),
                    ),
                )
                for block in generic
            )
        case _:
            return ()
