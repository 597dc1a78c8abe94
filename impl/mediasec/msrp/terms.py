"""What offer and answer settle for one MSRP session."""

from dataclasses import dataclass

from mediasec.errors import Finding
from mediasec.msrp.fields import accepts
from mediasec.msrp.receiving import MAX_MESSAGE_OCTETS
from mediasec.msrp.registry import StatusCode
from mediasec.msrp.uri import Uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What offer and answer settled.

    Attributes:
        local: URI of this side.
        remote: Path to the other side, as its SDP gave it.
        active: Whether this side opens the connection.
        accept_types: Media types that this side signalled, each in full, as `text/*`, or `*`.
        peer_accept_types: Media types that the other side signalled.
        max_octets: The longest message that this side accepts, in octets.
        peer_max_octets: The longest message that the other side signalled, in octets; None if it did not.
        psk_identity: Identity of the pre-shared key that its connection has to use; None for any connection.
    """

    local: Uri
    remote: tuple[Uri, ...]
    active: bool
    accept_types: tuple[str, ...] = ("*",)
    peer_accept_types: tuple[str, ...] = ("*",)
    max_octets: int = MAX_MESSAGE_OCTETS
    peer_max_octets: int | None = None
    psk_identity: str | None = None

    def check_connection(self, *, secure: bool) -> list[Finding]:
        """Return every requirement that the use of a connection would break.

        Args:
            secure: Whether TLS protects the connection.

        Source:
            MSRP_011 (RFC 4975, 6)
        """
        uri = self.remote[0] if self.active else self.local
        if secure or not uri.secure:
            return []
        return [
            Finding(
                requirement="MSRP_011",
                where="connection",
                message="The URI of the session is msrps, and the connection does without TLS.",
                reply=StatusCode.NO_SUCH_SESSION,
            )
        ]

    def check_message(self, content_type: str, octets: int) -> list[Finding]:
        """Return every requirement that sending a message would break.

        Args:
            content_type: Value of its Content-Type.
            octets: Its length.

        Source:
            MSRP_050 (RFC 4975, 8.6)
            MSRP_051 (TS 24.247, 9.3.1.1)
        """
        findings = []
        if not accepts(self.peer_accept_types, content_type):
            findings.append(
                Finding(
                    requirement="MSRP_050",
                    where="content_type",
                    message="The peer does not accept this media type.",
                    reply=StatusCode.UNSUPPORTED_MEDIA_TYPE,
                )
            )
        if self.peer_max_octets is not None and octets > self.peer_max_octets:
            findings.append(
                Finding(
                    requirement="MSRP_051",
                    where="body",
                    message=f"The peer accepts no more than {self.peer_max_octets} octets.",
                    reply=StatusCode.STOP_SENDING,
                )
            )
        return findings
