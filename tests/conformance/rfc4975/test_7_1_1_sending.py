import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.msrp.events import MessageFailed, MessageReceived, MessageSent
from mediasec.msrp.fields import ByteRange
from mediasec.msrp.framing import BodyReceived, Framing, RequestBegun, RequestEnded
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import FailureReport, Flag, Method
from mediasec.msrp.uri import Uri

URI = Uri.parse("msrp://host.example.com:8493/asfd34;tcp")
OTHER_ALICE = Uri.parse("msrp://alice.example.com:7777/other;tcp")
OTHER_BOB = Uri.parse("msrp://bob.example.com:8888/other;tcp")


def chunk(**fields) -> Request:
    return Request(
        **{
            "transaction_id": "d93kswow",
            "method": Method.SEND,
            "to_path": (URI,),
            "from_path": (URI,),
            "message_id": "12339sdqwer",
            "content_type": "text/plain",
            "body": b"Hi",
            **fields,
        }
    )


def test_msrp_025__a_send_without_a_message_id_is_caught(send, msrp_side):
    """A SEND without a Message-ID is neither read nor written."""
    with pytest.raises(RequirementViolated, match="MSRP_025"):
        Request.parse(send(message_id=None))
    with pytest.raises(LocalProtocolError, match="MSRP_025"):
        chunk(message_id=None).serialize()


def test_msrp_025__other_requests_may_have_none(send):
    """A request of another method may do without a Message-ID."""
    assert Request.parse(send(None, method="NICKNAME", message_id=None)).message_id is None


def test_msrp_026__positions_count_from_one(msrp_pair):
    """The first chunk of a message begins at position 1."""
    pair = msrp_pair()
    pair.alice.send(b"Hi", "text/plain")
    pair.carry()
    assert pair.alice_side.messages()[0].byte_range == ByteRange(start=1, end=2, total=2)


@pytest.mark.parametrize("value", ["0-4/4", "0-*/*", "5-3/8", "1-9/8"])
def test_msrp_026__other_positions_are_caught(send, value):
    """A range from 0, one that ends before it begins, and one that ends after the message, are refused."""
    with pytest.raises(RequirementViolated, match="MSRP_026"):
        Request.parse(send(lines=(f"Byte-Range: {value}",)))
    with pytest.raises(LocalProtocolError, match="MSRP_026"):
        chunk(byte_range=ByteRange.parse(value)).serialize()


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("1-0/0", ""),
        ("5-4/8", ""),
        ("1-8/8", "abcdefgh"),
        ("1-*/*", "abc"),
        ("1-8/*", "abcdefgh"),
        ("8-8/8", "h"),
    ],
)
def test_msrp_026__positions_within_the_message(send, value, body):
    """Ranges within the message are read and written."""
    octets = send(body, lines=(f"Byte-Range: {value}",))
    assert Request.parse(octets).serialize() == octets


def test_msrp_027__no_content(msrp_pair, msrp_side):
    """A SEND without a body and one with an empty body have the range 1-0/0."""
    alice = msrp_side("alice")
    alice.session(URI, URI, active=True).send(b"", "text/plain")
    alice.output()
    assert alice.sent.count(b"\r\nByte-Range: 1-0/0\r\n") == 2


def test_msrp_028__a_short_chunk_far_out(send):
    """A chunk of few octets may have its end in the range, wherever in the message it stands."""
    assert Request.parse(send("x" * 10, lines=("Byte-Range: 5001-5010/6000",))).check() == []


@pytest.mark.parametrize(("octets", "value"), [(2048, b"1-2048/2048"), (2049, b"1-*/2049")])
def test_msrp_028__a_long_chunk_can_be_interrupted(msrp_pair, octets, value):
    """Up to 2048 octets a chunk has its end in the range, and beyond that an asterisk."""
    pair = msrp_pair()
    pair.alice.send(b"x" * octets, "text/plain")
    pair.alice_side.output()
    assert b"\r\nByte-Range: " + value + b"\r\n" in pair.alice_side.sent


def test_msrp_028__a_long_chunk_with_an_end_is_caught(send):
    """A chunk of more than 2048 octets with its end in the range is not written, and found on receipt."""
    fixed = ByteRange(start=1, end=2049, total=2049)
    with pytest.raises(LocalProtocolError, match="MSRP_028"):
        chunk(byte_range=fixed, body=b"x" * 2049).serialize()
    findings = Request.parse(send("x" * 2049, lines=("Byte-Range: 1-2049/2049",))).check()
    assert [(found.requirement, found.reply) for found in findings] == [("MSRP_028", None)]


