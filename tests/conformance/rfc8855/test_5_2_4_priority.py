"""RFC 8855, 5.2.4: PRIORITY."""

import pytest

from mediasec.bfcp import Conference, Floor, Priority, User
from mediasec.bfcp.groups import parse_attributes
from mediasec.bfcp.values import Priority as PriorityAttribute


def parse(octets):
    """Parse one attribute in hexadecimal."""
    return parse_attributes(bytes.fromhex(octets))[0]


@pytest.mark.parametrize(("first", "priority"), [(0x00, 0), (0x20, 1), (0x40, 2), (0x60, 3), (0x80, 4)])
def test_bfcp_010__first_three_bits(first, priority):
    """The priority is in the first 3 bits, the other 13 are zero."""
    octets = bytes((8, 4, first, 0))
    assert PriorityAttribute(priority=Priority(priority)).serialize() == octets
    assert parse(octets.hex()) == PriorityAttribute(priority=Priority(priority))


@pytest.mark.parametrize("octets", ["08 04 a000", "08 04 c000", "08 04 e000"])
def test_bfcp_010__above_highest_is_highest(octets):
    """A priority above 4 is taken as 4."""
    assert parse(octets).priority is Priority.HIGHEST


def test_bfcp_010__ignores_reserved_bits():
    """The reserved bits mean nothing."""
    assert parse("08 04 3fff") == PriorityAttribute(priority=Priority.LOW)


def test_bfcp_010__missing_is_normal():
    """A request without a priority is of normal priority."""
    conference = Conference(
        conference_id=1, floors=[Floor(floor_id=1)], users=[User(user_id=1, identity="one")]
    )
    assert conference.add(requester=1, beneficiary=1, floors=[1]).priority is Priority.NORMAL


def test_bfcp_010__a_user_gets_no_higher_priority_than_allowed():
    """The priority of a request is what was asked for, as far as the user may have it."""
    user = User(user_id=1, identity="one", highest_priority=Priority.NORMAL)
    conference = Conference(conference_id=1, floors=[Floor(floor_id=1)], users=[user])
    request = conference.add(requester=1, beneficiary=1, floors=[1], asked_priority=Priority.HIGHEST)
    assert (request.priority, request.asked_priority) == (Priority.NORMAL, Priority.HIGHEST)
    request = conference.add(requester=1, beneficiary=1, floors=[1], asked_priority=Priority.LOW)
    assert request.priority is Priority.LOW
