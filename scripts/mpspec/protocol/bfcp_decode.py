"""Decoding BFCP messages for a person: field by field, with each rule that they break."""

from collections.abc import Iterable, Iterator

from mediasec.bfcp import AttributeType, ErrorCode, Header, Message, Primitive, RequestStatus
from mediasec.bfcp import values as v
from mediasec.bfcp.attributes import Attribute, UnknownAttribute
from mediasec.bfcp.groups import Group
from mediasec.bfcp.message import HEADER_OCTETS
from mediasec.errors import Finding, MalformedMessage
from mpspec.model import CannotRun
from mpspec.protocol.octets import from_text, read_source, text_of
from mpspec.protocol.parts import DecodedMessages, Part, in_words

_GROUP_IDS = {
    AttributeType.BENEFICIARY_INFORMATION: "Beneficiary ID",
    AttributeType.FLOOR_REQUEST_INFORMATION: "Floor Request ID",
    AttributeType.REQUESTED_BY_INFORMATION: "Requested-by ID",
    AttributeType.FLOOR_REQUEST_STATUS: "Floor ID",
    AttributeType.OVERALL_REQUEST_STATUS: "Floor Request ID",
}
_IDS = {
    AttributeType.BENEFICIARY_ID: "Beneficiary ID",
    AttributeType.FLOOR_ID: "Floor ID",
    AttributeType.FLOOR_REQUEST_ID: "Floor Request ID",
}


def read_stream(source: str) -> bytes:
    """Return the octets of one message or more.

    Of version 1 or 2 a message in hexadecimal begins with a digit and one in base64 with a letter that no
    hexadecimal has, so the two cannot be confused.

    Args:
        source: The name of a file, `-` for standard input, or the octets as text in hex or base64.

    Raises:
        CannotRun: There are no octets in it.
    """
    data, name = read_source(source)
    text = text_of(data)
    octets = data if text is None else from_text(text, name)
    if octets is None:
        raise CannotRun(f"{name} holds no BFCP message: it is no file, hex or base64.")
    return octets


def decode(octets: bytes) -> DecodedMessages:
    """Take messages apart, one after the other.

    Args:
        octets: One message or more, without anything between them.
    """
    messages: list[Part] = []
    findings: list[Finding] = []
    offset = 0
    while offset < len(octets):
        try:
            end = offset + HEADER_OCTETS + 4 * Header.parse(octets[offset:]).payload_length
            one = octets[offset:end]
            message = Message.parse(one)
        except MalformedMessage as error:
            place = None if error.offset is None else offset + error.offset
            fault = MalformedMessage(error.reason, offset=place)
            messages.append(_unparsed(octets[offset:]))
            return DecodedMessages(messages=tuple(messages), findings=tuple(findings), fault=fault)
        found = check(message, one)
        path = f"message[{len(messages)}]."
        findings += [
            Finding(
                requirement=finding.requirement,
                where=path + finding.where,
                message=finding.message,
                reply=finding.reply,
            )
            for finding in found
        ]
        messages.append(_message_part(message, one))
        offset = end
    return DecodedMessages(messages=tuple(messages), findings=tuple(findings), fault=None)


def check(message: Message, octets: bytes) -> list[Finding]:
    """Return every rule that a message breaks, those too that a receiver passes over.

    Args:
        message: The message.
        octets: The same message as it was sent.
    """
    return [*message.check(), *_ignored_octets(message.attributes, octets, HEADER_OCTETS, "attribute")]


def _message_part(message: Message, octets: bytes) -> Part:
    known = isinstance(message.primitive, Primitive)
    name = message.primitive.label if isinstance(message.primitive, Primitive) else "message"
    return Part(
        name=f"BFCP {name}",
        section=f"RFC 8855, 5.3.{int(message.primitive)}" if known else "",
        parts=(
            _header_part(Header.parse(octets)),
            *_attribute_parts(message.attributes, octets, HEADER_OCTETS),
        ),
    )


def _unparsed(octets: bytes) -> Part:
    parts = [Part(name="not understood", octets=octets)]
    if len(octets) >= HEADER_OCTETS:
        rest = Part(name="not understood", octets=octets[HEADER_OCTETS:])
        parts = [_header_part(Header.parse(octets)), rest]
    return Part(name="BFCP message", parts=tuple(parts))


def _header_part(header: Header) -> Part:
    flags = f"R {header.responder:d}, F {header.fragmented:d}"
    bits = f"version {header.version}, {flags}, reserved {header.reserved}"
    return Part(
        name="COMMON-HEADER",
        section="RFC 8855, 5.1",
        parts=(
            Part(name="Ver, R, F, Res", value=bits, size=1),
            Part(name="Primitive", value=_code(Primitive, header.primitive), size=1),
            Part(name="Payload Length", value=f"{header.payload_length} (times 4 octets)", size=2),
            Part(name="Conference ID", value=str(header.conference_id), size=4),
            Part(name="Transaction ID", value=str(header.transaction_id), size=2),
            Part(name="User ID", value=str(header.user_id), size=2),
        ),
    )


