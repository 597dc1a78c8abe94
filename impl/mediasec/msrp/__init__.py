"""MSRP, the Message Session Relay Protocol (RFC 4975): octets in, events out, and octets to send.

The modules from the bottom up: `registry` (methods, codes, names), `uri`, `fields` and `head` (values and
lines of a message), `message` (one request or response), `framing` (a stream of octets into the pieces of
messages), `reassembly` and `receiving` (chunks into whole messages), `reports`, `sending` (whole messages
into chunks that can be interrupted), `deliveries` (what became of them), `states`, `terms` and `session`,
`connection` (one transport connection and the sessions on it), `switch` (who gets what in a conference), and
`addressing` (where the active side connects to). There is no socket, clock or randomness in it: times and
identifiers are arguments. Relays (RFC 4976) are out of scope.
"""

from mediasec.msrp.addressing import MediaAddress, connects_to
from mediasec.msrp.connection import Connection, Directory
from mediasec.msrp.events import (
    Event,
    MessageAborted,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    MessageSent,
    SessionEstablished,
    SessionFailed,
)
from mediasec.msrp.fields import Header
from mediasec.msrp.framing import Framing
from mediasec.msrp.message import Request, Response
from mediasec.msrp.receiving import IncomingMessage
from mediasec.msrp.registry import FailureReport, StatusCode
from mediasec.msrp.session import Session
from mediasec.msrp.states import TRANSITIONS, State, Trigger
from mediasec.msrp.switch import Switch
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri

__all__ = [
    "TRANSITIONS",
    "Connection",
    "Directory",
    "Event",
    "FailureReport",
    "Framing",
    "Header",
    "IncomingMessage",
    "MediaAddress",
    "MessageAborted",
    "MessageDelivered",
    "MessageFailed",
    "MessageReceived",
    "MessageSent",
    "Request",
    "Response",
    "Session",
    "SessionEstablished",
    "SessionFailed",
    "State",
    "StatusCode",
    "Switch",
    "Terms",
    "Trigger",
    "Uri",
    "connects_to",
]
