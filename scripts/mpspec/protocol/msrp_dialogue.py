"""What the two directions of an MSRP connection say to each other: requests, responses, reports, chunks."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeVar

from mediasec.errors import Finding
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import STATUS_NAMESPACE, FailureReport, Flag, Method, StatusCode
from mediasec.msrp.reports import Coverage
from mediasec.msrp.uri import Uri

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Name = tuple[str | None, tuple[object, ...]]
"""Message-ID, and the session that the message is for: one connection can carry several."""

MAX_REMEMBERED: Final = 4096
"""How many requests, and how many messages, are remembered of each direction; the oldest are forgotten."""


@dataclass(slots=True)
class _Message:
    """A message that one side sends, in one chunk or more.

    Attributes:
        first: Its first request.
        next: Position behind the last octet that was heard of it, from 1.
        total: Octets of the whole message; None until its last chunk was heard.
        covered: Which octets were heard.
    """

    first: Request
    next: int = 1
    total: int | None = None
    covered: Coverage = field(default_factory=Coverage)

    @property
    def whole(self) -> bool:
        """Whether every octet of it was heard."""
        return self.total is not None and self.covered.covers(self.total)


class _Side:
    """What one side has sent."""

    def __init__(self) -> None:
        self.requests: OrderedDict[str, list[Request | None]] = OrderedDict()
        self.messages: OrderedDict[_Name, _Message] = OrderedDict()


class MsrpDialogue:
    """Follows a connection.

    Attributes:
        whole: Whether every message from the beginning is heard, so that a response has had its request.
    """

    def __init__(self) -> None:
        self.whole = True
        self._sides = (_Side(), _Side())

    def begin(self, request: Request, side: int) -> list[Finding]:
        """Take the head of a request; return what it breaks beside what was said before.

        Args:
            request: The request, with neither body nor flag.
            side: Who sends it: 0 or 1.
        """
        requests = self._sides[side].requests
        findings = []
        before = requests.get(request.transaction_id, [])
        if self.whole and any(one is not None and _is_awaited(one) for one in before):
            findings.append(
                _finding("MSRP_023", "transaction_id", "A request with this transaction ID is under way.")
            )
        _remember(requests, request.transaction_id, [*before, request])
        if request.method == Method.SEND and request.message_id is not None:
            findings += _check_chunk(request, self._sides[side].messages)
        if request.method == Method.REPORT:
            about = (request.message_id, request.from_path[-1].key)
            findings += _check_report(request, self._sides[1 - side].messages.get(about))
        return findings

    def begin_unintelligible(self, transaction_id: str, side: int) -> None:
        """Take note of a request whose head does not parse: it can be answered."""
        requests = self._sides[side].requests
        _remember(requests, transaction_id, [*requests.get(transaction_id, []), None])

    def end(self, request: Request, octets: int, side: int) -> list[Finding]:
        """Take the end of a request; return what its flag breaks beside its Byte-Range.

        Args:
            request: The request with its flag.
            octets: Length of its body.
            side: Who sends it: 0 or 1.
        """
        messages = self._sides[side].messages
        message = messages.get(_name_of(request))
        if request.method != Method.SEND or message is None:
            return []
        if request.flag is Flag.ABORTED:
            del messages[_name_of(request)]
            return []
        start = request.byte_range.start if request.byte_range else 1
        message.next = start + octets
        message.covered.add(start, start + octets - 1)
        if request.flag is not Flag.COMPLETE:
            return []
        message.total = start + octets - 1
        announced = request.byte_range.total if request.byte_range else None
        if announced in (None, message.total) or start < 1:
            return []
        text = f"The message ends with octet {message.total}, and its Byte-Range gives it {announced}."
        return [_finding("MSRP_039", "byte_range", text)]

    def answer(self, response: Response, side: int) -> list[Finding]:
        """Take a response; return what it breaks beside its request.

        Args:
            response: The response.
            side: Who sends it: 0 or 1.
        """
        requests = self._sides[1 - side].requests
        if response.transaction_id not in requests:
            message = "No request with this transaction ID waits for a response."
            return [_finding("MSRP_034", "transaction_id", message)] if self.whole else []
        request, *others = requests.pop(response.transaction_id)
        if others:
            requests[response.transaction_id] = others
        return [] if request is None else _check_response(response, request)


def _check_chunk(request: Request, messages: OrderedDict[_Name, _Message]) -> list[Finding]:
    """Follow a message, and return what a chunk of it breaks beside those before."""
    message = messages.get(_name_of(request))
    if message is None or message.whole:
        _remember(messages, _name_of(request), _Message(request))
        if message is None:
            return []
        return [_finding("MSRP_037", "message_id", "A whole message with this Message-ID came before.")]
    findings = []
    asked = (message.first.wants_success_report, message.first.wanted_failures)
    if asked != (request.wants_success_report, request.wanted_failures):
        text = "The chunk asks for other reports than the first one of its message."
        findings.append(_finding("MSRP_038", "headers", text))
    if request.byte_range is None:
        text = "The chunk is not the first one of its message, and has no Byte-Range."
        findings.append(_finding("MSRP_039", "byte_range", text))
    elif request.byte_range.start != message.next and len(request.from_path) == 1:
        start = request.byte_range.start
        text = f"The chunk begins at {start}, and the one before it led up to {message.next}."
        findings.append(_finding("MSRP_039", "byte_range", text))
    return findings


def _check_response(response: Response, request: Request) -> list[Finding]:
    """Return what a response breaks beside its request."""
    if request.method == Method.REPORT:
        return [_finding("MSRP_069", "start_line", "A REPORT is answered.")]
    findings = []
    wanted = request.wanted_failures
    if wanted is FailureReport.NO or (wanted is FailureReport.PARTIAL and response.code == StatusCode.OK):
        text = f"Its request has the Failure-Report '{wanted}'."
        findings.append(_finding("MSRP_055", "start_line", text))
    to_path = request.from_path[:1] if request.method == Method.SEND else request.from_path
    if _keys(response.to_path) != _keys(to_path):
        text = "The To-Path is not made of the From-Path of the request."
        findings.append(_finding("MSRP_034", "to_path", text))
    if len(request.to_path) == 1 and _keys(response.from_path) != _keys(request.to_path):
        text = "The From-Path is not the URI that the request was for."
        findings.append(_finding("MSRP_034", "from_path", text))
    return findings


def _check_report(report: Request, message: _Message | None) -> list[Finding]:
    """Return what a REPORT breaks beside the message that it is about; one on none is passed over."""
    if message is None or report.status is None or report.status.namespace != STATUS_NAMESPACE:
        return []
    if report.status.code == StatusCode.OK:
        if message.first.wants_success_report:
            return []
        return [_finding("MSRP_073", "status", "The sender of the message did not ask for success reports.")]
    if message.first.wanted_failures is FailureReport.NO:
        return [_finding("MSRP_075", "status", "The sender of the message asked for no failure reports.")]
    return []


def _is_awaited(request: Request) -> bool:
    """Return whether a request gets a response in any case."""
    return request.method != Method.REPORT and request.wanted_failures is FailureReport.YES


def _name_of(request: Request) -> _Name:
    return request.message_id, request.to_path[-1].key


def _remember(known: OrderedDict[_Key, _Value], name: _Key, value: _Value) -> None:
    known[name] = value
    known.move_to_end(name)
    if len(known) > MAX_REMEMBERED:
        known.popitem(last=False)


def _keys(path: tuple[Uri, ...]) -> list[tuple[object, ...]]:
    return [uri.key for uri in path]


def _finding(requirement: str, where: str, message: str) -> Finding:
    return Finding(requirement=requirement, where=where, message=message)
