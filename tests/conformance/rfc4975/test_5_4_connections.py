import pytest

from mediasec.errors import LocalProtocolError
from mediasec.msrp.connection import Connection
from mediasec.msrp.events import MessageFailed, MessageReceived, SessionEstablished, SessionFailed
from mediasec.msrp.states import State
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


def test_msrp_054__a_session_in_use_is_refused(msrp_side, send):
    """A request for a session that another connection has gets a 506, and nothing becomes of it."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send(None))
    intruder = Connection(bob.directory)
    intruder.receive(send("Let me in"))
    assert intruder.data_to_send(0.0, 65536).startswith(b"MSRP d93kswow 506\r\n")
    assert [type(event) for event in bob.news()] == []
    assert intruder.sessions == ()


def test_msrp_054__its_own_connection_goes_on(msrp_side, send):
    """The connection that has the session keeps it, and a free session can be bound by any."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send(None))
    Connection(bob.directory).receive(send("Let me in"))
    bob.messages()
    bob.receive(send())
    assert [answer.code for answer in bob.messages()] == [200]


def test_msrp_067__a_duplicate_is_told_as_one(msrp_side, send):
    """A second message with the same Message-ID is answered, and marked as a duplicate."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    news = bob.receive(send(identifier="first000") + send(identifier="second00"))
    received = [event.message for event in news if isinstance(event, MessageReceived)]
    assert [message.duplicate for message in received] == [False, True]
    assert [answer.code for answer in bob.messages()] == [200, 200]


def test_msrp_067__also_on_the_session_that_replaces_one(msrp_side, send):
    """A message that is sent again on a new session, after its old one failed, is marked too."""
    bob = msrp_side("bob")
    bob.session(BOB, ALICE)
    bob.receive(send())
    bob.connection.lost()
    bob.news()
    replacement = Uri.parse("msrp://bob.example.com:8888/replacement;tcp")
    bob.session(replacement, ALICE)
    bob.connection = Connection(bob.directory)
    news = bob.receive(send(to=replacement.serialize()))
    assert [event.message.duplicate for event in news if isinstance(event, MessageReceived)] == [True]


def test_msrp_078__the_active_side_sends_at_once(msrp_side):
    """The active side sends a SEND without a body as soon as it is connected."""
    alice = msrp_side("alice")
    session = alice.session(ALICE, BOB, active=True)
    alice.output()
    (first,) = alice.messages()
    assert (first.method, first.body, first.content_type) == ("SEND", None, None)
    assert (first.to_path, first.from_path) == ((BOB,), (ALICE,))
    assert session.state is State.BINDING


def test_msrp_078__before_anything_else(msrp_side):
    """What the active side has to say before it is connected goes out after that SEND, and nothing twice."""
    alice = msrp_side("alice")
    session = alice.directory.add(Terms(local=ALICE, remote=(BOB,), active=True))
    session.send(b"first", "text/plain")
    alice.connection.open(session)
    session.send(b"second", "text/plain")
    alice.output()
    assert [message.body for message in alice.messages()] == [None, b"first", b"second"]
    with pytest.raises(LocalProtocolError, match="MSRP_080"):
        alice.connection.open(session)


@pytest.mark.parametrize(
    ("code", "state"), [(200, State.ESTABLISHED), (481, State.FAILED), (403, State.FAILED)]
)
def test_msrp_078__what_the_answer_to_it_means(msrp_side, code, state):
    """The session is established once that SEND is accepted, and fails if it is not."""
    alice = msrp_side("alice")
    session = alice.session(ALICE, BOB, active=True)
    alice.output()
    (first,) = alice.messages()
    news = alice.receive(
        f"MSRP {first.transaction_id} {code}\nTo-Path: {ALICE.serialize()}\n"
        f"From-Path: {BOB.serialize()}\n-------{first.transaction_id}$\n"
    )
    assert session.state is state
    expected = (
        SessionEstablished(session=session) if code == 200 else SessionFailed(session=session, code=code)
    )
    assert news == [expected]


def test_msrp_078__no_answer_to_it_in_30_seconds(msrp_side):
    """The session fails if that SEND is not answered in time."""
    alice = msrp_side("alice")
    session = alice.session(ALICE, BOB, active=True)
    alice.output(now=10.0)
    alice.connection.handle_timer(40.0)
    assert alice.news() == [SessionFailed(session=session, code=408)]


def test_msrp_079__the_passive_side_waits(msrp_side, send):
    """What the passive side has to say waits for the first request, and then goes out in order."""
    bob = msrp_side("bob")
    session = bob.session(BOB, ALICE)
    session.send(b"first", "text/plain")
    session.send(b"second", "text/plain")
    assert bob.output() == b""
    assert bob.receive(send(None)) == [SessionEstablished(session=session)]
    answer, *messages = bob.messages()
    assert answer.code == 200
    assert [message.body for message in messages] == [b"first", b"second"]


def test_msrp_079__once_bound_it_sends_at_once(msrp_side, send):
    """What the passive side has to say after the first request goes out at once."""
    bob = msrp_side("bob")
    session = bob.session(BOB, ALICE)
    bob.receive(send(None))
    bob.messages()
    session.send(b"Hi", "text/plain")
    bob.output()
    assert [message.body for message in bob.messages()] == [b"Hi"]


def test_msrp_079__what_waits_can_be_given_up(msrp_side, send):
    """A message that waits for the connection and is given up does not go out."""
    bob = msrp_side("bob")
    session = bob.session(BOB, ALICE)
    session.abort(session.send(b"first", "text/plain"))
    session.abort("unknown")
    session.send(b"second", "text/plain")
    bob.receive(send(None))
    assert [message.body for message in bob.messages()[1:]] == [b"second"]


def test_msrp_080__a_lost_connection_fails_its_sessions(msrp_pair):
    """All sessions of a lost connection fail, their messages are told, and their memory is given back."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.bob_side.connection.receive(pair.alice_side.output(limit=4000))
    assert pair.bob_side.directory.held_octets > 0
    pair.alice_side.connection.lost()
    pair.bob_side.connection.lost()
    assert pair.alice_side.news() == [
        SessionFailed(session=pair.alice, code=None),
        MessageFailed(session=pair.alice, message_id=name, code=None),
    ]
    assert pair.bob_side.news() == [SessionFailed(session=pair.bob, code=None)]
    assert (pair.alice.state, pair.bob.state) == (State.FAILED, State.FAILED)
    assert pair.bob_side.directory.held_octets == 0
    assert (len(pair.alice_side.directory), pair.alice_side.connection.sessions) == (0, ())


