"""States of an MSRP session and every move between them."""

from enum import Enum


class State(Enum):
    """Where a session stands."""

    UNBOUND = "unbound"
    BINDING = "binding"
    ESTABLISHED = "established"
    FAILED = "failed"
    CLOSED = "closed"


class Trigger(Enum):
    """What moves a session from one state to another."""

    CONNECTED = "own connection opened, first SEND sent"
    BOUND = "first request received"
    ANSWERED = "first SEND answered with 200"
    REFUSED = "a request answered with 481 or 506"
    UNANSWERED = "first SEND refused or not answered"
    RANGE_LOST = "failure report received"
    DISCONNECTED = "connection lost or not to be had"
    CLOSED = "closed by this side"


TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.UNBOUND, Trigger.CONNECTED): State.BINDING,
    (State.UNBOUND, Trigger.BOUND): State.ESTABLISHED,
    (State.UNBOUND, Trigger.DISCONNECTED): State.FAILED,
    (State.UNBOUND, Trigger.CLOSED): State.CLOSED,
    (State.BINDING, Trigger.ANSWERED): State.ESTABLISHED,
    (State.BINDING, Trigger.REFUSED): State.FAILED,
    (State.BINDING, Trigger.UNANSWERED): State.FAILED,
    (State.BINDING, Trigger.RANGE_LOST): State.FAILED,
    (State.BINDING, Trigger.DISCONNECTED): State.FAILED,
    (State.BINDING, Trigger.CLOSED): State.CLOSED,
    (State.ESTABLISHED, Trigger.REFUSED): State.FAILED,
    (State.ESTABLISHED, Trigger.RANGE_LOST): State.FAILED,
    (State.ESTABLISHED, Trigger.DISCONNECTED): State.FAILED,
    (State.ESTABLISHED, Trigger.CLOSED): State.CLOSED,
}
"""Every move that a session makes; a trigger without an entry changes nothing."""
