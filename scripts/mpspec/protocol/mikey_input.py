"""Finding a MIKEY message in what a person has at hand: a file, standard input, base64, hex, or SDP."""

import re

from mpspec.model import CannotRun
from mpspec.protocol.octets import check_size, from_base64, from_text, is_text, read_source

_KEY_MGMT = re.compile(r"(?:a=)?key-mgmt:\s*mikey\s+(?P<data>[A-Za-z0-9+/=]+)")


def read_message(source: str) -> bytes:
    """Return the octets of a message.

    Args:
        source: The name of a file, `-` for standard input, or the message itself as text.

    Raises:
        CannotRun: There is no message in it.
    """
    return message_in(*read_source(source))


def message_in(data: bytes, name: str) -> bytes:
    """Return the message in octets that are text of one of the known forms, or the message itself.

    A message in hexadecimal begins with `01` and one in base64 with `AQ`, so the two cannot be confused.

    Args:
        data: Octets, or text in ASCII.
        name: What they are called in an error.

    Raises:
        CannotRun: They hold no message.
    """
    check_size(data, name)
    if not is_text(data):
        return data
    text = data.decode("ascii")
    offered = _KEY_MGMT.search(text)
    if offered:
        return from_base64(offered["data"], name)
    octets = from_text(text, name)
    if octets is None:
        raise CannotRun(
            f"{name} holds no MIKEY message: it is no file, hex, base64, or SDP with a=key-mgmt:mikey."
        )
    return octets
