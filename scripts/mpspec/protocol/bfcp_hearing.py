"""Hearing BFCP."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mediasec.bfcp import ErrorCode, Framer, Header, Message, Primitive, RequestStatus, values
from mediasec.bfcp.formats import MESSAGE_FORMATS
from mediasec.bfcp.groups import FloorRequestInformation, Group
from mediasec.bfcp.message import IncorrectLength
from mediasec.errors import Finding, MalformedMessage
from mpspec.protocol import bfcp_decode
from mpspec.protocol.bfcp_dialogue import BfcpDialogue
from mpspec.protocol.hearing import Heard, malformed, unfinished
from mpspec.protocol.parts import in_words

ERROR_RULES: Final[Mapping[int, str]] = {
    ErrorCode.CONFERENCE_DOES_NOT_EXIST: "BFCP_053",
    ErrorCode.USER_DOES_NOT_EXIST: "BFCP_054",
    ErrorCode.UNKNOWN_PRIMITIVE: "BFCP_052",
    ErrorCode.UNKNOWN_MANDATORY_ATTRIBUTE: "BFCP_007",
    ErrorCode.UNAUTHORIZED_OPERATION: "BFCP_035",
    ErrorCode.INVALID_FLOOR_ID: "BFCP_055",
    ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST: "BFCP_055",
    ErrorCode.TOO_MANY_FLOOR_REQUESTS: "BFCP_060",
    ErrorCode.USE_TLS: "BFCP_034",
    ErrorCode.UNABLE_TO_PARSE_MESSAGE: "BFCP_028",
    ErrorCode.UNSUPPORTED_VERSION: "BFCP_002",
    ErrorCode.INCORRECT_MESSAGE_LENGTH: "BFCP_004",
}
"""ID of the rule that asks for each error; another one is asked for by none in particular."""


class BfcpHearing:
    """Hears BFCP.

    Args:
        dialogue: What both directions say to each other; None begins a connection.
        side: Number of this direction: 0 or 1.
    """

    def __init__(self, dialogue: BfcpDialogue | None = None, side: int = 0) -> None:
        self.dialogue = BfcpDialogue() if dialogue is None else dialogue
        self._side = side
        self._framer = Framer()
        self._begun: list[Finding] | None = None

    def opposite(self) -> "BfcpHearing":
        """Return what listens to the other direction of the connection."""
        return BfcpHearing(self.dialogue, 1 - self._side)

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""
        self._framer.feed(octets)
        while (framed := self._framer.next_message()) is not None:
            header, message = framed
            broken = self._begin(header)
            self._begun = None
            yield _heard(header, message, broken)
        pending = self._framer.pending_header
        if pending is not None:
            self._begun = self._begin(pending)

    def _begin(self, header: Header) -> list[Finding]:
        """Take a header once, as soon as it is there: an answer can come before the end of the message."""
        return self.dialogue.take(header, self._side) if self._begun is None else self._begun

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield what was left unfinished."""
        if self._framer.pending:
            yield unfinished("BFCP", "BFCP_004", self._framer.pending)


def _heard(header: Header, octets: bytes, broken: list[Finding]) -> Heard:
    primitive = header.primitive
    told: dict[str, Any] = {
        "conference": header.conference_id,
        "transaction": header.transaction_id,
        "user": header.user_id,
    }
    rule = "BFCP_001"
    error = None
    try:
        message = Message.parse(octets, header)
    except MalformedMessage as fault:
        rule = "BFCP_004" if isinstance(fault, IncorrectLength) else "BFCP_005"
        findings = [malformed(rule, fault)]
    else:
        findings = bfcp_decode.check(message, octets)
        told |= _attributes(message)
        error = message.find(values.ErrorCode)
        if isinstance(primitive, Primitive):
            rule = MESSAGE_FORMATS[primitive].requirement
        if error is not None:
            rule = ERROR_RULES.get(error.code, rule)
    return Heard(
        protocol="BFCP",
        name=primitive.label if isinstance(primitive, Primitive) else f"primitive {primitive}",
        fields=told,
        rule=rule,
        findings=(*findings, *broken),
        refuses=error is not None,
    )


def _attributes(message: Message) -> dict[str, Any]:
    """Return what the attributes say of floors, floor requests and errors."""
    told: dict[str, Any] = {}
    if floors := [floor.value for floor in message.find_all(values.FloorId)]:
        told["floors"] = floors
    if request := message.find(values.FloorRequestId):
        told["request"] = request.value
    if requests := message.find_all(FloorRequestInformation):
        told["requests"] = {request.identifier: _status(request) for request in requests}
    if error := message.find(values.ErrorCode):
        told["error"] = int(error.code)
        told["reason"] = _reason(error, message.find(values.ErrorInfo))
    return told


def _reason(error: values.ErrorCode, info: values.ErrorInfo | None) -> str:
    """Return what an error means, with what the server says of it."""
    words = ["Unknown error"]
    if isinstance(error.code, ErrorCode):
        first, *others = in_words(error.code.name)
        words = [" ".join([first.capitalize(), *others])]
    if error.unknown_types:
        words.append(", ".join(map(str, error.unknown_types)))
    if info is not None:
        words.append(info.text)
    return ": ".join(words)


def _status(group: Group) -> str:
    """Return the overall status of a floor request; that of a floor where it has none."""
    for attribute in group.attributes:
        if isinstance(attribute, values.RequestStatus):
            return (
                attribute.status.name.lower()
                if isinstance(attribute.status, RequestStatus)
                else str(attribute.status)
            )
        if isinstance(attribute, Group) and (status := _status(attribute)):
            return status
    return ""
