"""The file that tells a KMS who its subscribers are. How they came by their keys (GBA) is out of scope.

    identity = "sip:kms@example.com"
    ticket_key = "00112233445566778899aabbccddeeff"    # the KMS's own; nobody else has it

    [[subscriber]]
    identity = "sip:ue-a@example.com"
    key = "102132435465768798a9bacbdcedfe0f"           # shared with the KMS

    [[subscriber]]
    identity = "sip:mrfc@example.com"
    key = "2031425364758697a8b9cadbecfd0e1f"
    ticket_key = "30415263748596a7b8c9daebfc0d1e2f"    # to open or to make tickets itself
    answers_for = ["sip:conference@example.com"]       # may resolve what is for these, too

A key of a subscriber is named by its identity in a MIKEY message (IDRpsk), the ticket key by `NAME#ticket`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediasec.errors import MediaSecError
from mediasec.mikey.payloads import Identity
from mediasec.procedures.ticket_kms import Kms
from mediasec.procedures.ticket_subscribers import Subscriber, SubscriberDirectory
from mediasec.procedures.ticket_terms import PreSharedKey, TicketSettings, uri_identity

MAX_FILE_OCTETS = 16 * 2**20
"""The longest file that is read, in octets."""

_LEAST_KEY_OCTETS = 16
_SUBSCRIBER_FIELDS = {"identity", "key", "ticket_key", "answers_for"}
_FIELDS = {"identity", "ticket_key", "subscriber"}


class UnusableFile(MediaSecError):
    """The file does not say what it has to; the message is one plain sentence without a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribers:
    """What the file says.

    Attributes:
        kms: Identity of the KMS.
        ticket_key: TPK that the KMS shares with nobody.
        subscribers: The parties that it knows.
    """

    kms: Identity
    ticket_key: PreSharedKey
    subscribers: tuple[Subscriber, ...]

    def new_kms(self, settings: TicketSettings) -> Kms:
        """Return a KMS that knows these subscribers."""
        directory = SubscriberDirectory(self.kms, self.subscribers)
        return Kms(self.kms, settings, self.ticket_key, directory)


def read_subscribers(path: Path) -> Subscribers:
    """Read the file.

    Raises:
        UnusableFile: It cannot be read, or does not say what it has to.
    """
    try:
        if path.stat().st_size > MAX_FILE_OCTETS:
            raise UnusableFile(f"{path} has more than {MAX_FILE_OCTETS} octets.")
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        # The text of the error may quote a key.
        raise UnusableFile(f"{path} is not TOML.") from error
    return subscribers_of(found, str(path))


def subscribers_of(found: dict[str, Any], where: str) -> Subscribers:
    """Return what the parsed file says.

    Args:
        found: The file as tables.
        where: What it is called in an error.

    Raises:
        UnusableFile: It does not say what it has to.
    """
    _check_names(found, _FIELDS, where)
    identity = _text(found, "identity", where)
    entries = found.get("subscriber", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnusableFile(f"In {where} each subscriber is a table '[[subscriber]]'.")
    subscribers = tuple(
        _subscriber(entry, f"subscriber {number} of {where}") for number, entry in enumerate(entries, 1)
    )
    known = [each.identity.data for each in subscribers]
    if len(set(known)) != len(known):
        raise UnusableFile(f"In {where} two subscribers have one identity.")
    return Subscribers(
        kms=uri_identity(identity),
        ticket_key=_key(found, "ticket_key", f"{identity}#ticket", where),
        subscribers=subscribers,
    )


def _subscriber(entry: dict[str, Any], where: str) -> Subscriber:
    _check_names(entry, _SUBSCRIBER_FIELDS, where)
    identity = _text(entry, "identity", where)
    groups = entry.get("answers_for", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise UnusableFile(f"'answers_for' of {where} is no list of URIs.")
    own = "ticket_key" in entry
    return Subscriber(
        identity=uri_identity(identity),
        credential=_key(entry, "key", identity, where),
        ticket_key=_key(entry, "ticket_key", f"{identity}#ticket", where) if own else None,
        groups=frozenset(group.encode() for group in groups),
    )


def _check_names(entry: dict[str, Any], names: set[str], where: str) -> None:
    if unknown := sorted(set(entry) - names):
        raise UnusableFile(f"'{unknown[0]}' of {where} is not known.")


def _text(entry: dict[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value:
        raise UnusableFile(f"'{name}' of {where} is missing, or is no text.")
    return value


def _key(entry: dict[str, Any], name: str, key_name: str, where: str) -> PreSharedKey:
    try:
        key = bytes.fromhex(_text(entry, name, where))
    except ValueError:
        raise UnusableFile(f"'{name}' of {where} is not hexadecimal.") from None
    if len(key) < _LEAST_KEY_OCTETS:
        raise UnusableFile(f"'{name}' of {where} is shorter than {_LEAST_KEY_OCTETS} octets.")
    return PreSharedKey(name=key_name.encode(), key=key)
