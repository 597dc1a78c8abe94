"""The requests, replies and notifications of Mp.

A request without a context or a termination asks the MRFP to choose one: that is the Context Request and the
IMS Termination Request of TS 23.333. The direction of TCP establishment and the side of TLS are elements of
this project: the source says that the MRFC asks for them and not in which element. The path of MSRP is a part
of the resources, which H.248 describes in SDP.
"""

from dataclasses import MISSING, dataclass
from typing import ClassVar

from mediasec.errors import Finding
from mediasec.procedures.mp.elements import (
    Address,
    Floor,
    MsrpSide,
    Presence,
    PreSharedKey,
    TcpEstablishment,
    TlsSide,
    Transport,
    element,
    elements,
)

M, O, UNVERIFIED = Presence.MANDATORY, Presence.OPTIONAL, Presence.UNVERIFIED  # noqa: E741


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What the MRFP needs to secure a stream and to report that it could not.

    Source:
        MPP_006 (TS 23.333, 6.2.19.3.1)
    """

    pre_shared_key: PreSharedKey | None = element("Pre-Shared Key", UNVERIFIED, default=None)
    tcp_establishment: TcpEstablishment | None = element(
        "TCP connection establishment", UNVERIFIED, default=None
    )
    tls_side: TlsSide | None = element("TLS session establishment", UNVERIFIED, default=None)
    notify_tcp_failure: bool = element(
        "Notify TCP connection establishment Failure Event", UNVERIFIED, default=False
    )
    notify_tls_failure: bool = element(
        "Notify TLS session establishment Failure Event", UNVERIFIED, default=False
    )

    def check(self, transport: Transport) -> list[Finding]:
        """Return what does not go with the transport of the termination.

        Source:
            MPP_003 (TS 23.333, 6.2.19.3.1)
        """
        findings = []
        if transport.has_tls and self.tls_side is not None and self.pre_shared_key is None:
            findings.append(
                Finding(
                    requirement="MPP_003",
                    where="security.pre_shared_key",
                    message=f"TLS is asked for on {transport} without the key; the TEK is wanted.",
                )
            )
        if not transport.has_tls and (self.pre_shared_key or self.tls_side or self.notify_tls_failure):
            findings.append(
                Finding(
                    requirement="MPP_003",
                    where="security",
                    message=f"{transport} has no TLS, and elements of TLS are given.",
                )
            )
        return findings


NO_SECURITY = Security()
"""A stream for which nothing is asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What crosses Mp.

    Attributes:
        procedure: Name of the procedure in TS 23.333.
        clause: Clause of TS 23.333 that describes it; empty where it could not be read.
        from_mrfc: Whether the MRFC sends it; else the MRFP does.
    """

    procedure: ClassVar[str]
    clause: ClassVar[str] = ""
    from_mrfc: ClassVar[bool] = True

    def check(self) -> list[Finding]:
        """Return every requirement that the message breaks.

        Source:
            MPP_001 (TS 23.333, 8.20)
        """
        return [
            Finding(
                requirement="MPP_001",
                where=each.name,
                message=f"{self.procedure} is without '{name}', and cannot do without.",
            )
            for each, name, _ in elements(self)
            if each.default is MISSING and getattr(self, each.name) is None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveImsResources(Message):
    """The MRFC asks for a termination and its local address; the remote side is not known yet.

    Source:
        MPP_002 (TS 23.333, 8.21)
    """

    procedure: ClassVar[str] = "Reserve IMS Resources"
    clause: ClassVar[str] = "8.21"

    local_resources: Transport = element("Local IMS Resources", M)
    context: int | None = element("Context/Context Request", M, default=None)
    priority: int | None = element("Priority information", O, default=None)
    security: Security = NO_SECURITY

    def check(self) -> list[Finding]:
        """Return every requirement that the message breaks."""
        return Message.check(self) or self.security.check(self.local_resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureImsResources(Message):
    """The MRFC tells the remote side of a termination that is reserved.

    Source:
        MPP_002 (TS 23.333, 8.22)
        MPP_011 (TS 23.333, 8.22)
    """

    procedure: ClassVar[str] = "Configure IMS Resources"
    clause: ClassVar[str] = "8.22"

    context: int = element("Context", M)
    termination: int = element("IMS Termination", M)
    remote_resources: Transport = element("Remote IMS Resources", M)
    remote_address: Address = element("Remote Connection Address", M)
    remote_msrp: MsrpSide | None = element("MSRP path", UNVERIFIED, default=None)
    security: Security = NO_SECURITY

    def check(self) -> list[Finding]:
        """Return every requirement that the message breaks."""
        return Message.check(self) or self.security.check(self.remote_resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveAndConfigureImsResources(Message):
    """The MRFC asks for a termination whose remote side it knows.

    Source:
        MPP_002 (TS 23.333, 8.20)
        MPP_011 (TS 23.333, 8.20)
    """

    procedure: ClassVar[str] = "Reserve and Configure IMS Resources"
    clause: ClassVar[str] = "8.20"

    local_resources: Transport = element("Local IMS Resources", M)
    remote_resources: Transport = element("Remote IMS Resources", M)
    remote_address: Address = element("Remote Connection Address", M)
    remote_msrp: MsrpSide | None = element("MSRP path", UNVERIFIED, default=None)
    context: int | None = element("Context/Context Request", M, default=None)
    priority: int | None = element("Priority information", O, default=None)
    security: Security = NO_SECURITY

    def check(self) -> list[Finding]:
        """Return every requirement that the message breaks."""
        return Message.check(self) or self.security.check(self.local_resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureConferenceForFloorControl(Message):
    """The MRFC tells which floors a conference has, and which streams they control."""

    procedure: ClassVar[str] = "Configure Conference For Floor Control"
    clause: ClassVar[str] = "8.45"

    conference_id: int = element("Conference ID", UNVERIFIED)
    floors: tuple[Floor, ...] = element("Floor-resource association", UNVERIFIED)
    context: int | None = element("Context/Context Request", UNVERIFIED, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureBfcpTermination(Message):
    """The MRFC tells the address of a floor control client and asks for the local one."""

    procedure: ClassVar[str] = "Configure BFCP Termination"
    clause: ClassVar[str] = "8.44"

    context: int = element("Context", UNVERIFIED)
    local_resources: Transport = element("Local IMS Resources", UNVERIFIED)
    user_id: int = element("User ID", UNVERIFIED)
    termination: int | None = element("Termination/Termination Request", UNVERIFIED, default=None)
    remote_address: Address | None = element("Remote Connection Address", UNVERIFIED, default=None)
    security: Security = NO_SECURITY

    def check(self) -> list[Finding]:
        """Return every requirement that the message breaks."""
        return Message.check(self) or self.security.check(self.local_resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseImsTermination(Message):
    """The MRFC has a termination removed, and its connection closed."""

    procedure: ClassVar[str] = "Release IMS Termination"
    clause: ClassVar[str] = "8.23"

    context: int = element("Context", UNVERIFIED)
    termination: int = element("IMS Termination", UNVERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Message):
    """The MRFP has done what a request asks for.

    Source:
        MPP_011 (TS 23.333, 8.20)
    """

    procedure: ClassVar[str] = "Reply"
    from_mrfc: ClassVar[bool] = False

    context: int
    termination: int | None = None
    local_address: Address | None = None
    local_msrp: MsrpSide | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Message):
    """The MRFP has not done what a request asks for; nothing changed.

    Attributes:
        reason: Why, in one plain sentence.
    """

    procedure: ClassVar[str] = "Refusal"
    from_mrfc: ClassVar[bool] = False

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpEstablishmentFailure(Message):
    """The MRFP reports that the TCP connection of a termination could not be established."""

    procedure: ClassVar[str] = "TCP connection establishment Failure"
    from_mrfc: ClassVar[bool] = False

    context: int
    termination: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsEstablishmentFailure(Message):
    """The MRFP reports that the TLS session of a termination could not be established."""

    procedure: ClassVar[str] = "TLS session establishment Failure"
    from_mrfc: ClassVar[bool] = False

    context: int
    termination: int
    reason: str


Request = (
    ReserveImsResources
    | ConfigureImsResources
    | ReserveAndConfigureImsResources
    | ConfigureConferenceForFloorControl
    | ConfigureBfcpTermination
    | ReleaseImsTermination
)
Notification = TcpEstablishmentFailure | TlsEstablishmentFailure
MESSAGES: tuple[type[Message], ...] = (
    ReserveImsResources,
    ConfigureImsResources,
    ReserveAndConfigureImsResources,
    ConfigureConferenceForFloorControl,
    ConfigureBfcpTermination,
    ReleaseImsTermination,
    Reply,
    Refusal,
    TcpEstablishmentFailure,
    TlsEstablishmentFailure,
)
"""Every message of Mp."""
