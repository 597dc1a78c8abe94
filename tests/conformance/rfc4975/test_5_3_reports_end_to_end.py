import pytest

from mediasec.msrp.events import MessageDelivered, MessageFailed, MessageReceived, MessageSent
from mediasec.msrp.registry import FailureReport
from mediasec.msrp.switch import MAX_PENDING_MESSAGES

NAMES = ("alice", "bob", "carol")


def news_of(room, name: str, message_id: str) -> list[tuple[type, int | None]]:
    """Return what a sender heard of a message."""
    return [
        (type(event), getattr(event, "code", None))
        for event in room.news(name)
        if getattr(event, "message_id", None) == message_id
    ]


def test_msrp_090__success_when_all_have_it(msrp_room):
    """The sender hears of success when the last participant has reported it, and not before."""
    room = msrp_room(NAMES)
    sent = room.sessions["alice"].send(b"Hi", "text/plain", success_report=True)
    room.carry()
    assert news_of(room, "alice", sent) == [(MessageSent, None)]
    assert room.bodies("bob") == [b"Hi"]
    room.carry()
    assert news_of(room, "alice", sent) == []
    assert room.bodies("carol") == [b"Hi"]
    room.carry()
    assert news_of(room, "alice", sent) == [(MessageDelivered, None)]


def test_msrp_090__no_success_when_one_has_not(msrp_room):
    """The sender hears neither of success nor of failure when one participant refused the message."""
    room = msrp_room(NAMES, bob={"accept_types": ("text/plain",)})
    sent = room.sessions["alice"].send(b"Hi", "image/png", success_report=True)
    room.carry()
    assert room.bodies("carol") == [b"Hi"]
    room.carry()
    assert news_of(room, "alice", sent) == [(MessageSent, None)]


def test_msrp_090__failure_when_none_has_it(msrp_room):
    """The sender hears of failure when every other participant refused the message."""
    refusing = {"accept_types": ("text/plain",)}
    room = msrp_room(NAMES, bob=refusing, carol=refusing)
    sent = room.sessions["alice"].send(b"Hi", "image/png")
    room.carry()
    assert news_of(room, "alice", sent) == [(MessageSent, None), (MessageFailed, 415)]
    assert not room.sessions["alice"].over


def test_msrp_090__failure_when_none_can_take_it(msrp_room):
    """The sender hears of failure when the message cannot even be sent on, with the code that says why."""
    room = msrp_room(NAMES, bob={"accept_types": ("text/plain",)})
    room.sessions["alice"].send(b"Hi", "image/png")
    room.carry()
    room.switch.leave(room.legs["carol"])
    sent = room.sessions["alice"].send(b"Hi", "image/png")
    room.carry()
    assert room.sides["bob"].news() == []
    assert news_of(room, "alice", sent) == [(MessageSent, None), (MessageFailed, 415)]


def test_msrp_090__failure_when_the_only_one_is_too_slow(msrp_room):
    """The sender hears of a time-out when the only other participant is too slow."""
    room = msrp_room(("alice", "bob"))
    for _ in range(MAX_PENDING_MESSAGES):
        room.sessions["alice"].send(b"Hi", "text/plain", success_report=True)
    room.carry()
    late = room.sessions["alice"].send(b"late", "text/plain", success_report=True)
    room.carry()
    assert (MessageFailed, 408) in news_of(room, "alice", late)


def test_msrp_090__who_is_gone_does_not_count(msrp_room):
    """A participant who is lost before reporting stands in nobody's way."""
    room = msrp_room(NAMES)
    sent = room.sessions["alice"].send(b"Hi", "text/plain", success_report=True)
    room.carry()
    room.bodies("bob")
    room.links["carol"].lost()
    room.carry()
    assert news_of(room, "alice", sent) == [(MessageSent, None), (MessageDelivered, None)]


def test_msrp_090__alone_in_the_conference(msrp_room):
    """A message that nobody else is there for is reported neither as delivered nor as failed."""
    room = msrp_room(("alice",))
    sent = room.sessions["alice"].send(b"Hi", "text/plain", success_report=True)
    room.carry()
    assert news_of(room, "alice", sent) == [(MessageSent, None)]


def test_msrp_090__a_participant_who_is_too_slow(msrp_room):
    """For a participant for whom too many messages wait, a message fails, and the others get it."""
    room = msrp_room(NAMES)
    for number in range(MAX_PENDING_MESSAGES + 1):
        room.sessions["alice"].send(b"%d" % number, "text/plain", success_report=True)
        room.carry()
        assert room.bodies("carol") == [b"%d" % number]
    assert len(room.bodies("bob")) == MAX_PENDING_MESSAGES
    room.carry()
    delivered = [event for event in room.news("alice") if isinstance(event, MessageDelivered)]
    assert len(delivered) == MAX_PENDING_MESSAGES


@pytest.mark.parametrize("success", [True, False])
@pytest.mark.parametrize("failures", list(FailureReport))
def test_msrp_091__the_wishes_of_the_sender(msrp_room, success, failures):
    """Each participant is asked for the reports that the sender asked for, and for no others."""
    room = msrp_room(NAMES)
    room.sessions["alice"].send(b"Hi", "text/plain", success_report=success, failure_report=failures)
    room.carry()
    for name in ("bob", "carol"):
        (message,) = [event.message for event in room.news(name) if isinstance(event, MessageReceived)]
        assert (message.wants_success_report, message.wanted_failures) == (success, failures)
