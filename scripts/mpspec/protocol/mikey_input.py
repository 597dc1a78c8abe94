"""Finding MIKEY messages in what a person has at hand: a file, standard input, base64, hex, or SDP."""

import re

from mpspec.model import CannotRun
from mpspec.protocol.octets import check_size, from_base64, from_text, read_source, text_of

_FOLD = re.compile(r"\r?\n[ \t]+")
_KEY_MGMT = re.compile(r"(?:a=)?key-mgmt:\s*mikey[ \t]+(?P<data>\S[^\r\n]*)")


def read_message(source: str) -> bytes:
    """Return the octets of the one message in a source.

    Args:
        source: The name of a file, `-` for standard input, or the message itself as text.

    Raises:
        CannotRun: There is no message in it, or more than one.
    """
    data, name = read_source(source)
    return message_in(data, name)


def read_messages(source: str) -> list[bytes]:
    """Return the octets of each message in a source, which is as above.

    Raises:
        CannotRun: There is no message in it.
    """
    data, name = read_source(source)
    return messages_in(data, name)


def message_in(data: bytes, name: str) -> bytes:
    """Return the one message in octets.

    Args:
        data: As for `messages_in`.
        name: What they are called in an error.

    Raises:
        CannotRun: They hold no message, or more than one.
    """
    found = messages_in(data, name)
    if len(found) > 1:
        raise CannotRun(f"{name} holds {len(found)} MIKEY messages; give the line of one of them.")
    return found[0]


def messages_in(data: bytes, name: str) -> list[bytes]:
    """Return the messages in octets that are text of one of the known forms, or a message themselves.

    A message in hexadecimal begins with `01` and one in base64 with `AQ`, so the two cannot be confused.
    A description in SDP may have a message for each stream.

    Args:
        data: Octets, or text in UTF-8.
        name: What they are called in an error.

    Raises:
        CannotRun: They hold no message.
    """
    check_size(data, name)
    text = text_of(data)
    if text is None:
        return [data]
    offered = _KEY_MGMT.findall(_FOLD.sub("", text))
    if offered:
        return [from_base64(each.rstrip(), name) for each in offered]
    octets = from_text(text, name)
    if octets is None:
        raise CannotRun(
            f"{name} holds no MIKEY message: it is no file, hex, base64, or SDP with a=key-mgmt:mikey."
        )
    return [octets]
