"""MSRP URIs, as `a=path` lists them.

The package `msrp` has its own: it needs them in headers, and protocols do not import each other.
"""

import re
from dataclasses import dataclass, field
from typing import Self

from mediasec.errors import MalformedMessage
from mediasec.sdp.fields import TCHARS, decimal, ip_address, seen

_AUTHORITY = re.compile(
    r"(?:(?P<userinfo>[A-Za-z0-9\-._~%!$&'()*+,=:]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,=]+)"
    r"(?::(?P<port>[0-9]*))?"
)
_PARAMETER = re.compile(rf"{TCHARS}(?:={TCHARS})?")
_SESSION_ID = re.compile(r"[A-Za-z0-9\-._~+=/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MsrpUri:
    """An MSRP URI.

    Attributes:
        secure: Whether the scheme is `msrps`: the connection is protected by TLS.
        userinfo: The part before an `@`, where there is one.
        host: IP address, without the brackets of IPv6, or domain name.
        port: Port; uint16. None where it is absent.
        session_id: Identity of the session at the host. Secret: who knows it can join.
        transport: `tcp`.
        parameters: Further parameters, as they stand.
    """

    secure: bool = True
    userinfo: str | None = field(default=None, repr=False)
    host: str
    port: int | None
    session_id: str | None = field(default=None, repr=False)
    transport: str = "tcp"
    parameters: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a URI.

        Raises:
            MalformedMessage: It is no MSRP URI.
        """
        scheme, separator, rest = text.partition("://")
        if not separator or scheme.lower() not in ("msrp", "msrps"):
            raise MalformedMessage(
                f"the URI does not begin with 'msrps://' or 'msrp://' but with {seen(text[:8])}"
            )
        hierarchy, semicolon, parameters = rest.partition(";")
        authority_text, slash, session_id = hierarchy.partition("/")
        authority = _AUTHORITY.fullmatch(authority_text)
        if authority is None:
            raise MalformedMessage("the URI has no host, or one with characters that are not allowed")
        host = authority["host"]
        if host.startswith("[") and ip_address(host[1:-1]) is None:
            raise MalformedMessage(f"{seen(host)} is not an IPv6 address")
        if slash and not _SESSION_ID.fullmatch(session_id):
            raise MalformedMessage(
                "the URI has a session ID with characters that are not allowed, or an empty one"
            )
        transport, *others = parameters.split(";")
        if not semicolon or not (transport.isascii() and transport.isalnum()):
            raise MalformedMessage("the URI has no transport parameter ';tcp'")
        if not all(_PARAMETER.fullmatch(each) for each in others):
            raise MalformedMessage("the URI has a parameter that is not 'name' or 'name=value'")
        return cls(
            secure=scheme.lower() == "msrps",
            userinfo=authority["userinfo"],
            host=host.removeprefix("[").removesuffix("]"),
            port=decimal(authority["port"], bits=16) if authority["port"] else None,
            session_id=session_id if slash else None,
            transport=transport,
            parameters=tuple(others),
        )

    def serialize(self) -> str:
        """Return the URI."""
        userinfo = "" if self.userinfo is None else f"{self.userinfo}@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        session_id = "" if self.session_id is None else f"/{self.session_id}"
        scheme = "msrps" if self.secure else "msrp"
        return f"{scheme}://{userinfo}{host}{port}{session_id};{';'.join([self.transport, *self.parameters])}"


def parse_path(text: str) -> tuple[MsrpUri, ...]:
    """Read the URIs in `a=path`: the first is where to connect, the last is the end of the path.

    Raises:
        MalformedMessage: One of them is no MSRP URI, or they are not separated by single spaces.
    """
    return tuple(map(MsrpUri.parse, text.split(" ")))
