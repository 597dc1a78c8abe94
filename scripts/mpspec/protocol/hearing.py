"""Listening to one direction of a connection: octets in, each whole message out, with the rules it breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mediasec.bfcp import Framer, Header, Primitive
from mediasec.bfcp import Message as BfcpMessage
from mediasec.bfcp import RequestStatus as Status
from mediasec.bfcp.formats import MESSAGE_FORMATS
from mediasec.bfcp.groups import FloorRequestInformation, Group
from mediasec.bfcp.message import IncorrectLength
from mediasec.bfcp.values import ErrorCode, FloorId, FloorRequestId, RequestStatus
from mediasec.errors import Finding, MalformedMessage
from mediasec.mikey.composition import COMPOSITIONS
from mediasec.mikey.message import Message as MikeyMessage
from mediasec.mikey.registry import DataType
from mediasec.msrp.framing import BodyReceived, Framing, RequestBegun, RequestEnded, Unintelligible
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import Flag, Method
from mpspec.model import CannotRun
from mpspec.protocol import bfcp_decode, mikey_check
from mpspec.protocol.mikey_input import message_in

_MAX_LINE = 1 << 16
_MAX_BODY = 16 << 20
_MOST_DIGITS = 10
_MSRP_RULES = {str(Method.SEND): "MSRP_025", str(Method.REPORT): "MSRP_030"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message.

    Attributes:
        protocol: `BFCP`, `MSRP` or `MIKEY`.
        name: What the message is, such as `FloorRequest`, `SEND`, `200`.
        fields: What is told of it, by name.
        rule: ID of the rule that gives its form.
        findings: What it breaks; nothing where it keeps all rules.
    """

    protocol: str
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    rule: str
    findings: tuple[Finding, ...] = ()

    def lines(self, prefix: str) -> list[str]:
        """Return the message for a person: a line, and one for each rule that it breaks.

        Args:
            prefix: What stands before the message, such as the direction.
        """
        told = " ".join(f"{name}={_shown(value)}" for name, value in self.fields.items())
        outcome = "" if self.findings else f": keeps {self.rule}"
        first = f"{prefix}{self.protocol} {self.name}{' ' + told if told else ''}{outcome}"
        return [first, *(f"    breaks {finding}" for finding in self.findings)]

    def as_json(self) -> dict[str, Any]:
        """Return the message for a machine."""
        return {
            "protocol": self.protocol,
            "name": self.name,
            **self.fields,
            "keeps": None if self.findings else self.rule,
            "breaks": [
                {
                    "requirement": finding.requirement,
                    "where": finding.where,
                    "message": finding.message,
                    "reply": finding.reply,
                }
                for finding in self.findings
            ],
        }


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}:{shown}" for key, shown in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


class Hearing(Protocol):
    """Takes the octets of one direction, in whatever pieces."""

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield what was left unfinished."""


class BfcpHearing:
    """Hears BFCP."""

    def __init__(self) -> None:
        self._framer = Framer()

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""
        self._framer.feed(octets)
        while (framed := self._framer.next_message()) is not None:
            yield _bfcp(*framed)

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield what was left unfinished."""
        if self._framer.pending:
            yield _unfinished("BFCP", "BFCP_004", self._framer.pending)


def _bfcp(header: Header, octets: bytes) -> Heard:
    primitive = header.primitive
    told: dict[str, Any] = {
        "conference": header.conference_id,
        "transaction": header.transaction_id,
        "user": header.user_id,
    }
    rule = "BFCP_001"
    try:
        message = BfcpMessage.parse(octets, header)
    except MalformedMessage as error:
        rule = "BFCP_004" if isinstance(error, IncorrectLength) else "BFCP_005"
        findings = [_malformed(rule, error)]
    else:
        findings = bfcp_decode.check(message, octets)
        told |= _attributes(message)
        if isinstance(primitive, Primitive):
            rule = MESSAGE_FORMATS[primitive].requirement
    name = primitive.label if isinstance(primitive, Primitive) else f"primitive {primitive}"
    return Heard(protocol="BFCP", name=name, fields=told, rule=rule, findings=tuple(findings))