def test_msrp_028__a_long_chunk_with_an_end_is_received_all_the_same(msrp_side, send):
    """A receiver takes such a chunk, since no octet of it is in doubt."""
    bob = msrp_side("bob")
    bob.session(Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp"), URI)
    news = bob.receive(send("x" * 2049, lines=("Byte-Range: 1-2049/2049",)))
    assert [event.message.body for event in news if isinstance(event, MessageReceived)] == [b"x" * 2049]


@pytest.mark.parametrize(("value", "octets"), [("1-14/14", 14), ("5-18/20", 14), ("1-0/0", 0), ("1-*/14", 3)])
def test_msrp_092__the_range_ends_where_the_body_does(send, value, octets):
    """A range whose end is that of the body, or is left open, is in order."""
    assert Request.parse(send("x" * octets, lines=(f"Byte-Range: {value}",))).check() == []


@pytest.mark.parametrize("value", ["1-16/16", "1-13/14", "2-14/20", "1-0/14"])
def test_msrp_092__another_end_is_caught(send, value):
    """A range that ends before or after the body, as in an example of the RFC, is found, and not written."""
    request = Request.parse(send(lines=(f"Byte-Range: {value}",)))
    assert [(found.requirement, found.reply) for found in request.check()] == [("MSRP_092", None)]
    with pytest.raises(LocalProtocolError, match="MSRP_092"):
        request.serialize()


@pytest.mark.parametrize("name", ["Content-Transfer-Encoding", "content-transfer-encoding"])
def test_msrp_029__a_transfer_encoding_is_caught(send, name):
    """A message that names a transfer encoding is refused."""
    with pytest.raises(RequirementViolated, match="MSRP_029"):
        Request.parse(send(lines=(f"{name}: base64",)))


def test_msrp_029__octets_go_as_they_are(msrp_pair):
    """Any octets are sent as they are, and no field names an encoding."""
    pair = msrp_pair()
    body = bytes(range(256)) * 4
    pair.alice.send(body, "application/octet-stream")
    pair.carry()
    (sent,) = pair.alice_side.messages()
    assert (sent.body, sent.headers) == (body, ())


def test_msrp_037__every_message_has_its_own_name(msrp_pair):
    """Each message has a Message-ID of its own."""
    pair = msrp_pair()
    names = [pair.alice.send(b"Hi", "text/plain") for _ in range(100)]
    pair.carry()
    assert len(set(names)) == 100
    assert [message.message_id for message in pair.alice_side.messages()] == names


def test_msrp_037__a_name_under_way_is_not_given_twice(msrp_pair):
    """A message with the Message-ID of one that is under way is not sent."""
    pair = msrp_pair()
    name = pair.alice.send(b"Hi", "text/plain")
    with pytest.raises(LocalProtocolError, match="MSRP_037"):
        pair.alice.send(b"Hi again", "text/plain", message_id=name)


def interrupted(pair, **fields) -> list[Request]:
    """Send 10000 octets, interrupted three times by a question, and return the chunks."""
    pair.alice.send(bytes(range(250)) * 40, "text/plain", **fields)
    for _ in range(3):
        pair.alice_side.output(limit=2500)
        pair.ask_alice()
    pair.alice_side.output()
    return [message for message in pair.alice_side.messages() if isinstance(message, Request)]


def test_msrp_038__all_chunks_agree(msrp_pair):
    """All chunks of a message have one Message-ID and the same wishes for reports."""
    chunks = interrupted(msrp_pair(), success_report=True, failure_report=FailureReport.PARTIAL)
    assert len(chunks) == 4
    assert {(c.message_id, c.success_report, c.failure_report) for c in chunks} == {
        (chunks[0].message_id, True, FailureReport.PARTIAL)
    }
    assert len({c.transaction_id for c in chunks}) == 4


def test_msrp_039__every_chunk_says_where_it_belongs(msrp_pair):
    """Chunks go out in order, each with the position of its first octet and the total."""
    chunks = interrupted(msrp_pair())
    position = 1
    for one in chunks:
        assert (one.byte_range.start, one.byte_range.total) == (position, 10_000)
        position += len(one.body)
    assert position == 10_001
    assert b"".join(one.body for one in chunks) == bytes(range(250)) * 40


def test_msrp_040__a_response_interrupts_a_long_chunk(msrp_pair):
    """A response that waits goes out before the rest of a long chunk."""
    pair = msrp_pair()
    pair.alice.send(b"x" * 100_000, "text/plain")
    pair.alice_side.output(limit=5000)
    pair.ask_alice()
    pair.alice_side.output()
    pair.alice_side.output()
    first, answer, rest = pair.alice_side.messages()
    assert first.flag is Flag.MORE
    assert len(first.body) < 5000
    assert isinstance(answer, Response)
    assert (rest.flag, len(rest.body)) == (Flag.COMPLETE, 100_000 - len(first.body))


def test_msrp_040__as_soon_as_the_chunk_is_long_enough(msrp_pair):
    """A chunk that has just begun goes on to 2048 octets, and not one further, while a response waits."""
    pair = msrp_pair()
    pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=500)
    pair.ask_alice()
    pair.alice_side.output()
    first, answer, rest = pair.alice_side.messages()
    assert [len(first.body), type(answer), len(rest.body)] == [2048, Response, 7952]


