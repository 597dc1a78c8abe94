"""MSRP messages of any kind: what is written is read again, however it is cut, and no octets do harm."""

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.errors import RemoteProtocolError
from mediasec.msrp import Connection, Directory, FailureReport, Framing, Header, Request, Response, Terms, Uri
from mediasec.msrp.fields import ByteRange, Status
from mediasec.msrp.framing import BodyReceived, RequestBegun, RequestEnded
from mediasec.msrp.head import holds_end_line
from mediasec.msrp.registry import Flag, Method

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
identifiers = st.builds(
    str.__add__, st.sampled_from(LETTERS), st.text(LETTERS + ".-+%=", min_size=3, max_size=31)
)
tokens = st.text("!#$%&'*+-." + LETTERS + "^_`{|}~", min_size=1, max_size=8)
texts = st.text(st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\t\x80"), max_size=20)
hosts = st.one_of(
    st.sampled_from(["host.example.com", "192.0.2.7", "[2001:db8::7]", "%41.example.com", "h"]),
    st.text(LETTERS + "-._~", min_size=1, max_size=12),
)
uris = st.builds(
    Uri,
    scheme=st.sampled_from(["msrp", "msrps", "MSRP"]),
    host=hosts,
    port=st.integers(0, 0xFFFF),
    session_id=st.none() | st.text(LETTERS + "-._~+=/", min_size=1, max_size=12),
    userinfo=st.none() | st.text(LETTERS + "!$&'()*+,;=", max_size=6),
    parameters=st.lists(tokens | st.builds("{}={}".format, tokens, tokens), max_size=2).map(tuple),
)
paths = st.lists(uris, min_size=1, max_size=3).map(tuple)
names = tokens.map(lambda token: f"X{token}")
headers = st.lists(st.builds(Header, names, texts), max_size=3).map(tuple)
mime = st.lists(st.builds(Header, st.just("Content-ID"), texts), max_size=1).map(tuple)
media_types = st.one_of(
    st.builds("{}/{}".format, tokens, tokens),
    st.just('text/plain;charset="utf-8 \\" x";a=b;c'),
)
bodies = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([b"\r\n", b"-------", b"------", b"$", b"MSRP abcd SEND", b"\r", b"abcd", b"+\r\n"]),
        max_size=8,
    ).map(b"".join),
)


@st.composite
def requests(draw):
    """Draw a request that keeps all rules."""
    method = draw(st.sampled_from([*Method, "NICKNAME"]))
    transaction_id = draw(identifiers)
    body = draw(st.none() | bodies.filter(lambda octets: not holds_end_line(octets, transaction_id)))
    octets = len(body or b"")
    start = draw(st.integers(1, 10**9)) if octets else 1
    end = draw(st.sampled_from([None, start - 1 + octets]))
    report = method == Method.REPORT
    statuses = st.builds(Status, code=st.integers(0, 999), comment=st.none() | texts)
    status = draw(statuses) if report else None
    byte_range = ByteRange(start=start, end=end, total=None)
    ranges = st.just(byte_range) if status and status.tells_failure else st.none() | st.just(byte_range)
    return Request(
        transaction_id=transaction_id,
        method=method,
        to_path=draw(paths),
        from_path=draw(paths),
        message_id=draw(identifiers),
        success_report=None if report else draw(st.none() | st.booleans()),
        failure_report=None if report else draw(st.none() | st.sampled_from(FailureReport)),
        byte_range=draw(ranges),
        status=status,
        headers=draw(headers) + (draw(mime) if body is not None else ()),
        content_type=None if body is None else draw(media_types),
        body=body,
        flag=draw(st.sampled_from(Flag)) if method == Method.SEND else Flag.COMPLETE,
    )


responses = st.builds(
    Response,
    transaction_id=identifiers,
    code=st.integers(0, 999),
    comment=st.none() | texts,
    to_path=paths,
    from_path=paths,
    headers=headers,
)


@given(uris)
@settings(max_examples=200)
def test_a_uri_is_read_as_it_was_written(uri):
    """Every URI that may be written reads back as itself, and matches itself."""
    assert Uri.parse(uri.serialize()) == uri
    assert uri.matches(Uri.parse(uri.serialize()))


@given(requests())
@settings(max_examples=200)
def test_a_request_is_read_as_it_was_written(request):
    """Every request that may be written reads back as itself."""
    assert Request.parse(request.serialize()) == request


@given(responses)
@settings(max_examples=100)
def test_a_response_is_read_as_it_was_written(response):
    """Every response that may be written reads back as itself."""
    assert Response.parse(response.serialize()) == response


def joined(events):
    """Join the pieces of each body, which are cut where the stream was cut."""
    whole = []
    for event in events:
        if isinstance(event, BodyReceived) and whole and isinstance(whole[-1], BodyReceived):
            whole[-1] = BodyReceived(data=whole[-1].data + event.data)
        else:
            whole.append(event)
    return whole


def pieces(octets, cuts):
    """Cut octets at places."""
    edges = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    return [octets[start:end] for start, end in itertools.pairwise(edges)]


def events_of(parts):
    """Return the events of a stream in parts, joined, and whether it could be followed to its end."""
    framing = Framing()
    events = []
    try:
        for part in parts:
            events.extend(framing.receive(part))
    except RemoteProtocolError:
        return joined(events), False
    return joined(events), True


