"""Finding a MIKEY message in what a person has at hand: a file, standard input, base64, hex, or SDP."""

import base64
import binascii
import re
import sys
from pathlib import Path

from mpspec.model import CannotRun

_MAX_OCTETS = 4 << 20
_KEY_MGMT = re.compile(r"(?:a=)?key-mgmt:\s*mikey\s+(?P<data>[A-Za-z0-9+/=]+)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def read_message(source: str) -> bytes:
    """Return the octets of a message.

    Args:
        source: The name of a file, `-` for standard input, or the message itself as text.

    Raises:
        CannotRun: There is no message in it.
    """
    if source == "-":
        return message_in(sys.stdin.buffer.read(_MAX_OCTETS + 1), "standard input")
    path = Path(source)
    try:
        if path.is_file():
            with path.open("rb") as file:
                return message_in(file.read(_MAX_OCTETS + 1), source)
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise CannotRun(f"{source} cannot be read: {error.strerror}.") from error
    return message_in(source.encode(errors="replace"), "the argument")


def message_in(data: bytes, name: str) -> bytes:
    """Return the message in octets that are text of one of the known forms, or the message itself.

    A message in hexadecimal begins with `01` and one in base64 with `AQ`, so the two cannot be confused.

    Args:
        data: Octets, or text in ASCII.
        name: What they are called in an error.

    Raises:
        CannotRun: They hold no message.
    """
    if len(data) > _MAX_OCTETS:
        raise CannotRun(f"{name} holds more than {_MAX_OCTETS} octets.")
    if not data.strip():
        raise CannotRun(f"{name} is empty.")
    if not _is_text(data):
        return data
    text = data.decode("ascii")
    offered = _KEY_MGMT.search(text)
    if offered:
        return _from_base64(offered["data"], name)
    packed = re.sub(r"[\s:]", "", text)
    if _HEX.fullmatch(packed):
        return bytes.fromhex(packed)
    if _BASE64.fullmatch(packed):
        return _from_base64(packed, name)
    raise CannotRun(
        f"{name} holds no MIKEY message: it is no file, hex, base64, or SDP with a=key-mgmt:mikey."
    )


def _is_text(data: bytes) -> bool:
    return all(octet in b"\t\n\r" or 0x20 <= octet < 0x7F for octet in data)


def _from_base64(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise CannotRun(f"{name} holds base64 that does not decode: {error}.") from error
