"""Key derivations of MIKEY and MIKEY-TICKET: the pseudorandom function and one function for each label.

Every key, seed and label is octets. A derivation takes the pseudorandom function that its source names for
it: that of the common header for keys of messages and sessions, that of the ticket policy for forked keys and
for the keys of a ticket. The keyword arguments have the names of the sources. `length` is that of the derived
key in octets.
"""

import struct
from enum import IntEnum
from operator import xor

from mediasec.crypto import hmac_sha1, hmac_sha256
from mediasec.errors import Finding, LocalProtocolError
from mediasec.mikey.registry import PrfFunction

INKEY_BLOCK_LENGTH = 32
"""Octets of the input key that one run of HMAC takes as its key."""

_HMACS = {PrfFunction.MIKEY_1: (hmac_sha1, 20), PrfFunction.PRF_HMAC_SHA_256: (hmac_sha256, 32)}
_ANY_BUNDLE = 0xFFFFFFFF
_NO_SESSION = 0xFF
_LABEL_START = struct.Struct("!IBI")


class Constant(IntEnum):
    """The first four octets of a label: what kind of key is derived.

    The members are the consecutive groups of nine decimals of e, in their order.

    Source:
        MKY_103 (RFC 3830, 4.1.3)
        MKY_103 (RFC 6043, 5.1.1)
        MKY_103 (RFC 6043, A.2.2)
    """

    TEK = 0x2AD01C64
    AUTHENTICATION = 0x1B5C7973
    ENCRYPTION = 0x15798CEF
    MESSAGE_ENCRYPTION = 0x150533E1
    MESSAGE_AUTHENTICATION = 0x2D22AC75
    MESSAGE_SALT = 0x29B88916
    SALT = 0x39A2C14B
    FORKED_MPK_R = 0x2B288856
    FORKED_TGK = 0x1512B54A
    MPK_I = 0x220E99A2
    MPK_R = 0x1F4D675B


SESSION_CONSTANTS = frozenset({Constant.TEK, Constant.AUTHENTICATION, Constant.ENCRYPTION, Constant.SALT})
"""What can be derived from a TGK or GTGK."""

MESSAGE_CONSTANTS = frozenset(
    {Constant.MESSAGE_ENCRYPTION, Constant.MESSAGE_AUTHENTICATION, Constant.MESSAGE_SALT}
)
"""What can be derived from a key that protects messages or tickets."""

FORKING_CONSTANTS = frozenset({Constant.FORKED_MPK_R, Constant.FORKED_TGK})
"""What can be forked."""

MPK_CONSTANTS = frozenset({Constant.MPK_I, Constant.MPK_R})
"""What can be derived from the MPK of a ticket."""


def prf(function: PrfFunction, inkey: bytes, label: bytes, length: int) -> bytes:
    """Run a pseudorandom function of MIKEY.

    The input key is cut into blocks of 256 bits, the last of which may be shorter. Each block keys a chain of
    HMACs over the label, and the results are added bit by bit. MIKEY-1 uses HMAC-SHA-1, the other function
    HMAC-SHA-256; the block size is the same for both.

    Args:
        function: Which one.
        inkey: Secret.
        label: What the key is for.
        length: Octets wanted.

    Returns:
        The derived key. Secret.

    Raises:
        LocalProtocolError: The function is not known, or the input key is empty.

    Source:
        MKY_101 (RFC 3830, 4.1.2)
        MKY_102 (RFC 6043, 6.1)
    """
    if not inkey:
        raise _refusal("MKY_101", "the input key is empty")
    if function not in _HMACS:
        raise _refusal("MKY_101", f"the pseudorandom function {function} is not known")
    output = _expand(function, inkey[:INKEY_BLOCK_LENGTH], label, length)
    for at in range(INKEY_BLOCK_LENGTH, len(inkey), INKEY_BLOCK_LENGTH):
        other = _expand(function, inkey[at : at + INKEY_BLOCK_LENGTH], label, length)
        output = bytes(map(xor, output, other))
    return output


def derive_session_key(
    function: PrfFunction,
    inkey: bytes,
    *,
    constant: Constant,
    cs_id: int,
    csb_id: int,
    rand: bytes,
    length: int,
) -> bytes:
    """Derive a key of a crypto session from a TGK as plain MIKEY does; MIKEY-TICKET has another label.

    Args:
        function: That of the common header.
        inkey: TGK. Secret.
        constant: One of `SESSION_CONSTANTS`.
        cs_id: Crypto session; uint8.
        csb_id: Crypto session bundle; uint32.
        rand: The RAND of the initial message.
        length: Octets wanted.

    Source:
        MKY_121 (RFC 3830, 4.1.3)
    """
    label = _label(constant, SESSION_CONSTANTS, cs_id, csb_id, rand)
    return prf(function, inkey, label, length)


