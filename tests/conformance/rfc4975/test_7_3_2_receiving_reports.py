import pytest

from mediasec.msrp.events import MessageDelivered, MessageFailed, MessageSent, SessionFailed
from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.message import Request
from mediasec.msrp.registry import Flag, Method
from mediasec.msrp.states import State


def report(pair, name: str, code: int, covered: str | None = None, namespace: str = "000") -> list:
    """Have Alice receive a REPORT of Bob's, and return her news."""
    request = Request(
        transaction_id="dkei38sd",
        method=Method.REPORT,
        to_path=(pair.alice.terms.local,),
        from_path=(pair.bob.terms.local,),
        message_id=name,
        byte_range=None if covered is None else ByteRange.parse(covered),
        status=Status(namespace=namespace, code=code),
    )
    return pair.alice_side.receive(request.serialize())


def sent(pair, body: bytes = b"x" * 100) -> str:
    """Have Alice send a message that Bob has and has not yet reported."""
    name = pair.alice.send(body, "text/plain", success_report=True)
    pair.carry()
    assert pair.alice_side.news() == [MessageSent(session=pair.alice, message_id=name)]
    return name


@pytest.mark.parametrize(
    "ranges", [["1-100/100"], ["1-50/100", "51-100/100"], ["60-100/100", "1-70/100"], [None]]
)
def test_msrp_070__success_reports_add_up(msrp_pair, ranges):
    """A message is delivered once success reports cover all of it, in whatever pieces."""
    pair = msrp_pair()
    name = sent(pair)
    *before, last = [report(pair, name, 200, covered) for covered in ranges]
    assert before == [[] for _ in before]
    assert last == [MessageDelivered(session=pair.alice, message_id=name)]


@pytest.mark.parametrize("ranges", [["1-99/100"], ["2-100/100"], ["1-50/100", "52-100/100"], ["1-*/100"]])
def test_msrp_070__a_gap_is_not_overlooked(msrp_pair, ranges):
    """A message of which an octet was not reported is not delivered."""
    pair = msrp_pair()
    name = sent(pair)
    assert [report(pair, name, 200, covered) for covered in ranges] == [[] for _ in ranges]


def test_msrp_070__another_namespace_means_nothing(msrp_pair):
    """A Status in a namespace that is not known says nothing of the message."""
    pair = msrp_pair()
    name = sent(pair)
    assert report(pair, name, 200, namespace="001") == []
    assert report(pair, name, 413, namespace="001") == []
    assert pair.alice.is_sending(name)


def test_msrp_070__a_413_in_a_report_stops_the_message(msrp_pair):
    """A REPORT with 413 stops the message as a response with 413 does, and the session goes on."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=4000)
    assert report(pair, name, 413, "1-100/100") == [
        MessageFailed(session=pair.alice, message_id=name, code=413)
    ]
    (chunk,) = pair.alice_side.messages()
    assert chunk.flag is Flag.ABORTED
    assert pair.alice.state is State.ESTABLISHED


def test_msrp_052__a_message_that_failed_is_cut_short(msrp_pair):
    """A message that fails while a chunk of it is under way is ended with a hash sign."""
    pair = msrp_pair(bob_terms={"max_octets": 5000})
    pair.alice.send(b"x" * 10_000, "text/plain")
    pair.bob_side.connection.receive(pair.alice_side.output(limit=4000))
    pair.alice_side.connection.receive(pair.bob_side.output())
    pair.carry()
    (chunk,) = pair.alice_side.messages()
    assert chunk.flag is Flag.ABORTED
    assert len(chunk.body) < 10_000


def test_msrp_052__the_next_message_goes_out(msrp_pair):
    """After a message that failed, the next one goes out whole."""
    pair = msrp_pair(bob_terms={"max_octets": 5000})
    pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice.send(b"next", "text/plain")
    pair.bob_side.connection.receive(pair.alice_side.output(limit=4000))
    pair.alice_side.connection.receive(pair.bob_side.output())
    pair.carry()
    assert [(one.flag, one.body[:4]) for one in pair.alice_side.messages()] == [
        (Flag.ABORTED, b"xxxx"),
        (Flag.COMPLETE, b"next"),
    ]


@pytest.mark.parametrize("code", [400, 403, 408, 481])
def test_msrp_071__lost_octets_end_the_session(msrp_pair, code):
    """A REPORT that octets were lost ends the session, and the user is told."""
    pair = msrp_pair()
    name = sent(pair)
    other = sent(pair)
    assert report(pair, name, code, "1-100/100") == [
        MessageFailed(session=pair.alice, message_id=name, code=code),
        SessionFailed(session=pair.alice, code=code),
        MessageFailed(session=pair.alice, message_id=other, code=None),
    ]
    assert pair.alice.state is State.FAILED
    assert len(pair.alice_side.directory) == 0


@pytest.mark.parametrize("code", [413, 415])
def test_msrp_071__an_unwanted_message_does_not(msrp_pair, code):
    """A REPORT that a message or its type was not wanted leaves the session as it is."""
    pair = msrp_pair()
    name = sent(pair)
    assert report(pair, name, code, "1-100/100") == [
        MessageFailed(session=pair.alice, message_id=name, code=code)
    ]
    assert pair.alice.state is State.ESTABLISHED
