"""MSRP URIs: syntax, checks, and the comparison that finds a session."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from mediasec.errors import Finding, LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.msrp.registry import StatusCode

MAX_URI_OCTETS = 1024
"""The longest URI accepted, in octets."""

_CACHED_URIS = 1024

TCP = "tcp"
"""The only transport that RFC 4975 defines."""

_WORD = r"[!#-'*+\-.0-9A-Z^-~]+"
_HOST = r"\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,=]|%[0-9A-Fa-f]{2})+"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]", re.ASCII)
_URI = re.compile(
    r"(?P<scheme>msrps?)://"
    r"(?:(?P<userinfo>(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*)@)?"
    rf"(?P<host>{_HOST})(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?:/(?P<session_id>[A-Za-z0-9\-._~+=/]+))?"
    r";(?P<transport>[A-Za-z0-9]+)"
    rf"(?P<parameters>(?:;{_WORD}(?:={_WORD})?)*)",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uri:
    """An MSRP URI: a session at a device, or the device.

    Two URIs that `matches` calls equal may differ as objects, since `==` compares the text of each part.

    Attributes:
        scheme: `msrp`, or `msrps` where TLS protects the connection; US-ASCII in any case.
        host: Host name, IPv4 address, or IPv6 address in brackets; US-ASCII.
        port: TCP port, 0 to 65535; None where the URI names none.
        session_id: What names the session; None in the URI of a device. Secret, as RFC 4975, 14.1 has it.
        transport: Transport parameter; US-ASCII in any case.
        userinfo: Account for which the session is valid, as it stands in the URI; None if none.
        parameters: Further parameters, each `name` or `name=value`, in their order.
    """

    scheme: str = "msrps"
    host: str
    port: int | None
    session_id: str | None = field(repr=False)
    transport: str = TCP
    userinfo: str | None = None
    parameters: tuple[str, ...] = ()

    @staticmethod
    def parse(text: str) -> "Uri":
        """Read a URI.

        Args:
            text: The URI; US-ASCII.

        Raises:
            MalformedMessage: The text is not an MSRP URI.
            RequirementViolated: It is one, and breaks a requirement.
        """
        uri = _read(text)
        if findings := uri.check():
            raise RequirementViolated(*findings)
        return uri

    @staticmethod
    def read(text: str) -> "Uri":
        """Read a URI by its syntax alone, as `parse` does before its checks.

        Raises:
            MalformedMessage: The text is not an MSRP URI.
        """
        return _read(text)

    def serialize(self) -> str:
        """Write the URI.

        Raises:
            LocalProtocolError: It breaks a requirement, or does not read back as it is.
        """
        return _write(self)

    @property
    def text(self) -> str:
        """The URI as text, whether or not it may be written."""
        userinfo = "" if self.userinfo is None else f"{self.userinfo}@"
        port = "" if self.port is None else f":{self.port}"
        session = "" if self.session_id is None else f"/{self.session_id}"
        parameters = "".join(f";{parameter}" for parameter in self.parameters)
        return f"{self.scheme}://{userinfo}{self.host}{port}{session};{self.transport}{parameters}"

    def check(self) -> list[Finding]:
        """Return every requirement that the URI breaks.

        Source:
            MSRP_002 (RFC 4975, 6)
            MSRP_003 (RFC 4975, 6)
            MSRP_004 (RFC 4975, 6)
        """
        findings = []
        if self.transport.lower() != TCP:
            findings.append(self._finding("MSRP_002", "transport", "The transport parameter is not 'tcp'."))
        if self.port is None and self.address is not None:
            findings.append(self._finding("MSRP_003", "port", "An IP address stands without a port."))
        if ":" in (self.userinfo or ""):
            findings.append(self._finding("MSRP_004", "userinfo", "The userinfo holds a password."))
        return findings

    @staticmethod
    def _finding(requirement: str, where: str, message: str) -> Finding:
        return Finding(
            requirement=requirement,
            where=f"uri.{where}",
            message=message,
            reply=StatusCode.UNINTELLIGIBLE,
        )

    @property
    def secure(self) -> bool:
        """Whether the scheme demands TLS on the connection."""
        return self.scheme.lower() == "msrps"

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The IP address that the host is, after decoding of what is percent-encoded; None for a name."""
        try:
            return ip_address(self.normal_host.strip("[]"))
        except ValueError:
            return None

    @property
    def normal_host(self) -> str:
        """The host in lower case, with what need not be percent-encoded decoded (RFC 3986, 6.2.2)."""

        def decode(escape: re.Match[str]) -> str:
            character = chr(int(escape[1], 16))
            return character if _UNRESERVED.fullmatch(character) else escape[0]

        return _ESCAPE.sub(decode, self.host).lower()

    def matches(self, other: "Uri") -> bool:
        """Return whether both URIs name the same thing."""
        return self.key == other.key

    @property
    def key(self) -> tuple[object, ...]:
        """What two URIs that match have in common, and no two others: for use as a key.

        Userinfo and further parameters do not count.
        """
        return _key(self)


# The URIs of a session come with each of its messages, so the last ones are kept.


@lru_cache(maxsize=_CACHED_URIS)
def _read(text: str) -> Uri:
    """Read a URI by its syntax.

    Source:
        MSRP_001 (RFC 4975, 9)
    """
    match = _URI.fullmatch(text) if len(text) <= MAX_URI_OCTETS else None
    if match is None:
        raise MalformedMessage("the text is not an MSRP URI")
    host = match["host"]
    port = None if match["port"] is None else int(match["port"])
    if port is not None and port > 0xFFFF:
        raise MalformedMessage(f"port {port} of the MSRP URI is larger than 65535")
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1])
        except ValueError as error:
            raise MalformedMessage("the MSRP URI has brackets without an IPv6 address") from error
    return Uri(
        scheme=match["scheme"],
        host=host,
        port=port,
        session_id=match["session_id"],
        transport=match["transport"],
        userinfo=match["userinfo"],
        parameters=tuple(match["parameters"].split(";")[1:]),
    )


@lru_cache(maxsize=_CACHED_URIS)
def _write(uri: Uri) -> str:
    """Write a URI that breaks no requirement and reads back as it is.

    Source:
        MSRP_001 (RFC 4975, 9)
    """
    text = uri.text
    findings = uri.check()
    try:
        same = _read(text) == uri
    except MalformedMessage:
        same = False
    if not same:
        findings.append(
            Finding(
                requirement="MSRP_001",
                where="uri",
                message="A part of the MSRP URI holds a character that it may not hold.",
            )
        )
    if findings:
        raise LocalProtocolError(*findings)
    return text


@lru_cache(maxsize=_CACHED_URIS)
def _key(uri: Uri) -> tuple[object, ...]:
    """Return scheme, host, port, session-id and transport in the form in which they are compared.

    Source:
        MSRP_005 (RFC 4975, 6.1)
        MSRP_006 (RFC 4975, 6.1)
        MSRP_007 (RFC 4975, 6.1)
        MSRP_008 (RFC 4975, 6.1)
        MSRP_009 (RFC 4975, 6.1)
    """
    host = uri.address or uri.normal_host
    return (uri.scheme.lower(), host, uri.port, uri.session_id, uri.transport.lower())
