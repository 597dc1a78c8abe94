"""BFCP messages of any kind: what is written is read again, and what is read never does harm."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.bfcp import Conference, Floor, FloorControlClient, FloorControlServer, Framer, Message, User
from mediasec.bfcp import values as v
from mediasec.bfcp.attributes import Attribute, UnknownAttribute
from mediasec.bfcp.formats import GROUP_FORMATS, MESSAGE_FORMATS, Format
from mediasec.bfcp.groups import KINDS, Group, parse_attributes
from mediasec.bfcp.registry import AttributeType, Primitive, Priority, RequestStatus
from mediasec.errors import RemoteProtocolError

uint8 = st.integers(0, 0xFF)
uint16 = st.integers(0, 0xFFFF)
booleans = st.booleans()
short_text = st.text(max_size=6)
unknown = st.builds(
    UnknownAttribute,
    mandatory=booleans,
    number=st.sampled_from([0, *range(19, 128)]),
    octets=st.binary(max_size=5),
)
statuses = st.one_of(
    st.builds(v.RequestStatus, mandatory=booleans, status=uint8.filter(lambda status: status != 2)),
    st.builds(
        v.RequestStatus, mandatory=booleans, status=st.just(RequestStatus.ACCEPTED), queue_position=uint8
    ),
)


def attributes_of(kind: type[Attribute]) -> st.SearchStrategy[Attribute]:
    """Return attributes of one kind."""
    if kind is v.RequestStatus:
        return statuses
    if issubclass(kind, Group):
        return st.builds(
            kind, mandatory=booleans, identifier=uint16, attributes=held_by(GROUP_FORMATS[kind.TYPE])
        )
    fields = {
        v.Priority: {"priority": st.sampled_from(Priority)},
        v.ErrorCode: {"code": uint8, "details": st.binary(max_size=9)},
        v.SupportedAttributes: {"types": st.lists(st.integers(0, 127), max_size=20).map(tuple)},
        v.SupportedPrimitives: {"primitives": st.lists(uint8, max_size=20).map(tuple)},
    }.get(kind, {"text": short_text} if issubclass(kind, v.Text) else {"value": uint16})
    return st.builds(kind, mandatory=booleans, **fields)


def held_by(wanted: Format) -> st.SearchStrategy[tuple[Attribute, ...]]:
    """Return what a message or a group of one format holds."""
    parts = [
        st.lists(attributes_of(KINDS[part.type]), min_size=part.least, max_size=part.most or 3)
        for part in wanted.parts
    ]
    return st.tuples(*parts, st.lists(unknown, max_size=2)).map(
        lambda lists: tuple(attribute for part in lists for attribute in part)
    )


messages = st.sampled_from(Primitive).flatmap(
    lambda primitive: st.builds(
        Message,
        primitive=st.just(primitive),
        conference_id=st.integers(0, 0xFFFFFFFF),
        transaction_id=st.integers(1, 0xFFFF),
        user_id=uint16,
        attributes=held_by(MESSAGE_FORMATS[primitive]),
    )
)


@given(messages)
@settings(max_examples=80)
def test_what_is_written_is_read_again(message):
    """A message that breaks no rule is the same after it was written and read."""
    assert message.check() == []
    octets = message.serialize()
    assert len(octets) % 4 == 0
    assert Message.parse(octets) == message


def test_every_attribute_is_drawn():
    """The strategies above know every attribute of RFC 8855."""
    assert set(KINDS) == set(AttributeType)
    assert set(MESSAGE_FORMATS) == set(Primitive)


def flip(data, octets: bytes) -> bytes:
    """Change, cut or lengthen octets at a drawn place."""
    changed = bytearray(octets)
    place = data.draw(st.integers(0, len(octets) - 1))
    match data.draw(st.sampled_from(["flip", "cut", "insert"])):
        case "flip":
            changed[place] ^= data.draw(st.integers(1, 0xFF))
        case "cut":
            del changed[place:]
        case _:
            changed[place:place] = data.draw(st.binary(min_size=1, max_size=8))
    return bytes(changed)


def read(octets: bytes) -> None:
    """Read octets in every way; nothing but `RemoteProtocolError` may be raised."""
    try:
        message = Message.parse(octets)
    except RemoteProtocolError:
        return
    message.unknown_mandatory()
    if not message.check():
        assert Message.parse(message.serialize()) == message


@given(st.binary(max_size=64))
@settings(max_examples=150)
def test_arbitrary_octets_do_no_harm(octets):
    """Octets of any kind are read, or raise `RemoteProtocolError`."""
    read(octets)
    payload = octets[: len(octets) // 4 * 4]
    read(b"\x20\x04" + (len(payload) // 4).to_bytes(2, "big") + bytes(8) + payload)
    try:
        attributes = parse_attributes(octets)
    except RemoteProtocolError:
        return
    assert parse_attributes(b"".join(one.serialize() for one in attributes)) == attributes


@given(messages, st.data())
@settings(max_examples=80)
def test_broken_messages_do_no_harm(message, data):
    """A message with an octet changed, with its end cut off, or with octets inserted does no harm."""
    read(flip(data, message.serialize()))


@given(st.lists(messages, max_size=4), st.data())
@settings(max_examples=50)
def test_the_server_bears_any_stream(stream, data):
    """Whatever comes, in whatever pieces, the server answers with messages that break no rule."""
    octets = b"".join(message.serialize() for message in stream)
    if octets and data.draw(st.booleans()):
        octets = flip(data, octets)
    conference = Conference(
        conference_id=0, floors=[Floor(floor_id=0)], users=[User(user_id=0, identity="one")]
    )
    server = FloorControlServer([conference])
    server.connect("one", "one")
    place = 0
    while place < len(octets):
        size = data.draw(st.integers(1, 40))
        for action in server.receive("one", octets[place : place + size], 0.0):
            sent = getattr(action, "message", None)
            assert sent is None or Message.parse(sent.serialize()) == sent
        place += size


@given(st.lists(messages, max_size=4), st.data())
@settings(max_examples=50)
def test_the_client_bears_any_stream(stream, data):
    """Whatever comes, the client takes it or raises `RemoteProtocolError`."""
    octets = b"".join(message.serialize() for message in stream)
    if octets and data.draw(st.booleans()):
        octets = flip(data, octets)
    client = FloorControlClient(conference_id=0, user_id=0)
    client.query_user()
    try:
        client.receive(octets)
    except RemoteProtocolError:
        return


@given(st.lists(messages, min_size=1, max_size=5), st.data())
@settings(max_examples=50)
def test_a_stream_is_the_same_in_any_pieces(stream, data):
    """The framer gives back each message, however the stream is cut."""
    octets = b"".join(message.serialize() for message in stream)
    framer, found = Framer(), []
    while octets:
        size = data.draw(st.integers(1, len(octets)))
        framer.feed(octets[:size])
        octets = octets[size:]
        while (framed := framer.next_message()) is not None:
            found.append(Message.parse(framed[1]))
    assert found == stream
