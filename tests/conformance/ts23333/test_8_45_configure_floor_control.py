"""TS 23.333, 8.45: Configure Conference For Floor Control."""

import pytest

from mediasec.bfcp import Conference, Floor, RequestEvent, User


@pytest.mark.parametrize("number", [1, 2, 3])
def test_bfcp_069__no_more_holders_than_configured(number):
    """As many requests as the number says hold the floor, and the next one gets it when one is released."""
    users = [User(user_id=user, identity=f"user-{user}") for user in range(1, 6)]
    conference = Conference(
        conference_id=1, floors=[Floor(floor_id=1, max_holders=number), Floor(floor_id=2)], users=users
    )
    requests = [conference.add(requester=user, beneficiary=user, floors=[1]) for user in range(1, 6)]
    assert conference.settle() == requests[:number]
    assert conference.settle() == []
    conference.end(requests[0], RequestEvent.RELEASE)
    assert conference.settle() == [requests[number]]
    assert conference.holders(1) == requests[1 : number + 1]
