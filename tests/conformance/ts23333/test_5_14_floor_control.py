"""TS 23.333, 5.14: floor control service requirement."""

import pytest

from mediasec.bfcp import Conference, Floor, FloorControlClient, Priority, RequestEvent, User
from mediasec.errors import RequirementViolated


@pytest.fixture
def conference():
    """A conference with one floor and five users."""
    users = [User(user_id=number, identity=f"user-{number}") for number in range(1, 6)]
    return Conference(conference_id=1, floors=[Floor(floor_id=1, requests_per_user=9)], users=users)


def ask(conference, user, priority=None):
    """Ask for the floor."""
    request = conference.add(requester=user, beneficiary=user, floors=[1], asked_priority=priority)
    conference.settle()
    return request


def holders_in_order(conference):
    """Let each holder release the floor, and return the order in which users held it."""
    order = []
    while conference.holders(1):
        (request,) = conference.holders(1)
        order.append(request.requester)
        conference.end(request, RequestEvent.RELEASE)
        conference.settle()
    return order


def test_bfcp_070__in_the_order_of_arrival(conference):
    """A floor without a chair goes to those who asked for it in the order in which they asked."""
    for user in (3, 1, 5, 2, 4):
        ask(conference, user)
    assert holders_in_order(conference) == [3, 1, 5, 2, 4]


def test_bfcp_070__higher_priority_first(conference):
    """A higher priority comes before a lower one, and nobody loses a floor by it."""
    wishes = [
        (1, Priority.LOW),
        (2, None),
        (3, Priority.HIGHEST),
        (4, Priority.NORMAL),
        (5, Priority.HIGHEST),
    ]
    for user, priority in wishes:
        ask(conference, user, priority)
    assert holders_in_order(conference) == [1, 3, 5, 2, 4]


@pytest.mark.parametrize("primitive", ["01", "02", "03", "05", "07", "09", "0b"])
@pytest.mark.parametrize("user", ["0001", "0002"])
def test_bfcp_073__a_client_answers_no_request(primitive, user):
    """A request that reaches a client breaks the rule, whoever it is for; there is no answer to it."""
    client = FloorControlClient(conference_id=1, user_id=1)
    attributes = {
        "01": "04040001",
        "02": "06040001",
        "03": "06040001",
        "09": "1e080001 22040001",
    }.get(primitive, "")
    octets = bytes.fromhex(attributes)
    with pytest.raises(RequirementViolated, match="BFCP_073"):
        client.receive(bytes.fromhex(f"20{primitive}{len(octets) // 4:04x}00000001 0001 {user}") + octets)


def test_bfcp_073__a_client_takes_what_a_server_sends():
    """What a floor control server sends on its own is taken."""
    client = FloorControlClient(conference_id=1, user_id=1)
    (event,) = client.receive(bytes.fromhex("20080001 00000001 0000 0001 04040001"))
    assert event.message.attributes[0].value == 1