messages = st.lists(st.one_of(requests(), responses), max_size=4)
cut_places = st.lists(st.integers(0, 10**6), max_size=12)


@given(messages, cut_places)
@settings(max_examples=150)
def test_however_the_stream_is_cut(sent, cuts):
    """A stream gives the messages that it was made of, whatever the pieces in which it comes."""
    octets = b"".join(message.serialize() for message in sent)
    events, followed = events_of(pieces(octets, cuts))
    assert followed
    received = []
    for event in events:
        match event:
            case RequestBegun():
                received.append([event.request, b"" if event.has_body else None])
            case BodyReceived():
                received[-1][1] = event.data
            case RequestEnded():
                received[-1].append(event.flag)
            case _:
                received.append(event)
    expected = [
        message if isinstance(message, Response) else [_bare(message), message.body, message.flag]
        for message in sent
    ]
    assert received == expected


def _bare(request):
    return replace(request, body=None, flag=Flag.COMPLETE)


junk = st.one_of(
    st.binary(max_size=80),
    st.lists(
        st.sampled_from(
            [
                b"MSRP abcd SEND\r\n",
                b"MSRP abcd 200 OK\r\n",
                b"MSRP ",
                b"To-Path: msrp://h:1/s;tcp\r\n",
                b"From-Path: msrp://h:1/t;tcp\r\n",
                b"Message-ID: abcd\r\n",
                b"Byte-Range: 1-*/*\r\n",
                b"Byte-Range: 5-4/9\r\n",
                b"Content-Type: text/plain\r\n",
                b"Status: 000 200\r\n",
                b"Failure-Report: no\r\n",
                b"X: \xff\r\n",
                b"\r\n",
                b"body",
                b"-------abcd",
                b"-------abcd$\r\n",
                b"-------abcd+\r\n",
                b"-------abcd#\r\n",
                b"\x00",
            ]
        ),
        max_size=16,
    ).map(b"".join),
)


@given(junk, cut_places)
@settings(max_examples=300)
def test_any_octets_however_they_are_cut(octets, cuts):
    """Any octets give the same events in one piece and in many, and end in nothing but a protocol error."""
    assert events_of(pieces(octets, cuts)) == events_of([octets])


@given(junk)
@settings(max_examples=200)
def test_any_octets_as_one_message(octets):
    """Any octets are a message or end in a protocol error."""
    for kind in (Request, Response):
        try:
            message = kind.parse(octets)
        except RemoteProtocolError:
            continue
        assert not [found for found in message.check() if found.reply is not None]


@given(st.text(max_size=40) | st.builds("msrp://{}".format, st.text(max_size=30)))
@settings(max_examples=200)
def test_any_text_as_a_uri(text):
    """Any text is a URI or ends in a protocol error."""
    try:
        uri = Uri.parse(text)
    except RemoteProtocolError:
        return
    assert Uri.parse(uri.serialize()) == uri


@given(st.lists(junk, max_size=4), st.booleans())
@settings(max_examples=200)
def test_any_octets_on_a_connection(parts, active):
    """A connection takes any octets, or ends in a protocol error; then nothing is held of them."""
    local, remote = Uri.parse("msrp://h:1/s;tcp"), Uri.parse("msrp://h:1/t;tcp")
    numbers = iter(range(10**6))
    directory = Directory(lambda: f"abc{next(numbers)}")
    session = directory.add(Terms(local=local, remote=(remote,), active=active, max_octets=50))
    connection = Connection(directory)
    if active:
        connection.open(session)
    session.send(b"x" * 3000, "text/plain", success_report=True)
    try:
        for number, part in enumerate(parts):
            connection.receive(part)
            connection.data_to_send(float(number), 1000)
            connection.handle_timer(float(number))
    except RemoteProtocolError:
        pass
    connection.lost()
    assert (directory.held_octets, connection.sessions) == (0, ())
    assert len(directory) == (0 if session.over else 1)


@given(st.data())
@settings(max_examples=150)
def test_a_message_in_any_chunks(data):
    """A message is put together from chunks in any order, with any overlap, each in any pieces."""
    body = data.draw(st.binary(min_size=1, max_size=60))
    edges = data.draw(st.lists(st.integers(0, len(body)), max_size=6).map(sorted))
    spans = list(zip([0, *edges], [*edges, len(body)], strict=True))
    spans += data.draw(st.lists(st.sampled_from(spans), max_size=3))
    local, remote = Uri.parse("msrp://h:1/s;tcp"), Uri.parse("msrp://h:1/t;tcp")
    directory = Directory(lambda: "unused")
    session = directory.add(Terms(local=local, remote=(remote,), active=False))
    connection = Connection(directory)
    for number, (start, end) in enumerate(data.draw(st.permutations(spans))):
        chunk = Request(
            transaction_id=f"chunk{number}",
            method=Method.SEND,
            to_path=(local,),
            from_path=(remote,),
            message_id="message",
            byte_range=ByteRange(start=start + 1, end=None, total=None),
            content_type="text/plain",
            body=body[start:end],
            flag=Flag.COMPLETE if end == len(body) else Flag.MORE,
        )
        octets = chunk.serialize()
        for part in pieces(octets, data.draw(cut_places)):
            connection.receive(part)
    received = [event.message.body for event in directory.events if hasattr(event, "message")]
    assert received
    assert set(received) == {body}
    session.close()
    assert directory.held_octets == 0
