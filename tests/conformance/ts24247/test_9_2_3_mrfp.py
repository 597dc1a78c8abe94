import pytest

from mediasec.msrp.events import MessageDelivered
from mediasec.msrp.fields import Header

NAMES = ("alice", "bob", "carol")


@pytest.mark.parametrize("sender", NAMES)
def test_msrp_089__to_all_others(msrp_room, sender):
    """What a participant sends comes to every other one, once and in order, and not back."""
    room = msrp_room(NAMES)
    sent = [b"first", b"", b"x" * 100_000]
    for body in sent:
        room.sessions[sender].send(body, "text/plain;charset=utf-8")
    room.carry()
    for name in NAMES:
        assert room.bodies(name) == ([] if name == sender else sent)


def test_msrp_089__with_type_and_name(msrp_room):
    """A message keeps its media type, its header fields of MIME, and its Message-ID."""
    room = msrp_room(NAMES)
    headers = (Header("Content-Disposition", "render"), Header("X-Own", "value"))
    name = room.sessions["alice"].send(b"Hi", "image/png", headers=headers)
    room.carry()
    (event,) = room.news("bob")
    assert (event.message.message_id, event.message.content_type) == (name, "image/png")
    assert event.message.headers == (Header("Content-Disposition", "render"),)


def test_msrp_089__two_messages_of_one_name_do_not_meet(msrp_room):
    """A message with the Message-ID of another one's that is under way goes out under a name of its own."""
    room = msrp_room(NAMES)
    room.sessions["alice"].send(b"Alice's", "text/plain", message_id="same0000", success_report=True)
    room.sessions["bob"].send(b"Bob's", "text/plain", message_id="same0000", success_report=True)
    room.carry()
    names = {event.message.body: event.message.message_id for event in room.news("carol")}
    assert set(names) == {b"Alice's", b"Bob's"}
    assert len(set(names.values())) == 2


def test_msrp_089__not_to_who_has_left(msrp_room):
    """A participant who has left gets nothing more, and what they send goes nowhere."""
    room = msrp_room(NAMES)
    room.switch.leave(room.legs["carol"])
    room.sessions["alice"].send(b"Hi", "text/plain")
    room.sessions["carol"].send(b"Still here", "text/plain")
    room.carry()
    assert {name: room.bodies(name) for name in NAMES} == {"alice": [], "bob": [b"Hi"], "carol": []}


def test_msrp_089__not_to_who_was_lost(msrp_room):
    """A participant whose connection is lost leaves the conference, and the others go on."""
    room = msrp_room(NAMES)
    room.links["carol"].lost()
    room.carry()
    assert room.switch.participants == (room.legs["alice"], room.legs["bob"])
    room.sessions["alice"].send(b"Hi", "text/plain")
    room.carry()
    assert room.bodies("bob") == [b"Hi"]


def test_msrp_089__not_to_whose_session_was_closed(msrp_room):
    """A participant whose session the MRFP closed stands in nobody's way."""
    room = msrp_room(NAMES)
    room.legs["carol"].close()
    name = room.sessions["alice"].send(b"Hi", "text/plain", success_report=True)
    room.carry()
    assert room.bodies("bob") == [b"Hi"]
    room.carry()
    assert MessageDelivered(session=room.sessions["alice"], message_id=name) in room.news("alice")


def test_msrp_089__one_refusal_keeps_nobody_else_from_it(msrp_room):
    """A participant who cannot take a message does not keep it from the others."""
    room = msrp_room(NAMES, bob={"accept_types": ("text/plain",)})
    room.sessions["alice"].send(b"Hi", "image/png")
    room.carry()
    assert (room.bodies("bob"), room.bodies("carol")) == ([], [b"Hi"])