def test_msrp_040__a_short_chunk_is_not_interrupted(msrp_pair):
    """A chunk that is not interruptible is sent to its end, and the response after it."""
    pair = msrp_pair()
    pair.alice.send(b"x" * 2048, "text/plain")
    pair.alice_side.output(limit=1000)
    pair.ask_alice()
    pair.alice_side.output()
    assert [type(message) for message in pair.alice_side.messages()] == [Request, Response]


def test_msrp_041__no_small_chunks_but_the_last(msrp_pair):
    """However often it is interrupted, no chunk but the last is smaller than 2048 octets."""
    pair = msrp_pair()
    pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=1)
    for _ in range(60):
        pair.ask_alice()
        pair.alice_side.output(limit=300)
    pair.alice_side.output()
    chunks = [message for message in pair.alice_side.messages() if isinstance(message, Request)]
    assert [len(one.body) for one in chunks] == [2048, 2048, 2048, 2048, 1808]


def test_msrp_042__sessions_take_turns(msrp_pair):
    """Two sessions that send long messages over one connection take turns of 64 Ki octets."""
    pair = msrp_pair()
    pair.bob_side.session(OTHER_BOB, OTHER_ALICE)
    other = pair.alice_side.session(OTHER_ALICE, OTHER_BOB, active=True)
    pair.carry()
    pair.alice_side.messages()
    pair.alice.send(b"a" * 150_000, "text/plain")
    other.send(b"b" * 100_000, "text/plain")
    while pair.alice_side.output():
        pass
    turns = [(one.body[:1], len(one.body)) for one in pair.alice_side.messages()]
    assert turns == [(b"a", 65536), (b"b", 65536), (b"a", 65536), (b"b", 34464), (b"a", 18928)]


def test_msrp_042__one_session_alone_is_not_interrupted(msrp_pair):
    """A session that shares its connection with nobody sends a long message as one chunk."""
    pair = msrp_pair()
    pair.alice.send(b"a" * 150_000, "text/plain")
    pair.alice.send(b"second", "text/plain")
    while pair.alice_side.output():
        pass
    assert [len(one.body) for one in pair.alice_side.messages()] == [150_000, 6]


def test_msrp_044__no_response_in_30_seconds(msrp_pair):
    """A message fails 30 seconds after its last octet went out without a response, and not before."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 3000, "text/plain")
    pair.alice_side.output(now=100.0, limit=2500)
    assert pair.alice_side.connection.next_timer is None
    while pair.alice_side.output(now=110.0):
        pass
    assert pair.alice_side.connection.next_timer == 140.0
    pair.alice_side.connection.handle_timer(139.9)
    assert pair.alice_side.news() == []
    pair.alice_side.connection.handle_timer(140.0)
    assert pair.alice_side.news() == [MessageFailed(session=pair.alice, message_id=name, code=408)]
    assert pair.alice_side.connection.next_timer is None


def test_msrp_044__a_response_in_time(msrp_pair):
    """A message that was answered within 30 seconds has gone, and its timer with it."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 3000, "text/plain")
    pair.carry(now=100.0)
    assert pair.alice_side.news() == [MessageSent(session=pair.alice, message_id=name)]
    assert pair.alice_side.connection.next_timer is None
    pair.alice_side.connection.handle_timer(1000.0)
    assert pair.alice_side.news() == []


