"""Fuzzes the readers of MSRP with atheris, guided by the branches that they take.

Usage: python tests/fuzz/msrp_stream.py [options of libFuzzer] CORPUS

A stream gives the same events in one piece and octet by octet, a connection takes it and holds nothing of it
afterwards, a message that is read is written and read again, and what is not read raises RemoteProtocolError.
Anything else ends the run with the input that led to it.
"""

import contextlib
import sys

with contextlib.suppress(ImportError):
    import atheris

with atheris.instrument_imports() if "atheris" in globals() else contextlib.nullcontext():
    from mediasec.errors import LocalProtocolError, RemoteProtocolError
    from mediasec.msrp import Connection, Directory, Framing, Request, Response, Terms, Uri
    from mediasec.msrp.framing import BodyReceived
    from mpspec.protocol.msrp_decode import decode

NEAR = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")
FAR = Uri.parse("msrp://alicepc.example.com:7777/iau39soe2843z;tcp")


def one_input(data: bytes) -> None:
    """Read one input in every way that there is."""
    assert sum(message.length for message in decode(data).messages) == len(data)
    assert events([data]) == events([data[at : at + 1] for at in range(len(data))])
    receive(data)
    for kind in (Request, Response):
        with contextlib.suppress(RemoteProtocolError, LocalProtocolError):
            message = kind.parse(data)
            assert kind.parse(message.serialize()) == message


def events(pieces: list[bytes]) -> list[object]:
    """Return the events of a stream, each body in one piece, and None at an end before its time."""
    framing = Framing()
    found: list[object] = []
    try:
        for piece in pieces:
            for event in framing.receive(piece):
                if isinstance(event, BodyReceived) and found and isinstance(found[-1], bytes):
                    found[-1] += event.data
                else:
                    found.append(event.data if isinstance(event, BodyReceived) else event)
    except RemoteProtocolError:
        found.append(None)
    return found


def receive(data: bytes) -> None:
    """Have both kinds of session receive the input."""
    for active in (True, False):
        numbers = iter(range(len(data) + 100))
        directory = Directory(lambda numbers=numbers: f"abcd{next(numbers)}")
        session = directory.add(Terms(local=NEAR, remote=(FAR,), active=active, max_octets=1000))
        connection = Connection(directory)
        if active:
            connection.open(session)
        session.send(b"x" * 5000, "text/plain", success_report=True)
        with contextlib.suppress(RemoteProtocolError):
            for half in (data[: len(data) // 2], data[len(data) // 2 :]):
                connection.data_to_send(1.0, 1000)
                connection.receive(half)
        connection.handle_timer(60.0)
        connection.lost()
        assert not connection.sessions
        assert directory.held_octets == 0


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
