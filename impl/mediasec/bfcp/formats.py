"""Which attributes a message or a grouped attribute holds, how often and in which order (RFC 8855)."""

import re
from collections.abc import Mapping
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

    @property
    def repetition(self) -> bytes:
        """How often it stands there, in a regular expression."""
        if self.most is None:
            return b"+" if self.least else b"*"
        return b"" if self.least else b"?"

    @property
    def wanted(self) -> str:
        """How often it stands there, in words."""
        if self.most is None:
            return "it is there at least once"
        return "it is there once" if self.least else "it is there once at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The attributes of a message or grouped attribute in their order; extensions may follow.

    Attributes:
        requirement: ID of the rule that gives this format.
        owner: The message or grouped attribute.
        parts: The attributes.
        ranks: Place of each attribute in `parts`, by its type.
        pattern: Matches the types of attributes that keep to the format, an octet each.
    """

    requirement: str
    owner: AttributeType | Primitive
    parts: tuple[Part, ...]
    ranks: Mapping[int, int]
    pattern: re.Pattern[bytes]


def _one(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=1, most=1)


def _optional(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=0, most=1)


def _some(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=1, most=None)


def _any(attribute: AttributeType) -> Part:
    return Part(type=attribute, least=0, most=None)


def _format(requirement: str, owner: AttributeType | Primitive, *parts: Part) -> Format:
    ranks = {int(part.type): rank for rank, part in enumerate(parts)}
    known = b"".join(_octet(attribute) for attribute in AttributeType)
    pattern = b"".join(_octet(part.type) + part.repetition for part in parts) + b"[^" + known + b"]*"
    return Format(
        requirement=requirement,
        owner=owner,
        parts=parts,
        ranks=ranks,
        pattern=re.compile(pattern, re.DOTALL),
    )


def _octet(attribute: AttributeType) -> bytes:
    return b"\\x%02x" % attribute


_A = AttributeType
_PERSON = (_optional(_A.USER_DISPLAY_NAME), _optional(_A.USER_URI))
_STANDING = (_optional(_A.REQUEST_STATUS), _optional(_A.STATUS_INFO))

_GROUPS: Final = (
    _format("BFCP_016", _A.BENEFICIARY_INFORMATION, *_PERSON),
    _format(
        "BFCP_017",
        _A.FLOOR_REQUEST_INFORMATION,
        _optional(_A.OVERALL_REQUEST_STATUS),
        _some(_A.FLOOR_REQUEST_STATUS),
        _optional(_A.BENEFICIARY_INFORMATION),
        _optional(_A.REQUESTED_BY_INFORMATION),
        _optional(_A.PRIORITY),
        _optional(_A.PARTICIPANT_PROVIDED_INFO),
    ),
    _format("BFCP_016", _A.REQUESTED_BY_INFORMATION, *_PERSON),
    _format("BFCP_018", _A.FLOOR_REQUEST_STATUS, *_STANDING),
    _format("BFCP_018", _A.OVERALL_REQUEST_STATUS, *_STANDING),
)

GROUP_FORMATS: Final[Mapping[int, Format]] = {int(one.owner): one for one in _GROUPS}
"""Format of each grouped attribute, without its 16-bit identifier."""

_MESSAGES: Final = (
    _format(
        "BFCP_019",
        Primitive.FLOOR_REQUEST,
        _some(_A.FLOOR_ID),
        _optional(_A.BENEFICIARY_ID),
        _optional(_A.PARTICIPANT_PROVIDED_INFO),
        _optional(_A.PRIORITY),
    ),
    _format("BFCP_020", Primitive.FLOOR_RELEASE, _one(_A.FLOOR_REQUEST_ID)),
    _format("BFCP_020", Primitive.FLOOR_REQUEST_QUERY, _one(_A.FLOOR_REQUEST_ID)),
    _format("BFCP_021", Primitive.FLOOR_REQUEST_STATUS, _one(_A.FLOOR_REQUEST_INFORMATION)),
    _format("BFCP_022", Primitive.USER_QUERY, _optional(_A.BENEFICIARY_ID)),
    _format(
        "BFCP_022",
        Primitive.USER_STATUS,
        _optional(_A.BENEFICIARY_INFORMATION),
        _any(_A.FLOOR_REQUEST_INFORMATION),
    ),
    _format("BFCP_023", Primitive.FLOOR_QUERY, _any(_A.FLOOR_ID)),
    _format("BFCP_023", Primitive.FLOOR_STATUS, _any(_A.FLOOR_ID), _any(_A.FLOOR_REQUEST_INFORMATION)),
    _format("BFCP_021", Primitive.CHAIR_ACTION, _one(_A.FLOOR_REQUEST_INFORMATION)),
    _format("BFCP_026", Primitive.CHAIR_ACTION_ACK),
    _format("BFCP_026", Primitive.HELLO),
    _format("BFCP_024", Primitive.HELLO_ACK, _one(_A.SUPPORTED_PRIMITIVES), _one(_A.SUPPORTED_ATTRIBUTES)),
    _format("BFCP_025", Primitive.ERROR, _one(_A.ERROR_CODE), _optional(_A.ERROR_INFO)),
    _format("BFCP_026", Primitive.FLOOR_REQUEST_STATUS_ACK),
    _format("BFCP_026", Primitive.FLOOR_STATUS_ACK),
    _format("BFCP_026", Primitive.GOODBYE),
    _format("BFCP_026", Primitive.GOODBYE_ACK),
)

MESSAGE_FORMATS: Final[Mapping[int, Format]] = {int(one.owner): one for one in _MESSAGES}
"""Format of each message, without its common header."""

_KNOWN: Final = frozenset(AttributeType)


def check_format(wanted: Format, types: bytes, where: str) -> list[Finding]:
    """Return what the attributes of a message or grouped attribute break of its format.

    An attribute that is missing or stands there too often leaves the message without a meaning: the finding
    has a reply. One at the wrong place, or one that belongs elsewhere, is the sender's fault and can be
    passed over.

    Args:
        wanted: The format.
        types: Types of the attributes, in their order, an octet each.
        where: Path to the message or grouped attribute.

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
    if wanted.pattern.fullmatch(types):
        return []
    counts = [0] * len(wanted.parts)
    misplaced = []
    last = -1
    for place, attribute in enumerate(types):
        rank = wanted.ranks.get(attribute, len(counts))
        if rank < len(counts):
            counts[rank] += 1
        elif attribute in _KNOWN:
            misplaced.append(
                (place, f"{AttributeType(attribute).label} does not belong into {wanted.owner.label}.")
            )
            continue
        if rank < last:
            misplaced.append(
                (place, f"{AttributeType(attribute).label} stands too late in {wanted.owner.label}.")
            )
        last = max(last, rank)
    findings = [
        Finding(
            requirement=wanted.requirement,
            where=where,
            message=f"{wanted.owner.label} has {part.type.label} {count} times; {part.wanted}.",
            reply=ErrorCode.UNABLE_TO_PARSE_MESSAGE,
        )
        for part, count in zip(wanted.parts, counts, strict=True)
        if count < part.least or (part.most is not None and count > part.most)
    ]
    return findings + [
        Finding(requirement=wanted.requirement, where=f"{where}[{place}]", message=message)
        for place, message in misplaced
    ]
