"""What an arrow carries, taken apart: its parts fill it, whatever it is, and no key is shown."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediasec.nodes.observation import Medium
from mediasec.procedures.mp.elements import Address, PreSharedKey, TlsSide, Transport
from mediasec.procedures.mp.encoding import encode
from mediasec.procedures.mp.messages import ConfigureImsResources, Security
from mpspec.flows.decoding import decode

_EXCHANGE = Path(__file__).parents[1] / "vectors/mikey/exchanges/mode_1.json"
_TRANSFER = next(
    message
    for message in json.loads(_EXCHANGE.read_text(encoding="utf-8"))["messages"]
    if message["type"] == "TRANSFER_INIT"
)
_MEDIA = st.sampled_from([*Medium])
_TEXT = st.text(st.characters(codec="utf-8"))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


def leaves(part):
    return [leaf for each in part.parts for leaf in leaves(each)] if part.parts else [part]


@given(_MEDIA, st.binary(max_size=300))
def test_arbitrary_octets_are_decoded_without_an_error(medium, octets):
    """Octets of any kind come out as parts that are as long as they are, or as none."""
    parts = decode(medium, octets)
    if medium in (Medium.TCP, Medium.TLS) or not octets:
        assert parts == ()
    elif medium is Medium.SIGNALLING:
        assert parts[0].length == len(octets)
    else:
        assert sum(part.length for part in parts) == len(octets)


@given(st.dictionaries(_TEXT, _VALUES, max_size=5))
def test_the_elements_of_a_procedure_fill_it(members):
    """Every octet of the JSON of Mp belongs to one element, in the order of the JSON."""
    octets = json.dumps(members, ensure_ascii=False).encode()
    (part,) = decode(Medium.MP, octets)
    assert part.length == len(octets)
    assert part.parts


@pytest.mark.parametrize(
    "octets", [b"{}", b"[1]", b'{"a":1}', b'{"a": "\\ud800"}', b'{"a": ' + b"[" * 100_000]
)
def test_what_is_no_procedure_is_shown_as_octets(octets):
    """JSON of another form, which the MRFC and the MRFP never send, is not understood."""
    (part,) = decode(Medium.MP, octets)
    assert [(each.name, each.octets) for each in part.parts] == [("not understood", octets)]


def test_the_elements_of_a_procedure_have_their_names():
    """Elements are named as in TS 23.333, and their values are those of the message."""
    message = ConfigureImsResources(
        context=1,
        termination=2,
        remote_resources=Transport.TCP_TLS_MSRP,
        remote_address=Address(host="192.0.2.1", port=5000),
        security=Security(
            pre_shared_key=PreSharedKey(identity="alice", key=bytes(16)),
            tls_side=TlsSide.SERVER,
            notify_tls_failure=True,
        ),
    )
    (part,) = decode(Medium.MP, encode(message))
    assert (part.name, part.section) == ("Mp Configure IMS Resources", "TS 23.333, 8.22")
    shown = {leaf.name: leaf.value for leaf in leaves(part)}
    assert shown["IMS Termination"] == "2"
    assert shown["Remote IMS Resources"] == "TCP/TLS/MSRP"
    assert (shown["host"], shown["port"]) == ("192.0.2.1", "5000")
    assert shown["identity"] == "alice"
    assert shown["TLS session establishment"] == "server"
    assert shown["Notify TLS session establishment Failure Event"] == "yes"


def test_the_mikey_message_in_an_offer_is_decoded_beside_it():
    """The second tree of an offer is the TRANSFER_INIT that its a=key-mgmt carries."""
    line = f"a=key-mgmt:mikey {_TRANSFER['base64']}"
    octets = f"v=0\r\ns=-\r\n{line}\r\na=key-mgmt:other AAAA\r\n".encode()
    description, message = decode(Medium.SIGNALLING, octets)
    assert [(part.name, part.value) for part in description.parts][2] == ("Attribute", line)
    assert description.parts[2].section == "RFC 8866, 5.13"
    assert message.name == "MIKEY TRANSFER_INIT"
    assert message.length == len(bytes.fromhex(_TRANSFER["octets"]))