def derive_message_key(
    function: PrfFunction, inkey: bytes, *, constant: Constant, csb_id: int, rand: bytes, length: int
) -> bytes:
    """Derive a key that protects messages of plain MIKEY; MIKEY-TICKET has other labels.

    Args:
        function: That of the common header.
        inkey: Pre-shared or envelope key. Secret.
        constant: One of `MESSAGE_CONSTANTS`.
        csb_id: Crypto session bundle; uint32.
        rand: The RAND of the initial message.
        length: Octets wanted.

    Source:
        MKY_122 (RFC 3830, 4.1.4)
    """
    label = _label(constant, MESSAGE_CONSTANTS, _NO_SESSION, csb_id, rand)
    return prf(function, inkey, label, length)


def derive_forked_key(
    function: PrfFunction, inkey: bytes, *, constant: Constant, id_data: bytes, rand_kms: bytes
) -> bytes:
    """Fork a key for one Responder: MPKr' from MPKr, or TGK' from TGK.

    Args:
        function: That of the ticket policy.
        inkey: MPKr or TGK. Secret.
        constant: One of `FORKING_CONSTANTS`.
        id_data: Identity data of IDRr in RESOLVE_RESP and TRANSFER_RESP; at most 65,535 octets.
        rand_kms: RANDRkms; at most 255 octets.

    Returns:
        The forked key, as long as the input key. Secret.

    Source:
        MKY_123 (RFC 6043, 5.1.1)
    """
    label = _label(
        constant,
        FORKING_CONSTANTS,
        _NO_SESSION,
        _ANY_BUNDLE,
        b"\x00" + _named(id_data),
        rand_kms,
    )
    return prf(function, inkey, label, len(inkey))


def derive_initial_key(
    function: PrfFunction,
    inkey: bytes,
    *,
    constant: Constant,
    csb_id: int,
    rand_i: bytes = b"",
    rand_r: bytes = b"",
    length: int,
) -> bytes:
    """Derive a key that protects an initial message of MIKEY-TICKET.

    Args:
        function: That of the common header.
        inkey: Pre-shared key, envelope key or MPKi. Secret.
        constant: One of `MESSAGE_CONSTANTS`.
        csb_id: Crypto session bundle; uint32.
        rand_i: RANDRi in REQUEST_INIT and TRANSFER_INIT; at most 255 octets.
        rand_r: RANDRr in RESOLVE_INIT; at most 255 octets.
        length: Octets wanted.

    Source:
        MKY_126 (RFC 6043, 5.1.2)
    """
    label = _label(
        constant,
        MESSAGE_CONSTANTS,
        _NO_SESSION,
        csb_id,
        b"\x01",
        rand_i,
        rand_r,
    )
    return prf(function, inkey, label, length)


def derive_response_key(
    function: PrfFunction,
    inkey: bytes,
    *,
    constant: Constant,
    csb_id: int,
    rand_i: bytes = b"",
    rand_r: bytes = b"",
    length: int,
) -> bytes:
    """Derive a key that protects a response message of MIKEY-TICKET.

    Args:
        function: That of the common header.
        inkey: Pre-shared key, envelope key, MPKi or MPKr'. Secret.
        constant: One of `MESSAGE_CONSTANTS`.
        csb_id: Crypto session bundle; uint32.
        rand_i: RANDRi in REQUEST_RESP and TRANSFER_RESP; at most 255 octets.
        rand_r: RANDRr in RESOLVE_RESP, and in TRANSFER_RESP with the flag G; at most 255 octets.
        length: Octets wanted.

    Source:
        MKY_127 (RFC 6043, 5.1.2)
    """
    label = _label(
        constant,
        MESSAGE_CONSTANTS,
        _NO_SESSION,
        csb_id,
        b"\x02",
        rand_i,
        rand_r,
    )
    return prf(function, inkey, label, length)


