"""Messages of Mp as JSON, for two processes of this project; the encoding of stage 3 is H.248.

This module is the only one that knows the encoding. A message is an object with its `procedure`; enumerations
are their text, addresses are objects, and a key is in hexadecimal.
"""

import json
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from mediasec.errors import LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.procedures.mp.messages import MESSAGES, Message

MAX_OCTETS = 64 * 1024
"""Length of the longest message, in octets."""

_BY_PROCEDURE = {message.procedure: message for message in MESSAGES}


def encode(message: Message) -> bytes:
    """Return a message as JSON in UTF-8.

    Raises:
        LocalProtocolError: The message breaks a requirement.

    Source:
        MPP_010 (TS 23.333, 8.1)
    """
    if findings := message.check():
        raise LocalProtocolError(*findings)
    return json.dumps({"procedure": message.procedure} | _encoded(message), ensure_ascii=False).encode()


def decode(data: bytes) -> Message:
    """Return the message in JSON.

    Raises:
        MalformedMessage: It is no message of Mp.
        RequirementViolated: It is one and breaks a requirement.

    Source:
        MPP_010 (TS 23.333, 8.1)
    """
    if len(data) > MAX_OCTETS:
        raise MalformedMessage(f"a message of {len(data)} octets is longer than {MAX_OCTETS}")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("the message is not JSON") from error
    procedure = found.pop("procedure", None) if isinstance(found, dict) else None
    if not isinstance(procedure, str) or procedure not in _BY_PROCEDURE:
        raise MalformedMessage("the message names no procedure of Mp")
    kind = _BY_PROCEDURE[procedure]
    message = _decoded(found, kind, kind.procedure)
    assert isinstance(message, Message)
    if findings := message.check():
        raise RequirementViolated(*findings)
    return message


def without_key(message: Message) -> bytes:
    """Return a message as JSON with its secrets replaced by their lengths, for people to look at."""
    return json.dumps(
        {"procedure": message.procedure} | _encoded(message, hide=True), ensure_ascii=False
    ).encode()


def _encoded(value: Any, *, hide: bool = False) -> Any:
    if is_dataclass(value):
        found = {each.name: getattr(value, each.name) for each in fields(value)}
        return {name: _encoded(each, hide=hide) for name, each in found.items() if each is not None}
    if isinstance(value, bytes):
        return f"{len(value)} octets, not shown" if hide else value.hex()
    if isinstance(value, tuple):
        return [_encoded(each, hide=hide) for each in value]
    return value


def _decoded(value: Any, kind: Any, where: str) -> Any:
    """Return a JSON value as the type of a field; one that does not fit is malformed."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (each for each in get_args(kind) if each is not type(None))
    if is_dataclass(kind) and isinstance(kind, type):
        return _decoded_object(value, kind, where)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_decoded(each, get_args(kind)[0], where) for each in value)
    try:
        if kind is bytes and isinstance(value, str):
            return bytes.fromhex(value)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return kind(value)
    except ValueError as error:
        raise MalformedMessage(f"{where} has a value that it cannot have") from error
    if not isinstance(kind, type) or type(value) is not kind:
        raise MalformedMessage(f"{where} is of another type")
    if isinstance(value, int) and not 0 <= value < 1 << 32:
        raise MalformedMessage(f"{where} does not fit into 32 bits")
    return value


def _decoded_object(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, dict):
        raise MalformedMessage(f"{where} is of another type")
    types = get_type_hints(kind)
    known = {each.name for each in fields(kind)}
    if unknown := sorted(set(value) - known):
        raise MalformedMessage(f"{where} has an element '{unknown[0]}' that is not known"[:200])
    found = {name: _decoded(each, types[name], f"{where}.{name}") for name, each in value.items()}
    for each in fields(kind):
        if "element" in each.metadata and each.default is MISSING:
            found.setdefault(each.name, None)  # Its absence is a finding of `check`, with its name.
    try:
        return kind(**found)
    except TypeError as error:
        raise MalformedMessage(f"{where} is without an element that it needs") from error
