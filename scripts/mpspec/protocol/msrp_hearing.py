"""Hearing MSRP."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from mediasec.errors import Finding, MalformedMessage
from mediasec.msrp.framing import BodyReceived, Framing, RequestBegun, RequestEnded, Unintelligible
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import Flag, Method, StatusCode
from mpspec.protocol.hearing import Heard, malformed, unfinished
from mpspec.protocol.msrp_dialogue import MsrpDialogue

CODE_RULES: Final[Mapping[int, str]] = {
    StatusCode.UNINTELLIGIBLE: "MSRP_036",
    StatusCode.STOP_SENDING: "MSRP_063",
    StatusCode.UNSUPPORTED_MEDIA_TYPE: "MSRP_065",
    StatusCode.NO_SUCH_SESSION: "MSRP_053",
    StatusCode.UNKNOWN_METHOD: "MSRP_033",
    StatusCode.SESSION_IN_USE: "MSRP_054",
}
"""ID of the rule that asks for each code of a response; another one has the rule of its form."""

_MAX_BODY = 16 << 20
_REQUEST_RULES = {str(Method.SEND): "MSRP_025", str(Method.REPORT): "MSRP_030"}


class MsrpHearing:
    """Hears MSRP; a body of more than 16 MiB is not looked into.

    After a start line that does not parse nothing more is heard.

    Args:
        dialogue: What both directions say to each other; None begins a connection.
        side: Number of this direction: 0 or 1.
    """

    def __init__(self, dialogue: MsrpDialogue | None = None, side: int = 0) -> None:
        self.dialogue = MsrpDialogue() if dialogue is None else dialogue
        self._side = side
        self._framing = Framing()
        self._lost = False
        self._request: Request | None = None
        self._body = bytearray()
        self._length = 0
        self._broken: list[Finding] = []

    def opposite(self) -> "MsrpHearing":
        """Return what listens to the other direction of the connection."""
        return MsrpHearing(self.dialogue, 1 - self._side)

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""
        if self._lost:
            return
        try:
            yield from self._pieces(octets)
        except MalformedMessage as error:
            self._lost = True
            finding = malformed("MSRP_013", error)
            yield Heard(protocol="MSRP", name="no message", rule="MSRP_013", findings=(finding,))

    def _pieces(self, octets: bytes) -> Iterator[Heard]:
        for piece in self._framing.receive(octets):
            match piece:
                case RequestBegun(request=request, has_body=has_body):
                    self._request = replace(request, body=b"" if has_body else None)
                    self._broken = self.dialogue.begin(request, self._side)
                    self._body.clear()
                    self._length = 0
                case BodyReceived(data=data):
                    self._length += len(data)
                    self._body += data[: _MAX_BODY - len(self._body)]
                case RequestEnded(flag=flag):
                    yield self._heard(flag)
                case Response():
                    yield _response(piece, self.dialogue.answer(piece, self._side))
                case Unintelligible():
                    if piece.start.method is not None:
                        self.dialogue.begin_unintelligible(piece.start.transaction_id, self._side)
                    yield _unintelligible(piece)

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield what was left unfinished."""
        if not self._lost and not self._framing.at_boundary:
            yield unfinished("MSRP", "MSRP_020", None)

    def _heard(self, flag: Flag) -> Heard:
        assert self._request is not None
        request = replace(self._request, flag=flag)
        broken = [*self._broken, *self.dialogue.end(request, self._length, self._side)]
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
            rule=_REQUEST_RULES.get(str(request.method), "MSRP_013"),
            findings=(*findings, *broken),
        )


def _response(response: Response, findings: list[Finding]) -> Heard:
    told = {"transaction": response.transaction_id}
    if response.code != StatusCode.OK:
        known = response.code in set(StatusCode)
        meaning = StatusCode(response.code).name.replace("_", " ").capitalize() if known else "Unknown code"
        told["reason"] = f"{meaning}." if response.comment is None else f"{meaning}: {response.comment}"
    return Heard(
        protocol="MSRP",
        name=f"{response.code:03}",
        fields=told,
        rule=CODE_RULES.get(response.code, "MSRP_034"),
        findings=(*response.check(), *findings),
        refuses=response.code != StatusCode.OK,
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
