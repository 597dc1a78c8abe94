"""What a description shows of itself, and how much of one is read."""

import pytest

from mediasec.errors import LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.sdp.attributes import Fingerprint, FloorId, KeyManagement
from mediasec.sdp.fields import Attribute, Connection, MediaLine, Origin
from mediasec.sdp.message import (
    MAX_LINE_OCTETS,
    MAX_LINES,
    MAX_OCTETS,
    Field,
    MediaDescription,
    SessionDescription,
)
from mediasec.sdp.msrp_uri import MsrpUri
from mediasec.sdp.registry import LineType
from mediasec.sdp.streams import streams_of

_HEAD = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
_SECRET = "d0NotSh0wTh1s"


def test_a_description_is_made_and_read_again():
    """What is made from values has these values when it is read."""
    origin = Origin(username="ue", session_id=7, version=1, address_type="IP6", address="2001:db8::1")
    line = MediaLine(media="audio", port=4, port_count=2, transport="RTP/SAVP", formats=("0", "96"))
    media = MediaDescription.create(
        line, connection=Connection.to("2001:db8::2"), attributes=[Attribute(name="ptime", value="20")]
    )
    made = SessionDescription.create(origin, attributes=[Attribute(name="recvonly")], media=[media])
    read = SessionDescription.parse(made.serialize())
    assert read == made
    assert read.origin == origin
    assert read.media[0].line == line
    assert read.connection is None
    assert read.media[0].connection == Connection(address_type="IP6", address="2001:db8::2")
    assert read.attributes == (Attribute(name="recvonly"),)
    assert read.media[0].attributes == (Attribute(name="ptime", value="20"),)
    assert made.serialize().endswith(b"m=audio 4/2 RTP/SAVP 0 96\r\nc=IN IP6 2001:db8::2\r\na=ptime:20\r\n")


def test_what_breaks_the_form_is_not_written():
    """A description that does not keep to the form of SDP is not written, and the fault is named."""
    broken = SessionDescription(fields=(Field(type=LineType.VERSION, value="0"),))
    with pytest.raises(LocalProtocolError) as caught:
        broken.serialize()
    assert {finding.requirement for finding in caught.value.findings} == {"SDP_084"}


@pytest.mark.parametrize("name", ["a\nm=audio 1 x y", "\ud800"])
def test_what_is_no_line_is_not_written(name):
    """A value that would be more than one line, or no octets, is not written."""
    origin = Origin(session_id=1, version=1, address_type="IP4", address="a.example")
    description = SessionDescription.create(origin, attributes=[Attribute(name="x", value=name)])
    with pytest.raises(LocalProtocolError):
        description.serialize()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"V=0\r\n",
        b"\xff\xfev\0=\0",
        b"\xef\xbb\xbfv=0\r\n",
        b"\0" * 100,
        b"v=0\r\n" + b"a=x\r\n" * MAX_LINES,
        b"v=" + b"0" * MAX_LINE_OCTETS,
        b"v=0\r\n".ljust(MAX_OCTETS + 1, b"a"),
    ],
)
def test_what_is_no_description_is_malformed(data):
    """What does not begin as SDP does, or passes a limit, is malformed."""
    with pytest.raises(MalformedMessage):
        SessionDescription.parse(data)


def test_the_limits_can_be_reached():
    """A description as large as the limits is read."""
    line = b"a=" + b"x" * (MAX_LINE_OCTETS - 2) + b"\r\n"
    assert SessionDescription.parse(_HEAD + line).attributes[0].name == "x" * (MAX_LINE_OCTETS - 2)
    assert len(SessionDescription.parse(_HEAD + b"a=x\r\n" * (MAX_LINES - 5)).attributes) == MAX_LINES - 5
    with pytest.raises(MalformedMessage):
        SessionDescription.parse(_HEAD + b"a=x\r\n" * (MAX_LINES - 4))


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("session", 1),
        ("session.origin", 2),
        ("session.timing", 5),
        ("session.attribute[0]", 6),
        ("session.attribute[1]", None),
        ("media[0]", 7),
        ("media[0].attribute[1]", 9),
        ("media[1]", 10),
        ("media[1].connection", 11),
        ("media[1].attribute[0]", 12),
        ("media[2]", None),
        ("session.nonsense", None),
        ("line[3]", 3),
        ("elsewhere", None),
    ],
)
def test_a_place_leads_to_its_line(where, line):
    """The place of a finding leads to the number of its line."""
    data = _HEAD + b"a=x\r\nm=a 1 b c\r\na=x\r\na=y\r\nm=a 1 b c\r\nc=IN IP4 a.example\r\na=z\r\n"
    assert SessionDescription.parse(data).places().get(where) == line


def test_no_representation_shows_a_secret():
    """Neither keys nor session IDs are in the representation of any object that holds them."""
    lines = f"a=crypto:1 X inline:{_SECRET}\r\na=key-mgmt:mikey {_SECRET}AAA\r\na=path:msrps://h:1/{_SECRET};tcp\r\n"
    description = SessionDescription.parse(_HEAD + b"m=message 1 TCP/TLS/MSRP *\r\n" + lines.encode())
    stream = streams_of(description)[0]
    shown = [description, description.media[0].attributes, stream, stream.own, stream.keys, stream.path]
    for each in shown:
        assert _SECRET not in repr(each)
        assert repr(KeyManagement.parse(f"mikey {_SECRET}AAA").data) not in repr(each)


def test_no_finding_shows_a_secret():
    """No finding on the form shows the value of an attribute or of a k= line."""
    for line in (f"k=clear:{_SECRET}", f"a=crypto :1 X inline:{_SECRET}", f"a=crypto:1 inline:{_SECRET}\0"):
        with pytest.raises(RequirementViolated) as caught:
            SessionDescription.parse(_HEAD + line.encode() + b"\r\n")
        assert _SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["1 mstrm:10 11", "65535", "2 m-stream:a"])
def test_a_floor_is_written_as_it_was_read(text):
    """The value of floorid comes out as it was read."""
    assert FloorId.parse(text).serialize() == text


@pytest.mark.parametrize(
    "text",
    [
        "msrps://192.0.2.1:2855/aB3;tcp",
        "msrp://user@[2001:db8::1]:9/x/y=z;tcp;a;b=c",
        "msrps://relay.example.com;tcp",
    ],
)
def test_a_uri_is_written_as_it_was_read(text):
    """A URI in its usual spelling comes out as it was read."""
    assert MsrpUri.parse(text).serialize() == text


def test_a_fingerprint_of_an_unknown_hash_is_kept():
    """An unknown hash function stays text, and its hash octets."""
    fingerprint = Fingerprint.parse("sha3-256 00:FF")
    assert (fingerprint.hash_function, fingerprint.digest) == ("sha3-256", b"\0\xff")
