"""BFCP, the Binary Floor Control Protocol, over TCP: RFC 8855, and RFC 4582 as its first version."""

from mediasec.bfcp.actions import Action, Close, Send, StatusChanged
from mediasec.bfcp.chairs import Decision
from mediasec.bfcp.client import FloorControlClient, Notified, Responded
from mediasec.bfcp.conference import Conference, Floor, User
from mediasec.bfcp.floor_request import TRANSITIONS, RequestEvent
from mediasec.bfcp.framing import Framer
from mediasec.bfcp.message import Header, Message
from mediasec.bfcp.reconnection import Reconnection
from mediasec.bfcp.registry import AttributeType, ErrorCode, Primitive, Priority, RequestStatus
from mediasec.bfcp.server import FloorControlServer

__all__ = [
    "TRANSITIONS",
    "Action",
    "AttributeType",
    "Close",
    "Conference",
    "Decision",
    "ErrorCode",
    "Floor",
    "FloorControlClient",
    "FloorControlServer",
    "Framer",
    "Header",
    "Message",
    "Notified",
    "Primitive",
    "Priority",
    "Reconnection",
    "RequestEvent",
    "RequestStatus",
    "Responded",
    "Send",
    "StatusChanged",
    "User",
]