def _attributes(message: BfcpMessage) -> dict[str, Any]:
    """Return what the attributes say of floors, floor requests and errors."""
    told: dict[str, Any] = {}
    if floors := [floor.value for floor in message.find_all(FloorId)]:
        told["floors"] = floors
    if request := message.find(FloorRequestId):
        told["request"] = request.value
    if requests := message.find_all(FloorRequestInformation):
        told["requests"] = {request.identifier: _status(request) for request in requests}
    if error := message.find(ErrorCode):
        told["error"] = int(error.code)
    return told


def _status(group: Group) -> str:
    """Return the overall status of a floor request; that of a floor where it has none."""
    for attribute in group.attributes:
        if isinstance(attribute, RequestStatus):
            return (
                attribute.status.name.lower()
                if isinstance(attribute.status, Status)
                else str(attribute.status)
            )
        if isinstance(attribute, Group) and (status := _status(attribute)):
            return status
    return ""


class MsrpHearing:
    """Hears MSRP; a body of more than 16 MiB is not looked into.

    After a start line that does not parse nothing more is heard.
    """

    def __init__(self) -> None:
        self._framing = Framing()
        self._lost = False
        self._request: Request | None = None
        self._body = bytearray()
        self._length = 0

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""
        if self._lost:
            return
        try:
            yield from self._pieces(octets)
        except MalformedMessage as error:
            self._lost = True
            finding = _malformed("MSRP_013", error)
            yield Heard(protocol="MSRP", name="no message", rule="MSRP_013", findings=(finding,))

    def _pieces(self, octets: bytes) -> Iterator[Heard]:
        for piece in self._framing.receive(octets):
            match piece:
                case RequestBegun(request=request, has_body=has_body):
                    self._request = replace(request, body=b"" if has_body else None)
                    self._body.clear()
                    self._length = 0
                case BodyReceived(data=data):
                    self._length += len(data)
                    self._body += data[: _MAX_BODY - len(self._body)]
                case RequestEnded(flag=flag):
                    yield self._heard(flag)
                case Response():
                    yield _response(piece)
                case Unintelligible():
                    yield _unintelligible(piece)

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield what was left unfinished."""
        if not self._lost and not self._framing.at_boundary:
            yield _unfinished("MSRP", "MSRP_020", None)

    def _heard(self, flag: Flag) -> Heard:
        assert self._request is not None
        request = replace(self._request, flag=flag)
        if self._length > _MAX_BODY:
            findings = request.check_head(has_body=True)
        elif request.body is not None:
            findings = replace(request, body=bytes(self._body)).check()
        else:
            findings = request.check()
        self._request = None
        self._body.clear()
        told: dict[str, Any] = {"transaction": request.transaction_id}
        if request.message_id is not None:
            told["message"] = request.message_id
        if request.byte_range is not None:
            told["range"] = request.byte_range.serialize()
        if request.content_type is not None:
            told["type"] = request.content_type
        if request.status is not None:
            told["status"] = request.status.serialize()
        told["octets"] = self._length
        told["flag"] = str(flag)
        return Heard(
            protocol="MSRP",
            name=str(request.method),
            fields=told,
            rule=_MSRP_RULES.get(str(request.method), "MSRP_013"),
            findings=tuple(findings),
        )


def _response(response: Response) -> Heard:
    return Heard(
        protocol="MSRP",
        name=f"{response.code:03}",
        fields={"transaction": response.transaction_id},
        rule="MSRP_034",
        findings=tuple(response.check()),
    )


def _unintelligible(piece: Unintelligible) -> Heard:
    start = piece.start
    name = str(start.method) if start.method is not None else f"{start.code:03}"
    finding = Finding(requirement="MSRP_036", where="head", message=piece.reason)
    return Heard(
        protocol="MSRP",
        name=name,
        fields={"transaction": start.transaction_id},
        rule="MSRP_036",
        findings=(finding,),
    )


class MikeyHearing:
    """Hears MIKEY in SDP and in HTTP.

    In SDP it is wherever a line has a=key-mgmt, and a response is checked with its initial message. In HTTP
    it is a body of a known length whose media type is that of MIKEY (RFC 3830, 10.1).

    Args:
        initial: The initial messages heard so far, by CSB ID, on this and other connections.
    """

    def __init__(self, initial: dict[int, bytes]) -> None:
        self._initial = initial
        self._waiting = b""
        self._is_mikey = False
        self._length = 0
        self._body = 0

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""
        self._waiting += octets
        start = 0
        while True:
            end = start + self._body if self._body else self._waiting.find(b"\n", start) + 1
            if end > len(self._waiting) or not end:
                break
            piece, start = self._waiting[start:end], end
            if self._body:
                self._body = 0
                yield self._mikey(piece)
            else:
                yield from self._in_line(piece)
                self._in_header(piece.strip().lower())
        self._waiting = self._waiting[start:] if self._body else self._waiting[start:][-_MAX_LINE:]

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield the message in a last line without an end of its own."""
        if self._body:
            yield _unfinished("MIKEY", "MKY_004", len(self._waiting))
        else:
            yield from self._in_line(self._waiting)

    def _in_header(self, line: bytes) -> None:
        """Take a line of the header of HTTP; after the empty one comes the body."""
        name, _, value = line.partition(b":")
        if name == b"content-type":
            self._is_mikey = value.strip() == b"application/mikey"
        elif name == b"content-length" and value.strip().isdigit() and len(value) < _MOST_DIGITS:
            self._length = int(value)
        elif not line:
            if self._is_mikey and self._length <= _MAX_LINE:
                self._body = self._length
            self._is_mikey, self._length = False, 0

    def _in_line(self, line: bytes) -> Iterator[Heard]:
        if b"key-mgmt:" not in line:
            return
        try:
            octets = message_in(line, "a=key-mgmt")
        except CannotRun:
            # Another protocol than MIKEY, or base64 that is broken: the check of SDP is what tells of it.
            return
        yield self._mikey(octets)

    def _mikey(self, octets: bytes) -> Heard:
        try:
            header = MikeyMessage.parse_unchecked(octets).header
        except MalformedMessage:
            findings = mikey_check.check(octets)
            return Heard(
                protocol="MIKEY", name="message", rule="MKY_004", findings=tuple(f for _, f in findings)
            )
        kind = header.data_type
        before = self._initial.get(header.csb_id)
        if kind == DataType.TRANSFER_RESP and before is not None:
            found = [finding for place, finding in mikey_check.check(before, octets) if place == "response"]
        else:
            found = [finding for _, finding in mikey_check.check(octets)]
        if kind == DataType.TRANSFER_INIT:
            self._initial[header.csb_id] = octets
        return Heard(
            protocol="MIKEY",
            name=kind.name if isinstance(kind, DataType) else f"data type {kind}",
            fields={"csb": f"{header.csb_id:08x}"},
            rule=COMPOSITIONS[kind].requirement if kind in COMPOSITIONS else "MKY_004",
            findings=tuple(found),
        )


def _malformed(rule: str, error: MalformedMessage) -> Finding:
    where = "message" if error.offset is None else f"octet {error.offset}"
    return Finding(requirement=rule, where=where, message=error.reason)


def _unfinished(protocol: str, rule: str, octets: int | None) -> Heard:
    length = "" if octets is None else f" after {octets} octets"
    finding = Finding(requirement=rule, where="message", message=f"the connection ends in it{length}")
    return Heard(protocol=protocol, name="unfinished message", rule=rule, findings=(finding,))
