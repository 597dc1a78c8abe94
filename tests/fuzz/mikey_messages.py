"""Fuzzes the readers of MIKEY with atheris, guided by the branches that they take.

Usage: python tests/fuzz/mikey_messages.py [options of libFuzzer] CORPUS

A message that is read is written again octet for octet, its rules raise nothing, and a message that is not
read raises RemoteProtocolError. Anything else ends the run with the input that led to it.
"""

import contextlib
import sys

with contextlib.suppress(ImportError):
    import atheris

with atheris.instrument_imports() if "atheris" in globals() else contextlib.nullcontext():
    from mediasec.errors import RemoteProtocolError
    from mediasec.mikey.exchange_rules import check_exchange
    from mediasec.mikey.message import Message
    from mediasec.mikey.payloads import Kemac, Ticket, TicketPolicy
    from mediasec.mikey.rules import check_message
    from mediasec.mikey.ticket import InitiatorData, PolicyData, TicketData, parse_key_data
    from mpspec.protocol.mikey_decode import decode


def one_input(data: bytes) -> None:
    """Read one input in every way that there is."""
    assert decode(data).part.length == len(data)
    try:
        message = Message.parse_unchecked(data)
    except RemoteProtocolError:
        return
    if not message.check():
        assert message.serialize() == data
        assert len(message.authenticated_octets()) <= len(data)
    check_message(message)
    check_exchange(message, message)
    for payload in message.payloads:
        read_inside(payload)


def read_inside(payload: object) -> None:
    """Read what lies in a payload."""
    inner = []
    if isinstance(payload, TicketPolicy):
        inner.append((PolicyData.parse, payload.data))
    elif isinstance(payload, Ticket):
        inner.append((PolicyData.parse, payload.policy.data))
        inner.append((TicketData.parse, payload.data))
        inner.append((InitiatorData.parse, payload.initiator_data))
    elif isinstance(payload, Kemac):
        inner.append((parse_key_data, payload.data))
    for parse, octets in inner:
        with contextlib.suppress(RemoteProtocolError):
            parse(octets)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
