"""TS 23.333, 6.2.13.1: floor control, general."""

from mediasec.bfcp import (
    Conference,
    Floor,
    FloorControlClient,
    FloorControlServer,
    RequestStatus,
    StatusChanged,
    User,
)


def test_bfcp_075__reports_each_decision():
    """Each new status of a request is reported once, with its floors and its beneficiary."""
    users = [User(user_id=number, identity=f"user-{number}") for number in (1, 2)]
    conference = Conference(
        conference_id=1, floors=[Floor(floor_id=1), Floor(floor_id=2, chair=2)], users=users
    )
    server = FloorControlServer([conference])
    client = FloorControlClient(conference_id=1, user_id=1)
    server.connect("one", "user-1")
    actions = server.receive("one", client.request_floors(1, 2).serialize(), 0.0)
    actions += server.receive("one", client.query_request(1).serialize(), 0.0)
    actions += server.decide(1, 1, RequestStatus.ACCEPTED)
    actions += server.decide(1, 1, RequestStatus.ACCEPTED)
    actions += server.decide(1, 1, RequestStatus.GRANTED)
    actions += server.receive("one", client.release_floors(1).serialize(), 0.0)
    reports = [action for action in actions if isinstance(action, StatusChanged)]
    assert reports == [
        StatusChanged(conference_id=1, floor_request_id=1, beneficiary=1, floors=(1, 2), status=status)
        for status in (
            RequestStatus.PENDING,
            RequestStatus.ACCEPTED,
            RequestStatus.GRANTED,
            RequestStatus.RELEASED,
        )
    ]
