import pytest

from mediasec.errors import LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.msrp.events import MessageAborted
from mediasec.msrp.fields import ByteRange, Header, Status
from mediasec.msrp.message import Request
from mediasec.msrp.registry import Flag, Method
from mediasec.msrp.uri import Uri

URI = Uri.parse("msrp://host.example.com:8493/asfd34;tcp")


def request(**fields) -> Request:
    return Request(
        **{
            "transaction_id": "d93kswow",
            "method": Method.SEND,
            "to_path": (URI,),
            "from_path": (URI,),
            "message_id": "12339sdqwer",
            **fields,
        }
    )


def test_msrp_017__content_type_then_the_body(send):
    """Content-Type is the last header field, and an empty line stands before the body."""
    octets = send("Hi", lines=("Content-Disposition: inline",))
    assert octets.endswith(b"\r\nContent-Type: text/plain\r\n\r\nHi\r\n-------d93kswow$\r\n")
    parsed = Request.parse(octets)
    assert (parsed.content_type, parsed.body) == ("text/plain", b"Hi")
    assert parsed.headers == (Header("Content-Disposition", "inline"),)
    assert parsed.serialize() == octets


def test_msrp_017__a_header_field_after_content_type_is_caught(send):
    """A header field after Content-Type is refused."""
    octets = send("Hi").replace(b"text/plain\r\n", b"text/plain\r\nContent-Disposition: inline\r\n")
    with pytest.raises(MalformedMessage):
        Request.parse(octets)


@pytest.mark.parametrize("content_type", [None, "text", "text/", "text/plain; charset=utf-8", 'a/b;c="d'])
def test_msrp_017__a_body_without_a_media_type_is_caught_both_ways(send, content_type):
    """A body without a Content-Type, or with one that is no media type, is neither read nor written."""
    with pytest.raises(RequirementViolated, match="MSRP_017"):
        Request.parse(send(content_type=content_type))
    with pytest.raises(LocalProtocolError, match="MSRP_017"):
        request(body=b"Hi", content_type=content_type).serialize()


@pytest.mark.parametrize("content_type", ["text/plain;charset=utf-8", 'a/b;c="d \\" e";f', "message/cpim"])
def test_msrp_017__media_types_with_parameters(send, content_type):
    """A media type may have parameters."""
    assert Request.parse(send(content_type=content_type)).content_type == content_type


def test_msrp_018__no_body_and_no_empty_line(send):
    """A request without a body ends after its last header field."""
    octets = send(None)
    assert octets.endswith(b"\r\nMessage-ID: 12339sdqwer\r\n-------d93kswow$\r\n")
    assert Request.parse(octets).body is None
    assert Request.parse(octets).serialize() == octets


@pytest.mark.parametrize("line", ["Content-Type: text/plain", "Content-Disposition: inline"])
def test_msrp_018__fields_of_mime_without_a_body_are_caught(send, line):
    """A request without a body and with fields of MIME is neither read nor written."""
    with pytest.raises(RequirementViolated, match="MSRP_018"):
        Request.parse(send(None, lines=(line,)))
    with pytest.raises(LocalProtocolError, match="MSRP_018"):
        request(headers=(Header(*line.split(": ")),)).serialize()


def test_msrp_019__an_empty_body_is_a_body(send):
    """An empty body is read and written as such, and differs from none."""
    octets = send("")
    assert octets.endswith(b"Content-Type: text/plain\r\n\r\n\r\n-------d93kswow$\r\n")
    assert Request.parse(octets).body == b""
    assert Request.parse(octets).serialize() == octets
    assert request(body=b"").check() != request().check() == []


def test_msrp_020__hyphens_identifier_and_flag():
    """The last line is made of seven hyphens, the transaction ID and the flag."""
    assert request(flag=Flag.MORE).serialize().split(b"\r\n")[-2:] == [b"-------d93kswow+", b""]


@pytest.mark.parametrize(
    "end",
    [
        b"------d93kswow$\r\n",
        b"--------d93kswow$\r\n",
        b"-------d93kswox$\r\n",
        b"-------d93kswow\r\n",
        b"-------d93kswow!\r\n",
        b"-------d93kswow$\n",
        b"-------d93kswow$",
        b"-------d93kswow$\r\n ",
        b"",
    ],
)
@pytest.mark.parametrize("body", ["Hi", None])
def test_msrp_020__another_end_line_is_caught(send, end, body):
    """A message without its own end-line is refused."""
    octets = send(body)
    with pytest.raises(MalformedMessage):
        Request.parse(octets[: octets.index(b"-------")] + end)


def test_msrp_021__the_flags_of_a_long_message(msrp_pair):
    """A message that is interrupted goes out with a plus sign, and its last chunk with a dollar sign."""
    pair = msrp_pair()
    pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=4000)
    pair.ask_alice()
    pair.alice_side.output()
    first, _, last = pair.alice_side.messages()
    assert (first.flag, last.flag) == (Flag.MORE, Flag.COMPLETE)


