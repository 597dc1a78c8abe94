"""Verifying and opening a MIKEY message with the key that protects it."""

from dataclasses import dataclass
from typing import Any

from mediasec.errors import AuthenticationFailed, MediaSecError
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Kemac, Signature, Timestamp
from mediasec.mikey.protection import (
    ProtectionKeys,
    error_coverage,
    initial_coverage,
    response_coverage,
    verify,
)
from mediasec.mikey.registry import DataType, IdentityRole, PrfFunction, RandRole
from mediasec.mikey.rules import is_update
from mpspec.model import CannotRun
from mpspec.protocol.mikey_parts import View, chain_parts
from mpspec.protocol.parts import Part

_PARTIES: dict[int, tuple[IdentityRole, IdentityRole]] = {
    DataType.REQUEST_INIT_PSK: (IdentityRole.INITIATOR, IdentityRole.KMS),
    DataType.TRANSFER_INIT: (IdentityRole.INITIATOR, IdentityRole.RESPONDER),
    DataType.RESOLVE_INIT_PSK: (IdentityRole.RESPONDER, IdentityRole.KMS),
}
_RESPONSES = (DataType.REQUEST_RESP, DataType.TRANSFER_RESP, DataType.RESOLVE_RESP)


class CannotVerify(Exception):
    """Something that the MAC depends on is not at hand. The message is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a key says about a message.

    Attributes:
        verified: Whether the MAC verifies; None where that cannot be told.
        note: The same in one plain sentence.
        keys: The keys of its KEMAC; None where it has none or the MAC does not verify.
    """

    verified: bool | None
    note: str
    keys: Part | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        described: dict[str, Any] = {"verified": self.verified, "note": self.note}
        if self.keys is not None:
            described["keys"] = self.keys.as_json()
        return described


def key_of(text: str) -> bytes:
    """Return the octets of a key in hexadecimal; an error does not repeat it.

    Raises:
        CannotRun: It is not hexadecimal.
    """
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise CannotRun("The key after --psk is not in hexadecimal.") from None


def open_message(octets: bytes, psk: bytes, initial: bytes | None, *, show_keys: bool = False) -> Opened:
    """Verify the MAC of a message, and then open its KEMAC.

    Args:
        octets: The message.
        psk: Pre-shared key, envelope key, MPKi or MPKr', whichever protects the message. Secret.
        initial: The message that it answers, if it is a response or an Error message.
        show_keys: Whether the keys in the KEMAC are shown.
    """
    try:
        message = Message.parse(octets)
        if isinstance(message.authenticator, Signature):
            raise CannotVerify("The message has a signature and no MAC.")
        if message.authenticator is None:
            raise CannotVerify("The message has no MAC.")
        keys, covered = _keys_and_coverage(message, psk, initial)
        verify(message, keys, covered)
    except CannotVerify as reason:
        return Opened(verified=None, note=str(reason))
    except AuthenticationFailed:
        return Opened(verified=False, note="The MAC does not verify with this key.")
    except MediaSecError as error:
        return Opened(verified=None, note=f"The MAC cannot be verified: {error}.")
    kemac, timestamp = message.first(Kemac), message.first(Timestamp)
    if kemac is None or timestamp is None:
        return Opened(verified=True, note="The MAC verifies.")
    try:
        opened = keys.open(kemac, timestamp, null_allowed=True)
    except MediaSecError as error:
        return Opened(verified=True, note=f"The MAC verifies, and the KEMAC cannot be opened: {error}")
    part = Part(
        name="Encr data of KEMAC, decrypted", parts=chain_parts(opened, View(show_keys=show_keys).of_keys)
    )
    return Opened(verified=True, note="The MAC verifies, and the KEMAC is open.", keys=part)


def _keys_and_coverage(
    message: Message, psk: bytes, initial_octets: bytes | None
) -> tuple[ProtectionKeys, bytes]:
    """Return the keys of a message and what its MAC covers."""
    kind = message.header.data_type
    if kind in _PARTIES:
        _refuse_update(message)
        sender, receiver = (_identity(message, role) for role in _PARTIES[kind])
        return _initial_keys(message, psk), initial_coverage(message, sender, receiver)
    if kind not in (*_RESPONSES, DataType.ERROR):
        raise CannotVerify("A message of this type is not protected by a MAC of RFC 6043.")
    if initial_octets is None:
        raise CannotVerify("The MAC cannot be verified without the message that is answered: give --initial.")
    initial = Message.parse(initial_octets)
    _refuse_update(initial)
    if kind == DataType.ERROR:
        return _initial_keys(initial, psk), error_coverage(message)
    rand_i, rand_r = _rand(initial, RandRole.INITIATOR), _rand(initial, RandRole.RESPONDER)
    if kind == DataType.TRANSFER_RESP:
        rand_r = _rand(message, RandRole.RESPONDER)
    keys = ProtectionKeys.of_response(_prf(message), psk, message.header.csb_id, rand_i=rand_i, rand_r=rand_r)
    return keys, response_coverage(message, initial_octets)


def _refuse_update(message: Message) -> None:
    if is_update(message):
        raise CannotVerify("An update is protected by the keys of the exchange that it updates.")


def _initial_keys(message: Message, psk: bytes) -> ProtectionKeys:
    return ProtectionKeys.of_initial(
        _prf(message),
        psk,
        message.header.csb_id,
        rand_i=_rand(message, RandRole.INITIATOR),
        rand_r=_rand(message, RandRole.RESPONDER),
    )


def _prf(message: Message) -> PrfFunction:
    function = message.header.prf_function
    if not isinstance(function, PrfFunction):
        raise CannotVerify(f"The PRF function {function} is not known.")
    return function


def _rand(message: Message, role: RandRole) -> bytes:
    rand = message.rand(role)
    return b"" if rand is None else rand.value


def _identity(message: Message, role: IdentityRole) -> bytes:
    identity = message.identity(role)
    if identity is None:
        raise CannotVerify(f"The MAC covers an identity that the message leaves out: IDR{role.suffix}.")
    return identity.data
