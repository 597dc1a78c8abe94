"""Which attributes a message or a grouped attribute holds, how often and in which order (RFC 8855)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mediasec.bfcp.registry import AttributeType, ErrorCode, Primitive
from mediasec.errors import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One attribute of a format.

    Attributes:
        type: Which attribute.
        least: How often it stands there at least: 0 or 1.
        most: How often it stands there at most; None for any number.
    """

    type: AttributeType
    least: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The attributes of a message or grouped attribute in their order; extensions may follow.

    Attributes:
        requirement: ID of the rule that gives this format.
        parts: The attributes.
    """

    requirement: str
    parts: tuple[Part, ...]


def _one(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=1, most=1)


def _optional(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=0, most=1)


def _some(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=1, most=None)


def _any(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=0, most=None)


def _format(requirement: str, *parts: Part) -> Format:
    return Format(requirement=requirement, parts=parts)


_A = AttributeType
_PERSON = (_optional(_A.USER_DISPLAY_NAME), _optional(_A.USER_URI))
_STANDING = (_optional(_A.REQUEST_STATUS), _optional(_A.STATUS_INFO))

GROUP_FORMATS: Final[Mapping[AttributeType, Format]] = {
    _A.BENEFICIARY_INFORMATION: _format("BFCP_016", *_PERSON),
    _A.FLOOR_REQUEST_INFORMATION: _format(
        "BFCP_017",
        _optional(_A.OVERALL_REQUEST_STATUS),
        _some(_A.FLOOR_REQUEST_STATUS),
        _optional(_A.BENEFICIARY_INFORMATION),
        _optional(_A.REQUESTED_BY_INFORMATION),
        _optional(_A.PRIORITY),
        _optional(_A.PARTICIPANT_PROVIDED_INFO),
    ),
    _A.REQUESTED_BY_INFORMATION: _format("BFCP_016", *_PERSON),
    _A.FLOOR_REQUEST_STATUS: _format("BFCP_018", *_STANDING),
    _A.OVERALL_REQUEST_STATUS: _format("BFCP_018", *_STANDING),
}
"""Format of each grouped attribute, without its 16-bit identifier."""

MESSAGE_FORMATS: Final[Mapping[Primitive, Format]] = {
    Primitive.FLOOR_REQUEST: _format(
        "BFCP_019",
        _some(_A.FLOOR_ID),
        _optional(_A.BENEFICIARY_ID),
        _optional(_A.PARTICIPANT_PROVIDED_INFO),
        _optional(_A.PRIORITY),
    ),
    Primitive.FLOOR_RELEASE: _format("BFCP_020", _one(_A.FLOOR_REQUEST_ID)),
    Primitive.FLOOR_REQUEST_QUERY: _format("BFCP_020", _one(_A.FLOOR_REQUEST_ID)),
    Primitive.FLOOR_REQUEST_STATUS: _format("BFCP_021", _one(_A.FLOOR_REQUEST_INFORMATION)),
    Primitive.USER_QUERY: _format("BFCP_022", _optional(_A.BENEFICIARY_ID)),
    Primitive.USER_STATUS: _format(
        "BFCP_022", _optional(_A.BENEFICIARY_INFORMATION), _any(_A.FLOOR_REQUEST_INFORMATION)
    ),
    Primitive.FLOOR_QUERY: _format("BFCP_023", _any(_A.FLOOR_ID)),
    Primitive.FLOOR_STATUS: _format("BFCP_023", _any(_A.FLOOR_ID), _any(_A.FLOOR_REQUEST_INFORMATION)),
    Primitive.CHAIR_ACTION: _format("BFCP_021", _one(_A.FLOOR_REQUEST_INFORMATION)),
    Primitive.CHAIR_ACTION_ACK: _format("BFCP_026"),
    Primitive.HELLO: _format("BFCP_026"),
    Primitive.HELLO_ACK: _format("BFCP_024", _one(_A.SUPPORTED_PRIMITIVES), _one(_A.SUPPORTED_ATTRIBUTES)),
    Primitive.ERROR: _format("BFCP_025", _one(_A.ERROR_CODE), _optional(_A.ERROR_INFO)),
    Primitive.FLOOR_REQUEST_STATUS_ACK: _format("BFCP_026"),
    Primitive.FLOOR_STATUS_ACK: _format("BFCP_026"),
    Primitive.GOODBYE: _format("BFCP_026"),
    Primitive.GOODBYE_ACK: _format("BFCP_026"),
}
"""Format of each message, without its common header."""

_KNOWN: Final = frozenset(AttributeType)


def check_format(wanted: Format, types: Sequence[int], where: str, name: str) -> list[Finding]:
    """Return what the attributes of a message or grouped attribute break of its format.

    An attribute that is missing or stands there too often leaves the message without a meaning: the finding
    has a reply. One at the wrong place, or one that belongs elsewhere, is the sender's fault and can be
    passed over.

    Args:
        wanted: The format.
        types: Types of the attributes, in their order; 7 bits each.
        where: Path to the message or grouped attribute.
        name: What it is called in the source, such as `FloorRequest`.

    Source:
        BFCP_016 (RFC 8855, 5.2.14)
        BFCP_017 (RFC 8855, 5.2.15)
        BFCP_018 (RFC 8855, 5.2.17)
        BFCP_019 (RFC 8855, 5.3.1)
        BFCP_020 (RFC 8855, 5.3.2)
        BFCP_021 (RFC 8855, 5.3.4)
        BFCP_022 (RFC 8855, 5.3.5)
        BFCP_023 (RFC 8855, 5.3.7)
        BFCP_024 (RFC 8855, 5.3.12)
        BFCP_025 (RFC 8855, 5.3.13)
        BFCP_026 (RFC 8855, 5.3.11)
    """
    findings = [
        Finding(
            requirement=wanted.requirement,
            where=where,
            message=message,
            reply=ErrorCode.UNABLE_TO_PARSE_MESSAGE,
        )
        for message in _wrong_counts(wanted, types, name)
    ]
    ranks: dict[int, int] = {part.type: rank for rank, part in enumerate(wanted.parts)}
    last = -1
    for place, attribute in enumerate(types):
        rank = ranks.get(attribute, len(ranks)) if attribute in _KNOWN else len(ranks)
        message = ""
        if attribute in _KNOWN and attribute not in ranks:
            message = f"{AttributeType(attribute).label} does not belong into {name}."
        elif rank < last:
            message = f"{AttributeType(attribute).label} stands too late in {name}."
        if message:
            findings.append(
                Finding(requirement=wanted.requirement, where=f"{where}[{place}]", message=message)
            )
        else:
            last = max(last, rank)
    return findings


def _wrong_counts(wanted: Format, types: Sequence[int], name: str) -> list[str]:
    counts = Counter(types)
    messages = []
    for part in wanted.parts:
        count = counts[part.type]
        if count < part.least:
            messages.append(f"{name} has no {part.type.label}.")
        elif part.most is not None and count > part.most:
            messages.append(f"{name} has {part.type.label} {count} times; once is the most.")
    return messages
