"""Fuzzes the readers of BFCP with atheris, guided by the branches that they take.

Usage: python tests/fuzz/bfcp_messages.py [options of libFuzzer] CORPUS

A message that breaks no rule is the same after it was written and read again. A floor control server answers
whatever comes with messages that break no rule, and a client takes it. What cannot be read raises
RemoteProtocolError. Anything else ends the run with the input that led to it.
"""

import contextlib
import sys

with contextlib.suppress(ImportError):
    import atheris

with atheris.instrument_imports() if "atheris" in globals() else contextlib.nullcontext():
    from mediasec.bfcp import Conference, Floor, FloorControlClient, FloorControlServer, Message, Send, User
    from mediasec.errors import RemoteProtocolError
    from mpspec.protocol.bfcp_decode import decode


def one_input(data: bytes) -> None:
    """Read one input in every way that there is."""
    assert sum(part.length for part in decode(data).messages) == len(data)
    with contextlib.suppress(RemoteProtocolError):
        message = Message.parse(data)
        message.unknown_mandatory()
        if not message.check():
            assert Message.parse(message.serialize()) == message
    serve(data)
    client = FloorControlClient(conference_id=1, user_id=1)
    client.query_user()
    with contextlib.suppress(RemoteProtocolError):
        client.receive(data)


def serve(data: bytes) -> None:
    """Let a floor control server take the input as what its user and its chair send, in two pieces each."""
    users = [User(user_id=number, identity="one", third_party=True) for number in (1, 2)]
    floors = [Floor(floor_id=1, requests_per_user=3), Floor(floor_id=2, chair=2)]
    conference = Conference(conference_id=1, floors=floors, users=users)
    server = FloorControlServer([conference])
    half = len(data) // 2
    for connection in ("one", "two"):
        server.connect(connection, "one")
        for piece in (data[:half], data[half:]):
            for action in server.receive(connection, piece, 0.0):
                if isinstance(action, Send):
                    assert Message.parse(action.message.serialize()) == action.message
    for floor in floors:
        assert len(conference.holders(floor.floor_id)) <= floor.max_holders


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