def test_msrp_021__a_message_given_up_does_not_end_as_complete(msrp_pair):
    """A message that is given up ends with a hash sign, never with a dollar sign."""
    pair = msrp_pair()
    message_id = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=4000)
    pair.alice.abort(message_id)
    pair.alice_side.output()
    assert [chunk.flag for chunk in pair.alice_side.messages()] == [Flag.ABORTED]


def test_msrp_022__another_identifier_is_chosen(msrp_pair):
    """Where the body holds the end-line of the next identifier, the sender takes another one."""
    pair = msrp_pair()
    first, second = "alice000003", "alice000005"
    body = f"-------{first}$\r\n and -------alice000004 and \r\n-------{second}+".encode()
    pair.alice.send(body, "text/plain")
    pair.carry()
    (chunk,) = pair.alice_side.messages()
    assert chunk.transaction_id == "alice000004"
    assert chunk.body == body


@pytest.mark.parametrize("flag", ["$", "+", "#"])
def test_msrp_022__an_end_line_in_the_body_is_caught(flag, send):
    """A request whose body holds its end-line is neither written nor read as one."""
    body = f"-------d93kswow-------d93kswow{flag}"
    with pytest.raises(LocalProtocolError, match="MSRP_022"):
        request(body=body.encode(), content_type="text/plain").serialize()
    with pytest.raises(RequirementViolated, match="MSRP_022"):
        Request.parse(send(body))


def test_msrp_023__an_identifier_in_use_is_not_taken(msrp_side):
    """A transaction ID of a transaction under way is not taken for another one."""
    names = iter(["first000", "same0000", "second00", "same0000", "third000"])
    alice = msrp_side("alice", new_identifier=lambda: next(names))
    session = alice.session(URI, URI, active=True)
    alice.output()
    session.send(b"Hi", "text/plain")
    alice.output()
    assert [message.transaction_id for message in alice.messages()] == ["same0000", "third000"]


@pytest.mark.parametrize(
    "fault",
    [
        {"body": b"x" * 10241, "content_type": "text/plain"},
        {"flag": Flag.MORE},
        {"flag": Flag.ABORTED},
    ],
)
def test_msrp_024__a_long_or_chunked_report_is_caught(fault):
    """A REPORT with more than 10240 octets, or in more than one piece, is neither written nor read."""
    report = request(method=Method.REPORT, status=Status(code=200), **fault)
    with pytest.raises(LocalProtocolError, match="MSRP_024"):
        report.serialize()
    octets = request(method=Method.REPORT, status=Status(code=200)).serialize()
    with pytest.raises(RequirementViolated, match="MSRP_024"):
        Request.parse(octets.replace(b"$\r\n", b"+\r\n"))


def test_msrp_024__other_requests_up_to_the_limit():
    """A REPORT of 10240 octets is written, and a SEND may be longer."""
    body = b"x" * 10240
    report = request(method=Method.REPORT, status=Status(code=200), body=body, content_type="text/plain")
    assert Request.parse(report.serialize()) == report
    send = request(body=body * 2, content_type="text/plain", byte_range=ByteRange(start=1))
    assert Request.parse(send.serialize()) == send


def test_msrp_043__giving_up_between_two_chunks(msrp_pair):
    """A message of which a part went out is given up by a chunk with a hash sign and nothing else."""
    pair = msrp_pair()
    message_id = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=4000)
    pair.ask_alice()
    pair.alice_side.output(limit=1)
    pair.alice.abort(message_id)
    pair.alice_side.output()
    first, _, last = pair.alice_side.messages()
    assert (first.flag, last.flag) == (Flag.MORE, Flag.ABORTED)
    start = len(first.body) + 1
    assert (last.body, last.byte_range) == (b"", ByteRange(start=start, end=None, total=10_000))


def test_msrp_043__nothing_is_said_of_a_message_that_never_began(msrp_pair):
    """A message that is given up before any of it went out leaves no trace, and the next one goes out."""
    pair = msrp_pair()
    pair.alice.abort(pair.alice.send(b"never", "text/plain"))
    pair.alice.send(b"next", "text/plain")
    pair.carry()
    assert [message.body for message in pair.alice_side.messages()] == [b"next"]


def test_msrp_064__a_message_given_up_is_dropped(msrp_pair):
    """The receiver of a message that is given up drops it, and gives its memory back."""
    pair = msrp_pair()
    message_id = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.bob_side.connection.receive(pair.alice_side.output(limit=4000))
    assert pair.bob_side.directory.held_octets > 0
    pair.alice.abort(message_id)
    pair.carry()
    assert pair.bob_side.news() == [MessageAborted(session=pair.bob, message_id=message_id)]
    assert pair.bob_side.directory.held_octets == 0


def test_msrp_064__what_was_dropped_does_not_come_back(msrp_side, send):
    """A chunk after the one with the hash sign does not complete the message."""
    bob = msrp_side("bob")
    bob.session(Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp"), URI)
    bob.receive(send("abcd", lines=("Byte-Range: 1-*/8",), flag="+"))
    bob.receive(send("", lines=("Byte-Range: 5-*/8",), flag="#"))
    assert bob.receive(send("EFGH", lines=("Byte-Range: 5-8/8",), flag="$")) == []
