"""MSRP code points: methods, header fields, flags and status codes, in the order of their source."""

from enum import IntEnum, StrEnum

PORT = 2855
"""The TCP port that IANA recommends for MSRP; a URI of a session names its port all the same."""


class Method(StrEnum):
    """Methods of requests; an unknown one stays a string."""

    SEND = "SEND"
    REPORT = "REPORT"


class HeaderName(StrEnum):
    """Header fields that RFC 4975 defines; names are compared without regard to case."""

    TO_PATH = "To-Path"
    FROM_PATH = "From-Path"
    MESSAGE_ID = "Message-ID"
    SUCCESS_REPORT = "Success-Report"
    FAILURE_REPORT = "Failure-Report"
    BYTE_RANGE = "Byte-Range"
    STATUS = "Status"
    CONTENT_TYPE = "Content-Type"


class FailureReport(StrEnum):
    """What the sender of a request wants to hear of failures; `YES` where the header field is absent."""

    YES = "yes"
    NO = "no"
    PARTIAL = "partial"


class Flag(StrEnum):
    """Continuation flag at the end of the end-line."""

    MORE = "+"
    COMPLETE = "$"
    ABORTED = "#"


class StatusCode(IntEnum):
    """Status codes of responses and reports (RFC 4975, 10); an unknown one stays an int."""

    OK = 200
    UNINTELLIGIBLE = 400
    NOT_ALLOWED = 403
    TIMEOUT = 408
    STOP_SENDING = 413
    UNSUPPORTED_MEDIA_TYPE = 415
    OUT_OF_BOUNDS = 423
    NO_SUCH_SESSION = 481
    UNKNOWN_METHOD = 501
    SESSION_IN_USE = 506


STATUS_NAMESPACE = "000"
"""Namespace of a Status header field whose code is one of `StatusCode`."""
