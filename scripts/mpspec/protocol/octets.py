"""Octets in what a person has at hand: a file, standard input, or text in hexadecimal or base64."""

import base64
import binascii
import re
import sys
from pathlib import Path

from mpspec.model import CannotRun

MAX_OCTETS = 4 << 20
"""The most that is read."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def read_source(source: str) -> tuple[bytes, str]:
    """Return what stands in a source, and what the source is called in an error.

    Args:
        source: The name of a file, `-` for standard input, or the text itself.

    Raises:
        CannotRun: There is nothing in it, or too much.
    """
    data, name = _read(source)
    check_size(data, name)
    return data, name


def check_size(data: bytes, name: str) -> None:
    """Demand that octets are some, and not too many.

    Raises:
        CannotRun: They are not.
    """
    if len(data) > MAX_OCTETS:
        raise CannotRun(f"{name} holds more than {MAX_OCTETS} octets.")
    if not data.strip():
        raise CannotRun(f"{name} is empty.")


def text_of(data: bytes) -> str | None:
    """Return octets as text, without a byte order mark, or None where they are no text in UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def from_text(text: str, name: str) -> bytes | None:
    """Return octets from text in hexadecimal or base64, or None for neither.

    White space, colons and a `0x` before hexadecimal are left out.

    Raises:
        CannotRun: It is base64 that does not decode.
    """
    packed = re.sub(r"[\s:]", "", text).removeprefix("0x")
    if _HEX.fullmatch(packed):
        return bytes.fromhex(packed)
    if _BASE64.fullmatch(packed):
        return from_base64(packed, name)
    return None


def from_base64(text: str, name: str) -> bytes:
    """Return octets from base64.

    Raises:
        CannotRun: It does not decode.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise CannotRun(f"{name} holds base64 that does not decode: {error}.") from error


def _read(source: str) -> tuple[bytes, str]:
    if source == "-":
        return sys.stdin.buffer.read(MAX_OCTETS + 1), "standard input"
    path = Path(source)
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(MAX_OCTETS + 1), source
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise CannotRun(f"{source} cannot be read: {error.strerror}.") from error
    return source.encode(errors="replace"), "the argument"