def _attribute_parts(attributes: Iterable[Attribute], octets: bytes, offset: int) -> Iterator[Part]:
    """Yield attributes as they stand in the octets of a message from an offset on."""
    for attribute in attributes:
        length = octets[offset + 1]
        padding = octets[offset + length : offset + length + -length % 4]
        known = not isinstance(attribute, UnknownAttribute)
        label = AttributeType(attribute.type).label if known else f"attribute of type {attribute.type}"
        header = f"type {int(attribute.type)}, M {attribute.mandatory:d}, length {length}"
        yield Part(
            name=label,
            section=f"RFC 8855, 5.2.{int(attribute.type)}" if known else "",
            parts=(
                Part(name="Type, M, Length", value=header, size=2),
                *_contents(attribute, octets, offset),
                *((Part(name="Padding", octets=padding),) if padding else ()),
            ),
        )
        offset += length + len(padding)


def _contents(attribute: Attribute, octets: bytes, offset: int) -> Iterator[Part]:
    match attribute:
        case v.Identifier(value=value):
            yield Part(name=_IDS[attribute.TYPE], value=str(value), size=2)
        case v.Priority(priority=priority):
            yield Part(name="Prio", value=f"{int(priority)} ({priority.name.title()})", size=2)
        case v.RequestStatus(status=status, queue_position=position):
            yield Part(name="Request Status", value=_code(RequestStatus, status), size=1)
            yield Part(name="Queue Position", value=str(position), size=1)
        case v.ErrorCode(code=code, details=details):
            yield Part(name="Error Code", value=_code(ErrorCode, code), size=1)
            if attribute.unknown_types:
                listed = ", ".join(map(str, attribute.unknown_types))
                yield Part(name="Unknown Types", value=listed, size=len(details))
            elif details:
                yield Part(name="Error Specific Details", octets=details)
        case v.Text(text=text):
            yield Part(name="Text", value=f'"{text}"', size=len(text.encode()))
        case v.SupportedAttributes(types=types):
            listed = ", ".join(_code(AttributeType, one) for one in types)
            yield Part(name="Supp. Attr.", value=listed or "none", size=len(types))
        case v.SupportedPrimitives(primitives=primitives):
            listed = ", ".join(_code(Primitive, one) for one in primitives)
            yield Part(name="Primitives", value=listed or "none", size=len(primitives))
        case Group(identifier=identifier, attributes=attributes):
            yield Part(name=_GROUP_IDS[attribute.TYPE], value=str(identifier), size=2)
            yield from _attribute_parts(attributes, octets, offset + 4)
        case UnknownAttribute(octets=contents):
            yield Part(name="Contents", octets=contents)


def _ignored_octets(
    attributes: Iterable[Attribute], octets: bytes, offset: int, where: str
) -> Iterator[Finding]:
    """Yield a finding for each octet that a receiver ignores, and that is not zero as it is to be sent."""
    for place, attribute in enumerate(attributes):
        path = f"{where}[{place}]"
        length = octets[offset + 1]
        end = offset + length
        contents = octets[offset + 2 : end]
        requirement = ""
        if isinstance(attribute, Group):
            yield from _ignored_octets(attribute.attributes, octets, offset + 4, path)
        elif isinstance(attribute, v.Priority) and int.from_bytes(contents, "big") & 0x1FFF:
            requirement = "BFCP_010"
        elif isinstance(attribute, v.SupportedAttributes) and any(octet & 1 for octet in contents):
            requirement = "BFCP_015"
        elif (
            isinstance(attribute, v.ErrorCode)
            and attribute.unknown_types
            and any(octet & 1 for octet in attribute.details)
        ):
            requirement = "BFCP_013"
        if requirement:
            yield Finding(requirement=requirement, where=path, message="Reserved bits are not zero.")
        padding = octets[end : end + -length % 4]
        if any(padding):
            yield Finding(requirement="BFCP_005", where=path, message="The padding is not zero.")
        offset = end + len(padding)


def _code(
    kind: type[Primitive] | type[AttributeType] | type[RequestStatus] | type[ErrorCode], value: int
) -> str:
    """Return a code point with its name, if it has one."""
    try:
        known = kind(value)
    except ValueError:
        return f"{value} (unknown)"
    if isinstance(known, (Primitive, AttributeType)):
        return f"{value} ({known.label})"
    words = [word if word.isupper() else word.capitalize() for word in in_words(known.name)]
    return f"{value} ({' '.join(words)})"