def test_msrp_080__nothing_is_sent_on_a_session_that_failed(msrp_pair):
    """A session that failed takes no more messages."""
    pair = msrp_pair()
    pair.alice_side.connection.lost()
    with pytest.raises(LocalProtocolError, match="MSRP_080"):
        pair.alice.send(b"Hi", "text/plain")


def test_msrp_083__a_message_sent_again_keeps_its_name(msrp_pair):
    """A message that is sent again has the Message-ID that it had before."""
    first, second = msrp_pair(), msrp_pair()
    name = first.alice.send(b"Hi", "text/plain")
    assert second.alice.send(b"Hi", "text/plain", message_id=name) == name
    second.carry()
    assert second.alice_side.messages()[0].message_id == name


def test_msrp_083__another_message_does_not(msrp_pair):
    """A message that is not sent again has a Message-ID of its own."""
    pair = msrp_pair()
    assert pair.alice.send(b"Hi", "text/plain") != pair.alice.send(b"Hi", "text/plain")


def test_msrp_084__the_peer_that_the_session_was_agreed_with(msrp_side, send):
    """A connection whose peer has the identity of the session binds it."""
    bob = msrp_side("bob", secure=True, psk_identity="alice")
    bob.session(BOB, ALICE, psk_identity="alice")
    bob.receive(send())
    assert [answer.code for answer in bob.messages()] == [200]


@pytest.mark.parametrize("identity", ["mallory", None])
def test_msrp_084__to_another_peer_there_is_no_session(msrp_side, send, identity):
    """A connection of another peer gets a 481, as for a session that does not exist."""
    bob = msrp_side("bob", secure=True, psk_identity=identity)
    bob.session(BOB, ALICE, psk_identity="alice")
    assert bob.receive(send()) == []
    assert [answer.code for answer in bob.messages()] == [481]


def test_msrp_084__nor_does_a_peer_open_a_session_of_the_active_side(msrp_side, send):
    """A session that this side is to open cannot be bound by a request from the other side."""
    bob = msrp_side("bob")
    bob.directory.add(Terms(local=BOB, remote=(ALICE,), active=True))
    bob.receive(send())
    assert [answer.code for answer in bob.messages()] == [481]
