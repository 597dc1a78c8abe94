"""Messages and tickets that several clauses need, written out octet by octet from the figures of RFC 6043."""

import pytest

MAC = bytes(range(0xA0, 0xB4))


@pytest.fixture
def base_ticket_data() -> bytes:
    """THDR with data `54`, COUNTER 1, RAND of one octet, KEMAC of two, IDRpsk `k`, V with HMAC-SHA-1."""
    return (
        bytes.fromhex("05 0001 54")
        + bytes.fromhex("0b 02 00000001")
        + bytes.fromhex("01 01 ee")
        + bytes.fromhex("0e 01 0002 d0d1 00")
        + bytes.fromhex("09 04 02 0001 6b")
        + bytes.fromhex("00 01")
        + MAC
    )


@pytest.fixture
def policy_data() -> bytes:
    """TP Data: IDRkms `k`, IDRi `i`, TRs, TRe, TRr of 3600 s, IDRapp `a`, IDRr `r`, IDRr `s`."""
    return bytes.fromhex(
        "0e"
        "0e 03 01 0001 6b"
        "0d 01 01 0001 69"
        "0d 02 03 e0000000"
        "0d 03 03 e0000e10"
        "0e 04 03 00000e10"
        "0e 05 02 0001 61"
        "0e 02 01 0001 72"
        "00 02 01 0001 73"
    )


@pytest.fixture
def initiator_data() -> bytes:
    """Initiator Data: Vi with the MAC of TRANSFER_INIT, and Vr."""
    return bytes.fromhex("09 09 01") + MAC + bytes.fromhex("00 01") + bytes(20)


@pytest.fixture
def transfer_init(policy_data, base_ticket_data, initiator_data) -> tuple[bytes, bytes, bytes, bytes]:
    """TRANSFER_INIT in four parts: up to the Initiator Data length, that field, up to the MAC, the MAC."""
    head = (
        bytes.fromhex("01 0e 05 80 00000007 01 02")
        + bytes.fromhex("01 f1 01 00 0000 01 07")
        + bytes.fromhex("0f 02 00000009")
        + bytes.fromhex("0a 01 10")
        + bytes(16)
        + bytes.fromhex("11 00 f1 0000")
        + bytes.fromhex("09 0001 01 01 01 fec0")
        + len(policy_data).to_bytes(2, "big")
        + policy_data
        + len(base_ticket_data).to_bytes(2, "big")
        + base_ticket_data
    )
    return head, len(initiator_data).to_bytes(2, "big") + initiator_data, bytes.fromhex("00 01"), MAC