def derive_transfer_key(
    function: PrfFunction,
    inkey: bytes,
    *,
    constant: Constant,
    cs_id: int,
    rand_i: bytes = b"",
    rand_r: bytes = b"",
    length: int,
) -> bytes:
    """Derive a key of a crypto session of MIKEY-TICKET, such as its TEK.

    Args:
        function: That of the common header.
        inkey: TGK, forked TGK' or GTGK. Secret.
        constant: One of `SESSION_CONSTANTS`.
        cs_id: Crypto session; uint8.
        rand_i: RANDRi with the flag H; at most 255 octets.
        rand_r: RANDRr with the flag G; at most 255 octets.
        length: Octets wanted.

    Raises:
        LocalProtocolError: Neither random value is given.

    Source:
        MKY_130 (RFC 6043, 5.1.3)
    """
    if not rand_i and not rand_r:
        raise _refusal("MKY_130", "neither RANDRi nor RANDRr is given; at least one of them must be used")
    label = _label(
        constant,
        SESSION_CONSTANTS,
        cs_id,
        _ANY_BUNDLE,
        b"\x03",
        rand_i,
        rand_r,
    )
    return prf(function, inkey, label, length)


def derive_initiator_data_key(
    function: PrfFunction, inkey: bytes, *, constant: Constant, length: int
) -> bytes:
    """Derive the key of Vr, the MAC over the Initiator Data of a ticket.

    Args:
        function: That of the profile; RFC 6043 names none.
        inkey: MPKr, not forked. Secret.
        constant: One of `MESSAGE_CONSTANTS`.
        length: Octets wanted.

    Source:
        MKY_133 (RFC 6043, 6.10)
    """
    label = _label(constant, MESSAGE_CONSTANTS, _NO_SESSION, _ANY_BUNDLE, b"\x04")
    return prf(function, inkey, label, length)


def derive_ticket_key(
    function: PrfFunction, inkey: bytes, *, constant: Constant, rand: bytes, length: int
) -> bytes:
    """Derive a key that protects the Ticket Data of a MIKEY base ticket.

    Args:
        function: That of the ticket policy.
        inkey: TPK. Secret.
        constant: One of `MESSAGE_CONSTANTS`.
        rand: RAND of the Ticket Data; at most 255 octets.
        length: Octets wanted.

    Source:
        MKY_135 (RFC 6043, A.2.1)
    """
    label = _label(constant, MESSAGE_CONSTANTS, _NO_SESSION, _ANY_BUNDLE, b"\x05", rand)
    return prf(function, inkey, label, length)


def derive_mpk(function: PrfFunction, inkey: bytes, *, constant: Constant, rand: bytes) -> bytes:
    """Derive MPKi or MPKr from the MPK in a MIKEY base ticket.

    Args:
        function: That of the ticket policy.
        inkey: MPK. Secret.
        constant: One of `MPK_CONSTANTS`.
        rand: RAND of the Ticket Data; at most 255 octets.

    Returns:
        The key, as long as the input key. Secret.

    Source:
        MKY_136 (RFC 6043, A.2.2)
    """
    label = _label(constant, MPK_CONSTANTS, _NO_SESSION, _ANY_BUNDLE, b"\x06", rand)
    return prf(function, inkey, label, len(inkey))


def _expand(function: PrfFunction, block: bytes, label: bytes, length: int) -> bytes:
    """Return the leading octets of the chain of HMACs that one block of the input key yields. Secret.

    Source:
        MKY_101 (RFC 3830, 4.1.2)
    """
    hmac, hash_length = _HMACS[function]
    chain, output = label, b""
    for _ in range(0, length, hash_length):
        chain = hmac(block, chain)
        output += hmac(block, chain + label)
    return output[:length]


def _label(
    constant: Constant,
    wanted: frozenset[Constant],
    cs_id: int,
    csb_id: int,
    purpose: bytes,
    *rands: bytes,
) -> bytes:
    """Return a label: a constant of this derivation, CS ID, CSB ID, what tells the derivation, random values.

    Each random value stands behind its length in one octet; an omitted one is the length 0.

    Source:
        MKY_103 (RFC 3830, 4.1.3)
        MKY_120 (RFC 6043, 5.1)
        MKY_120 (RFC 6043, A.2)
    """
    if constant not in wanted:
        raise _refusal("MKY_103", f"the constant {constant:08X} is not one of this derivation")
    try:
        label = _LABEL_START.pack(constant, cs_id, csb_id) + purpose
        for rand in rands:
            label += len(rand).to_bytes(1, "big") + rand
    except (OverflowError, struct.error):
        raise _refusal("MKY_120", "an ID or the length of a random value does not fit its octets") from None
    return label


def _named(id_data: bytes) -> bytes:
    """Return an identity behind its length in two octets."""
    try:
        return len(id_data).to_bytes(2, "big") + id_data
    except OverflowError:
        raise _refusal("MKY_120", "the identity is longer than its length can say") from None


def _refusal(requirement: str, message: str) -> LocalProtocolError:
    return LocalProtocolError(Finding(requirement=requirement, where="label", message=message))
