"""What can go wrong, as one tree, and the finding that names the requirement.

- `MediaSecError`
    - `LocalProtocolError`: our caller asked for what the source forbids
    - `RemoteProtocolError`: the peer did
        - `MalformedMessage`: does not parse
        - `RequirementViolated`: parses, breaks a requirement
        - `AuthenticationFailed`: a MAC or ticket check failed; says no more
    - `EndpointError`: handshake, timeout, connection; raised `from` its cause

No error, finding or representation holds key material.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A requirement that a message breaks.

    Attributes:
        requirement: ID of the requirement in `reqs/`, such as `SDP_012`.
        where: Path to the place in the message, such as `media[0].attribute[3]` or `payload[2].lifetime`.
        message: What was seen and what is wanted, in one plain sentence.
        reply: Code to answer with on the wire, where the protocol has one.
    """

    requirement: str
    where: str
    message: str
    reply: int | None = None

    def __str__(self) -> str:
        return f"{self.requirement} at {self.where}: {self.message}"


class MediaSecError(Exception):
    """Base of every error that this package raises on purpose."""


class LocalProtocolError(MediaSecError):
    """Our caller asked for what the source forbids.

    Attributes:
        findings: The requirements that the request would break.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class RemoteProtocolError(MediaSecError):
    """The peer sent what the source forbids."""


class MalformedMessage(RemoteProtocolError):
    """The octets do not parse.

    Attributes:
        reason: What is wrong, in one plain sentence without the octets themselves.
        offset: Place in the message in octets from its start, where known.
    """

    def __init__(self, reason: str, *, offset: int | None = None) -> None:
        super().__init__(reason if offset is None else f"{reason} (at octet {offset})")
        self.reason = reason
        self.offset = offset


class RequirementViolated(RemoteProtocolError):
    """The message parses and breaks a requirement.

    Attributes:
        findings: Every requirement found broken, not the first alone.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


class AuthenticationFailed(RemoteProtocolError):
    """A MAC, signature or ticket check failed. It says no more, so that it tells an attacker nothing."""

    def __init__(self) -> None:
        super().__init__("Authentication failed.")


class EndpointError(MediaSecError):
    """A handshake, a timeout or a connection failed; the cause is chained."""
