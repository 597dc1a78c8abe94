"""Properties of SDP: what is read comes out again, and nothing that is read ends in a surprise."""

from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.errors import MalformedMessage, RemoteProtocolError
from mediasec.sdp.attributes import FloorId, Group, KeyManagement, parse_accept_types, parse_bfcp_versions
from mediasec.sdp.exchange import agreements, protocol_list
from mediasec.sdp.fields import Attribute, Connection, MediaLine, Origin, seen
from mediasec.sdp.message import MediaDescription, SessionDescription
from mediasec.sdp.msrp_uri import MsrpUri, parse_path
from mediasec.sdp.rules import DIAL_IN, DIAL_OUT, check_exchange, check_later_offer, check_offer

_VECTORS = sorted((Path(__file__).parents[1] / "vectors/sdp").glob("*.sdp"))
_LINES = sorted({line for path in _VECTORS for line in path.read_bytes().splitlines(keepends=True)})

_tokens = st.text("abcXYZ019-.!#*", min_size=1, max_size=8)
_values = st.text(
    st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), min_size=1, max_size=20
)
_names = st.from_regex(r"[a-z]{4,10}", fullmatch=True)
_addresses = st.one_of(st.ip_addresses().map(str), _names)
_connections = _addresses.map(Connection.to)
_origins = st.builds(
    Origin,
    username=_tokens,
    session_id=st.integers(0, 2**63),
    version=st.integers(0, 2**63),
    address_type=st.just("IP4"),
    address=_names,
)
_media_lines = st.builds(
    MediaLine,
    media=_tokens,
    port=st.integers(0, 65535),
    port_count=st.none() | st.integers(1, 9),
    transport=st.sampled_from(["TCP/TLS/MSRP", "TCP/TLS/BFCP", "TCP/BFCP", "RTP/SAVP", "x"]),
    formats=st.lists(_tokens, min_size=1, max_size=3).map(tuple),
)
_attributes = st.builds(Attribute, name=_tokens, value=st.none() | _values)
_media = st.builds(
    MediaDescription.create,
    _media_lines,
    connection=_connections,
    attributes=st.lists(_attributes, max_size=4),
)
_descriptions = st.builds(
    SessionDescription.create,
    _origins,
    attributes=st.lists(_attributes, max_size=3),
    media=st.lists(_media, max_size=3),
)


def _check_everything(description: SessionDescription) -> None:
    for roles in (DIAL_IN, DIAL_OUT):
        check_offer(description, roles)
        check_exchange(description, description, roles)
        check_later_offer(description, description, roles, description)
    agreements(description, description)
    protocol_list(description)


@settings(max_examples=60)
@given(_descriptions)
def test_a_description_comes_out_as_it_went_in(description):
    """What is written and read again is the same description, and the same octets."""
    data = description.serialize()
    read = SessionDescription.parse(data)
    assert read == description
    assert read.serialize() == data
    _check_everything(read)


@settings(max_examples=150)
@given(st.binary(max_size=200))
def test_any_octets_end_in_a_description_or_an_error_of_the_peer(data):
    """Arbitrary octets raise an error of the peer, or nothing."""
    for each in (data, b"v=0\r\n" + data):
        try:
            description = SessionDescription.parse(each)
        except RemoteProtocolError:
            continue
        assert description.serialize() == each


@settings(max_examples=150)
@given(st.lists(st.sampled_from(_LINES) | st.binary(max_size=20).map(lambda line: line + b"\n"), max_size=12))
def test_any_lines_end_in_findings(lines):
    """Lines of the vectors in any order, with others between, are read and checked, or refused."""
    head = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    try:
        description = SessionDescription.parse(head + b"m=application 1 TCP/TLS/BFCP *\n" + b"".join(lines))
    except RemoteProtocolError:
        return
    _check_everything(description)


@settings(max_examples=80)
@given(st.sampled_from(_VECTORS), st.data())
def test_a_damaged_vector_ends_in_findings(path, data):
    """A vector in which octets were changed, added or lost is read and checked, or refused."""
    octets = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    try:
        description = SessionDescription.parse(bytes(octets))
    except RemoteProtocolError:
        return
    assert description.serialize() == octets
    _check_everything(description)


_PARSERS = [
    KeyManagement.parse,
    FloorId.parse,
    Group.parse,
    MsrpUri.parse,
    parse_path,
    parse_accept_types,
    parse_bfcp_versions,
    Origin.parse,
    Connection.parse,
    MediaLine.parse,
    Attribute.parse,
]


@settings(max_examples=200)
@given(st.sampled_from(_PARSERS), st.text(max_size=30) | st.text("msrp:/;tc0129 .=,[]@*", max_size=40))
def test_any_value_is_read_or_malformed(parse, text):
    """The value of a line or attribute is read, or is malformed; nothing else happens."""
    with suppress(MalformedMessage):
        parse(text)


@given(st.binary(max_size=60), st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True))
def test_a_key_management_message_comes_out_as_it_went_in(data, protocol):
    """A key management message of one octet or more is the same after writing and reading."""
    message = KeyManagement(protocol=protocol, data=data or b"\1")
    assert KeyManagement.parse(message.serialize()) == message


@given(st.text(max_size=200))
def test_what_is_shown_is_short_and_plain(text):
    """Text of the peer is shown as at most 62 printable characters of ASCII."""
    shown = seen(text)
    assert shown.isascii()
    assert shown.isprintable()
    assert len(shown) <= 62
