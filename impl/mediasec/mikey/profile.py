"""What no source that could be read gives, as one object with visible defaults.

Each field is backed by an unverified rule; the day its source is read, the default changes here and the rule
is confirmed.
"""

from dataclasses import dataclass

from mediasec.errors import Finding, LocalProtocolError
from mediasec.mikey.payloads import GenericSession, SecurityPolicy

_PRIVATE_USE = range(241, 256)
_LEAST_KEY_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The use of MIKEY-TICKET for a TLS tunnel.

    Attributes:
        tls_protocol_type: Number of TLS as the security protocol of a crypto session; uint8. The IANA
            registry has none, so the default is the first number for private use.
        crypto_session_id: CS ID of the one crypto session of a media stream; uint8.
        policy_number: Number of the one security policy, which has no parameters; uint8.
        psk_length: Length of the TEK, which is the TLS pre-shared key, in octets.
        psk_identity_template: TLS pre-shared key identity; a format of `csb_id` and `cs_id`,
            integers, and of `spi`, in hexadecimal, which tells a key from the one that replaced it.
    """

    tls_protocol_type: int = _PRIVATE_USE.start
    crypto_session_id: int = 1
    policy_number: int = 0
    psk_length: int = _LEAST_KEY_LENGTH
    psk_identity_template: str = "mikey-ticket:{csb_id:08x}:{cs_id:02x}:{spi}"

    def __post_init__(self) -> None:
        """Refuse a key that is shorter than any key may be.

        Raises:
            LocalProtocolError: It is.

        Source:
            MKY_213 (RFC 6043, 12.1)
        """
        if self.psk_length < _LEAST_KEY_LENGTH:
            raise LocalProtocolError(
                Finding(
                    requirement="MKY_213",
                    where="profile.psk_length",
                    message=f"a key of {self.psk_length} octets is shorter than {_LEAST_KEY_LENGTH}",
                )
            )

    def security_policy(self) -> SecurityPolicy:
        """Return the SP payload of TRANSFER_INIT.

        Source:
            MKY_210 (RFC 3830, 10)
            MKY_212 (RFC 6043, 6.1.1)
        """
        return SecurityPolicy(number=self.policy_number, protocol_type=self.tls_protocol_type)

    def crypto_session(self, spi: bytes = b"") -> GenericSession:
        """Return the crypto session of a TLS tunnel.

        Args:
            spi: SPI of its key; at most 255 octets; the Initiator may leave it to the Responder.

        Source:
            MKY_210 (RFC 3830, 10)
            MKY_211 (RFC 6043, 6.1.1)
            MKY_212 (RFC 6043, 6.1.1)
        """
        return GenericSession(
            cs_id=self.crypto_session_id,
            protocol_type=self.tls_protocol_type,
            policies=(self.policy_number,),
            spi=spi,
        )

    def psk_identity(self, csb_id: int, spi: bytes) -> bytes:
        """Return the TLS pre-shared key identity of the key of a crypto session; UTF-8.

        Args:
            csb_id: CSB ID; uint32.
            spi: SPI of the key.

        Source:
            MKY_214 (RFC 4279, 5.1)
        """
        identity = self.psk_identity_template.format(
            csb_id=csb_id, cs_id=self.crypto_session_id, spi=spi.hex()
        )
        return identity.encode()
