"""MSRP requests and responses: one whole message from octets, to octets, and its checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from mediasec.errors import Finding, LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.msrp.fields import MEDIA_TYPE, ByteRange, Header, Status
from mediasec.msrp.head import (
    HeaderFields,
    StartLine,
    check_identifier,
    check_uris,
    end_line,
    finding,
    holds_end_line,
    split,
)
from mediasec.msrp.registry import FailureReport, Flag, HeaderName, Method
from mediasec.msrp.uri import Uri

MAX_UNINTERRUPTED_OCTETS = 2048
"""The longest body that a chunk may carry without being interruptible, in octets."""

MAX_OTHER_BODY_OCTETS = 10240
"""The longest body of a request that is not a SEND, in octets."""

_MESSAGE_ID = HeaderName.MESSAGE_ID.lower()
_BYTE_RANGE = HeaderName.BYTE_RANGE.lower()
_STATUS = HeaderName.STATUS.lower()
_CONTENT_TYPE = HeaderName.CONTENT_TYPE.lower()
_YES_OR_NO = {"yes": True, "no": False, None: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: SEND, REPORT, or one of an extension.

    Attributes:
        transaction_id: Identifier of the transaction; 4 to 32 octets of US-ASCII.
        method: Its method.
        to_path: Where it goes: the next hop first, the receiver last.
        from_path: Where it comes from: the last hop first, the sender last.
        message_id: Identifier of the message that it carries or reports on.
        success_report: Whether a success report is wanted; None where the header field is absent.
        failure_report: Which failures are to be told; None where the header field is absent.
        byte_range: Where its body stands in the message; None where the header field is absent.
        status: What a REPORT says; None where the header field is absent.
        headers: Header fields of MIME and of extensions, in their order.
        content_type: Value of the Content-Type header field; None where it is absent.
        body: The body, of any length; None in a request without one, which differs from an empty one.
        flag: Continuation flag.
    """

    transaction_id: str
    method: Method | str
    to_path: tuple[Uri, ...]
    from_path: tuple[Uri, ...]
    message_id: str | None = None
    success_report: bool | None = None
    failure_report: FailureReport | None = None
    byte_range: ByteRange | None = None
    status: Status | None = None
    headers: tuple[Header, ...] = ()
    content_type: str | None = None
    body: bytes | None = field(default=None, repr=False)
    flag: Flag = Flag.COMPLETE

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read one whole request.

        Args:
            data: The request with its end-line and nothing after it.

        Raises:
            MalformedMessage: It does not parse.
            RequirementViolated: It parses and breaks a requirement whose breach is not tolerated.
        """
        start, lines, body, flag = split(data)
        if start.method is None:
            raise MalformedMessage("this is a response, and a request is wanted")
        request = cls.parse_head(start, lines, body=body, flag=flag)
        if findings := [found for found in request.check() if found.reply is not None]:
            raise RequirementViolated(*findings)
        return request

    @classmethod
    def parse_head(
        cls,
        start: StartLine,
        lines: Sequence[bytes],
        *,
        body: bytes | None = None,
        flag: Flag = Flag.COMPLETE,
    ) -> Self:
        """Read the header fields of a request, without its checks.

        Args:
            start: Its start line.
            lines: Its header fields, each without its CRLF.
            body: Its body, where it is known already.
            flag: Its continuation flag, where it is known already.

        Raises:
            MalformedMessage: A header field does not parse, or stands twice or at the wrong place.
        """
        fields = HeaderFields.parse(lines)
        assert start.method is not None
        values = fields.values()
        byte_range = values.get(_BYTE_RANGE)
        status = values.get(_STATUS)
        failure_report = _choice(values, HeaderName.FAILURE_REPORT, tuple(FailureReport))
        return cls(
            transaction_id=start.transaction_id,
            method=start.method,
            to_path=fields.to_path,
            from_path=fields.from_path,
            message_id=values.get(_MESSAGE_ID),
            success_report=_YES_OR_NO[_choice(values, HeaderName.SUCCESS_REPORT, ("yes", "no"))],
            failure_report=None if failure_report is None else FailureReport(failure_report),
            byte_range=None if byte_range is None else ByteRange.parse(byte_range),
            status=None if status is None else Status.parse(status),
            headers=fields.unreserved,
            content_type=values.get(_CONTENT_TYPE),
            body=body,
            flag=flag,
        )

    def serialize(self) -> bytes:
        """Write the request with its body and end-line.

        Raises:
            LocalProtocolError: It breaks a requirement.
        """
        if findings := self.check():
            raise LocalProtocolError(*findings)
        return self.head() + self._content() + end_line(self.transaction_id, self.flag)

    def _content(self) -> bytes:
        """Write the body with the line ends around it; nothing where there is none.

        Source:
            MSRP_017 (RFC 4975, 7.1)
            MSRP_019 (RFC 4975, 7.1)
        """
        return b"" if self.body is None else b"\r\n" + self.body + b"\r\n"

    def head(self) -> bytes:
        """Write start line and header fields, each with its CRLF, without the blank line before a body.

        Raises:
            LocalProtocolError: A URI breaks a requirement.
        """
        return self._start_line().serialize() + self._fields().serialize()

    def _start_line(self) -> StartLine:
        return StartLine(transaction_id=self.transaction_id, method=self.method)

    def _fields(self) -> HeaderFields:
        success_report = {True: "yes", False: "no", None: None}[self.success_report]
        known = (
            (HeaderName.MESSAGE_ID, self.message_id),
            (HeaderName.SUCCESS_REPORT, success_report),
            (HeaderName.FAILURE_REPORT, self.failure_report),
            (HeaderName.BYTE_RANGE, None if self.byte_range is None else self.byte_range.serialize()),
            (HeaderName.STATUS, None if self.status is None else self.status.serialize()),
        )
        others = [Header(name, value) for name, value in known if value is not None]
        others += self.headers
        if self.content_type is not None:
            others.append(Header(HeaderName.CONTENT_TYPE, self.content_type))
        return HeaderFields(to_path=self.to_path, from_path=self.from_path, others=tuple(others))

    @property
    def wants_success_report(self) -> bool:
        """Whether the sender asks for success reports; not where it does not say.

        Source:
            MSRP_056 (RFC 4975, 7.1.1)
        """
        return self.success_report is True

    @property
    def wanted_failures(self) -> FailureReport:
        """Which failures the sender asks to be told; all where it does not say.

        Source:
            MSRP_056 (RFC 4975, 7.1.1)
        """
        return FailureReport.YES if self.failure_report is None else self.failure_report

    def check(self) -> list[Finding]:
        """Return every requirement that the request breaks; one without a reply is tolerated on receipt."""
        return [*self.check_head(has_body=self.body is not None), *self._check_body(), *self._check_end()]

    def check_head(self, *, has_body: bool) -> list[Finding]:
        """Return every requirement that start line and header fields break.

        Args:
            has_body: Whether a body follows them.
        """
        return self._start_line().check() + self._fields().check() + self.check_parsed(has_body=has_body)

    def check_parsed(self, *, has_body: bool) -> list[Finding]:
        """Return every requirement that start line and header fields break, if they came off the wire.

        What `parse_head` refuses is not checked a second time.

        Args:
            has_body: Whether a body follows them.
        """
        findings = check_uris(self.to_path, self.from_path)
        if self.message_id is not None:
            findings += check_identifier(self.message_id, "message_id")
        findings += self._check_content(has_body)
        findings += self._check_range()
        findings += self._check_report() if self.method == Method.REPORT else self._check_message_id()
        return findings

    def _check_message_id(self) -> list[Finding]:
        """Check that a SEND names its message.

        Source:
            MSRP_025 (RFC 4975, 7.1.1)
        """
        if self.method == Method.SEND and self.message_id is None:
            return [finding("MSRP_025", "message_id", "The SEND has no Message-ID.")]
        return []

    def _check_report(self) -> list[Finding]:
        """Check what a REPORT has and what it has not; a missing Byte-Range is tolerated on receipt.

        Source:
            MSRP_030 (RFC 4975, 7.1.2)
            MSRP_031 (RFC 4975, 7.1.2)
            MSRP_074 (RFC 4975, 7.1.4)
        """
        findings = []
        if self.message_id is None:
            findings.append(finding("MSRP_030", "message_id", "The REPORT has no Message-ID."))
        if self.status is None:
            findings.append(finding("MSRP_030", "status", "The REPORT has no Status."))
        if self.success_report is not None or self.failure_report is not None:
            findings.append(finding("MSRP_031", "headers", "The REPORT asks for reports itself."))
        if self.status is not None and self.status.tells_failure and self.byte_range is None:
            message = "The REPORT of a failure has no Byte-Range."
            findings.append(Finding(requirement="MSRP_074", where="byte_range", message=message))
        return findings

    def _check_range(self) -> list[Finding]:
        """Check the Byte-Range; a body that ought to be interruptible is tolerated on receipt.

        Source:
            MSRP_026 (RFC 4975, 7.1.1)
            MSRP_028 (RFC 4975, 7.1.1)
        """
        if self.byte_range is None:
            return []
        start, end, total = self.byte_range.start, self.byte_range.end, self.byte_range.total
        findings = []
        if start < 1:
            findings.append(finding("MSRP_026", "byte_range", "The first octet is number 1, not 0."))
        if end is not None and (end < start - 1 or (total is not None and end > total)):
            findings.append(
                finding("MSRP_026", "byte_range", "The end of the Byte-Range lies outside of the message.")
            )
        if end is not None and end - start >= MAX_UNINTERRUPTED_OCTETS and self.method == Method.SEND:
            findings.append(
                Finding(
                    requirement="MSRP_028",
                    where="byte_range",
                    message=f"More than {MAX_UNINTERRUPTED_OCTETS} octets follow and the end is not '*'.",
                )
            )
        return findings

    def _check_content(self, has_body: bool) -> list[Finding]:
        """Check that the fields of MIME and the body come together, or neither does.

        Source:
            MSRP_017 (RFC 4975, 7.1)
            MSRP_018 (RFC 4975, 7.1)
            MSRP_029 (RFC 4975, 7.1.1)
        """
        findings = []
        mime = {name for header in self.headers if (name := header.name.lower()).startswith("content-")}
        if has_body and self.content_type is None:
            findings.append(finding("MSRP_017", "content_type", "The body has no Content-Type."))
        if not has_body and (mime or self.content_type is not None):
            findings.append(finding("MSRP_018", "headers", "Header fields of MIME stand without a body."))
        if self.content_type is not None and not MEDIA_TYPE.fullmatch(self.content_type):
            findings.append(finding("MSRP_017", "content_type", "The Content-Type is no media type."))
        if "content-transfer-encoding" in mime:
            findings.append(finding("MSRP_029", "headers", "The body names a transfer encoding."))
        return findings

    def _check_end(self) -> list[Finding]:
        """Check that the range ends where the body does; on receipt the body counts.

        Source:
            MSRP_092 (RFC 4975, 7.1.1)
        """
        if self.body is None or self.byte_range is None or self.byte_range.end is None:
            return []
        end = self.byte_range.start - 1 + len(self.body)
        if self.byte_range.end == end:
            return []
        message = f"The Byte-Range ends at {self.byte_range.end}, and the body at {end}."
        return [Finding(requirement="MSRP_092", where="byte_range", message=message)]

    def _check_body(self) -> list[Finding]:
        """Check the body itself, and the flag that ends it.

        Source:
            MSRP_022 (RFC 4975, 7.1)
            MSRP_024 (RFC 4975, 7.1)
        """
        findings = []
        body = self.body or b""
        if holds_end_line(body, self.transaction_id):
            findings.append(finding("MSRP_022", "body", "The body holds the end-line of its own request."))
        if self.method != Method.SEND and len(body) > MAX_OTHER_BODY_OCTETS:
            findings.append(
                finding("MSRP_024", "body", f"The body is longer than {MAX_OTHER_BODY_OCTETS} octets.")
            )
        if self.method != Method.SEND and self.flag is not Flag.COMPLETE:
            findings.append(finding("MSRP_024", "flag", f"A {self.method} comes in one piece."))
        return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response to a request.

    Attributes:
        transaction_id: Identifier of the transaction; that of the request.
        code: Status code, 0 to 999.
        comment: Text for people; UTF-8; None if none.
        to_path: Where it goes.
        from_path: Who answers.
        headers: Every other header field, in their order; often none.
    """

    transaction_id: str
    code: int
    comment: str | None = None
    to_path: tuple[Uri, ...]
    from_path: tuple[Uri, ...]
    headers: tuple[Header, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read one whole response.

        Args:
            data: The response with its end-line and nothing after it.

        Raises:
            MalformedMessage: It does not parse.
            RequirementViolated: It parses and breaks a requirement.
        """
        start, lines, body, flag = split(data)
        if start.code is None:
            raise MalformedMessage("this is a request, and a response is wanted")
        if body is not None:
            raise MalformedMessage("the response has a body")
        response = cls.parse_head(start, lines, flag=flag)
        if findings := response.check():
            raise RequirementViolated(*findings)
        return response

    @classmethod
    def parse_head(cls, start: StartLine, lines: Sequence[bytes], *, flag: Flag) -> Self:
        """Read the header fields of a response, without its checks.

        Raises:
            MalformedMessage: A header field does not parse, or the flag is not `$`.

        Source:
            MSRP_034 (RFC 4975, 7.2)
            MSRP_035 (RFC 4975, 11.1)
        """
        if flag is not Flag.COMPLETE:
            raise MalformedMessage("a response ends with '$', since it is never chunked")
        fields = HeaderFields.parse(lines)
        assert start.code is not None
        return cls(
            transaction_id=start.transaction_id,
            code=start.code,
            comment=start.comment,
            to_path=fields.to_path,
            from_path=fields.from_path,
            headers=fields.others,
        )

    def serialize(self) -> bytes:
        """Write the response with its end-line.

        Raises:
            LocalProtocolError: It breaks a requirement.
        """
        if findings := self.check():
            raise LocalProtocolError(*findings)
        head = self._start_line().serialize() + self._fields().serialize()
        return head + end_line(self.transaction_id, Flag.COMPLETE)

    def check(self) -> list[Finding]:
        """Return every requirement that the response breaks."""
        uris = check_uris(self.to_path, self.from_path)
        return [*self._start_line().check(), *self._fields().check(), *uris]

    def _start_line(self) -> StartLine:
        return StartLine(transaction_id=self.transaction_id, code=self.code, comment=self.comment)

    def _fields(self) -> HeaderFields:
        return HeaderFields(to_path=self.to_path, from_path=self.from_path, others=self.headers)


Message = Request | Response


def _choice(values: dict[str, str], name: HeaderName, choices: tuple[str, ...]) -> str | None:
    """Return a value that is one of a few words, in small letters; None where the header field is absent."""
    value = values.get(name.lower())
    if value is None:
        return None
    if value.lower() not in choices:
        raise MalformedMessage(f"the value of {name} is not one of {', '.join(choices)}")
    return value.lower()