def test_msrp_044__a_message_sent_again_has_its_own_time(msrp_pair):
    """The end of a chunk that was cut short, and a late response to it, say nothing of its second try."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(now=1.0, limit=4000)
    first = pair.alice_side.sent.split(b" ")[1].decode()
    answer = (
        f"MSRP {first} 403\nTo-Path: {pair.alice.terms.local.serialize()}\n"
        f"From-Path: {pair.bob.terms.local.serialize()}\n-------{first}$\n"
    )
    pair.alice_side.connection.receive(answer.replace("\n", "\r\n").encode())
    assert [type(event) for event in pair.alice_side.news()] == [MessageFailed]
    pair.alice.send(b"second try", "text/plain", message_id=name)
    while pair.alice_side.output(now=2.0):
        pass
    assert [one.flag for one in pair.alice_side.messages()] == [Flag.ABORTED, Flag.COMPLETE]
    assert pair.alice_side.receive(answer) == []
    assert (pair.alice.is_sending(name), pair.alice.pending) == (True, 1)
    assert pair.alice_side.connection.next_timer == 32.0


def test_msrp_044__a_message_given_up_is_not_waited_for(msrp_pair):
    """A message that was given up in the middle of a chunk has neither a fate nor a timer."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=4000)
    pair.alice.abort(name)
    pair.alice_side.output()
    assert not pair.alice.is_sending(name)
    assert pair.alice_side.connection.next_timer is None
    assert pair.alice_side.news() == []


@pytest.mark.parametrize("wanted", [FailureReport.PARTIAL, FailureReport.NO])
def test_msrp_045__no_response_is_no_failure(msrp_pair, wanted):
    """A message whose failures are wanted in part or not at all does not fail for want of a response."""
    pair = msrp_pair()
    name = pair.alice.send(b"Hi", "text/plain", failure_report=wanted)
    pair.alice_side.output(now=100.0)
    assert pair.alice_side.news() == [MessageSent(session=pair.alice, message_id=name)]
    assert pair.alice_side.connection.next_timer == (None if wanted is FailureReport.NO else 130.0)
    pair.alice_side.connection.handle_timer(1000.0)
    assert pair.alice_side.news() == []
    assert pair.alice_side.connection.outbox.transactions == {}


def test_msrp_045__an_error_is_told_all_the_same(msrp_pair):
    """An error response to a message whose failures are wanted in part is told to the user."""
    pair = msrp_pair(bob_terms={"accept_types": ("text/plain",)})
    name = pair.alice.send(b"Hi", "image/png", failure_report=FailureReport.PARTIAL)
    pair.carry()
    assert pair.alice_side.news() == [
        MessageSent(session=pair.alice, message_id=name),
        MessageFailed(session=pair.alice, message_id=name, code=415),
    ]


def test_msrp_056__defaults(send):
    """Without the header fields no success and every failure is to be reported."""
    request = Request.parse(send())
    assert (request.success_report, request.failure_report) == (None, None)
    assert not request.wants_success_report
    assert request.wanted_failures is FailureReport.YES


@pytest.mark.parametrize(
    ("lines", "success", "failures"),
    [
        (("Success-Report: yes",), True, FailureReport.YES),
        (("Success-Report: no", "Failure-Report: no"), False, FailureReport.NO),
        (("success-report: YES", "failure-report: Partial"), True, FailureReport.PARTIAL),
        (("Failure-Report: yes",), False, FailureReport.YES),
    ],
)
def test_msrp_056__what_the_header_fields_say(send, lines, success, failures):
    """The header fields say what is to be reported, without regard to case."""
    request = Request.parse(send(lines=lines))
    assert (request.wants_success_report, request.wanted_failures) == (success, failures)


def test_msrp_062__a_chunk_of_any_size(send):
    """A chunk of many octets passes through in pieces, and one of none as well."""
    framing = Framing()
    octets = send("x" * 1_000_000)
    pieces = [
        event for at in range(0, len(octets), 4096) for event in framing.receive(octets[at : at + 4096])
    ]
    assert isinstance(pieces[0], RequestBegun)
    assert pieces[-1] == RequestEnded(flag=Flag.COMPLETE)
    bodies = [piece.data for piece in pieces if isinstance(piece, BodyReceived)]
    assert max(map(len, bodies)) <= 4096 + 64
    assert b"".join(bodies) == b"x" * 1_000_000
    begun, ended = framing.receive(send(""))
    assert begun.has_body
    assert ended == RequestEnded(flag=Flag.COMPLETE)


def test_msrp_062__up_to_the_longest_message(msrp_pair):
    """A chunk as long as the longest message accepted is received, and one octet more is not."""
    pair = msrp_pair(bob_terms={"max_octets": 5000})
    pair.alice.send(b"x" * 5000, "text/plain")
    pair.carry()
    assert [event.message.body for event in pair.bob_side.news()] == [b"x" * 5000]
    name = pair.alice.send(b"x" * 5001, "text/plain")
    pair.carry()
    assert pair.bob_side.news() == []
    assert pair.alice_side.news()[-1] == MessageFailed(session=pair.alice, message_id=name, code=413)
