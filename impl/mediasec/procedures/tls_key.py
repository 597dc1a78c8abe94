"""The last step: from a crypto session bundle to the pre-shared key of TLS and its identity."""

from dataclasses import dataclass, field

from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import ErrorNumber
from mediasec.procedures.ticket_terms import Bundle

MAX_IDENTITY_LENGTH = 128
"""The longest identity in octets that every implementation of TLS-PSK takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsPreSharedKey:
    """A pre-shared key of TLS.

    Attributes:
        identity: What the TLS client names it by; UTF-8.
        key: The key. Secret.
    """

    identity: str
    key: bytes = field(repr=False)


def tls_pre_shared_key(bundle: Bundle, profile: Profile) -> TlsPreSharedKey:
    """Return the pre-shared key of the TLS tunnel that a bundle is for.

    Args:
        bundle: What Initiator and Responder agreed on.
        profile: The use of MIKEY-TICKET for TLS.

    Raises:
        RequirementViolated: It is not for exactly one TLS tunnel, or the identity is too long.

    Source:
        PROC_015 (TS 23.333, 6.2.19.3.1)
        PROC_016 (RFC 4279, 5.3)
    """
    if [session.protocol_type for session in bundle.sessions] != [profile.tls_protocol_type]:
        raise _refusal("PROC_015", "the bundle is not for exactly one crypto session of TLS")
    (session,) = bundle.sessions
    identity = profile.psk_identity(bundle.csb_id, session.spi)
    if len(identity) > MAX_IDENTITY_LENGTH:
        raise _refusal("PROC_016", f"the identity has {len(identity)} octets; 128 are the most")
    return TlsPreSharedKey(identity=identity.decode(), key=session.key)


def _refusal(requirement: str, message: str) -> RequirementViolated:
    return RequirementViolated(
        Finding(
            requirement=requirement,
            where="crypto session",
            message=message,
            reply=ErrorNumber.UNSPECIFIED,
        )
    )
