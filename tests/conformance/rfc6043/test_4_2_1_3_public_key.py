"""RFC 6043, 4.2.1.3: certificates, envelope key and signature."""

import dataclasses

import pytest

from mediasec.crypto import certified_rsa_key, rsa_decrypt
from mediasec.errors import AuthenticationFailed
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Certificate, CertificateHash, EncryptedEnvelopeKey
from mediasec.mikey.protection import initial_coverage, sign
from mediasec.procedures import ticket_terms as terms

NOW = 1_796_126_400.0


def test_proc_121__certificate_of_the_sender_comes_first(replayed, joined, rsa_key):
    """The sender's certificate is the first, and the next one certifies it."""
    parties = replayed("mode_1_public_key")
    sent = joined(parties)
    for name, who in (("REQUEST_INIT", "initiator"), ("RESOLVE_INIT", "responder")):
        certificates = Message.parse(sent[name]).all(Certificate)
        assert [each.data for each in certificates] == list(parties._credential(who).chain)
        key = certified_rsa_key(certificates[0].data)
        assert key.public_numbers() == rsa_key(who).public_key().public_numbers()


def resigned(parties, rsa_key, change):
    """Return REQUEST_INIT_PK of the vector, changed and signed again by the Initiator."""
    message = Message.parse(parties.octets["REQUEST_INIT"])
    message = dataclasses.replace(message, payloads=tuple(change(list(message.payloads))))
    covered = initial_coverage(message, parties.identities["initiator"].data, parties.identities["kms"].data)
    return sign(message, rsa_key("initiator"), covered).serialize()


def test_proc_121__chain_in_another_order_is_refused(replayed, rsa_key, octet_stream):
    """Certificates that do not certify the one before them prove nothing."""

    def turned(payloads):
        first, second = (place for place, each in enumerate(payloads) if isinstance(each, Certificate))
        payloads[first], payloads[second] = payloads[second], payloads[first]
        return payloads

    parties = replayed("mode_1_public_key")
    same = resigned(parties, rsa_key, lambda payloads: payloads)
    assert same == parties.octets["REQUEST_INIT"]
    answer = parties.kms.answer(resigned(parties, rsa_key, turned), NOW, octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)


@pytest.mark.parametrize("name", ["REQUEST_INIT", "RESOLVE_INIT"])
def test_proc_125__kms_answers_the_vector(replayed, name):
    """The KMS decrypts the envelope key of the vector and answers under it."""
    parties = replayed("mode_1_public_key")
    expected = parties.octets[name.replace("INIT", "RESP")]
    assert (parties.grant() if name == "REQUEST_INIT" else parties.resolve()) == expected


def test_proc_125__whole_exchange_runs_on_certificates(replayed, joined, rsa_key):
    """Both parties get their keys by the public-key forms, each under a new envelope key."""
    parties = replayed("mode_1_public_key")
    sent = joined(parties)
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle
    envelopes = {
        rsa_decrypt(rsa_key("kms"), Message.parse(sent[name]).first(EncryptedEnvelopeKey).data)
        for name in ("REQUEST_INIT", "RESOLVE_INIT")
    }
    assert len(envelopes) == 2


def without(payload_class):
    return lambda payloads: [each for each in payloads if not isinstance(each, payload_class)]


def with_changed(payload_class, **fields):
    return lambda payloads: [
        dataclasses.replace(each, **fields) if isinstance(each, payload_class) else each for each in payloads
    ]


@pytest.mark.parametrize(
    "change",
    [
        without(Certificate),
        with_changed(Certificate, data=b"no certificate"),
        with_changed(CertificateHash, digest=bytes(32)),
        with_changed(EncryptedEnvelopeKey, data=b"not encrypted"),
    ],
)
def test_proc_125__what_does_not_fit_together_is_refused(replayed, rsa_key, octet_stream, change):
    """Without a fitting certificate, certificate hash and envelope key there is no answer."""
    parties = replayed("mode_1_public_key")
    answer = parties.kms.answer(resigned(parties, rsa_key, change), NOW, octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)
    assert answer.subscriber is None


def test_proc_125__hash_of_the_certificate_may_be_left_out(replayed, rsa_key, octet_stream):
    """A KMS with one key needs no CHASH."""
    parties = replayed("mode_1_public_key")
    octets = resigned(parties, rsa_key, without(CertificateHash))
    assert parties.kms.answer(octets, NOW, octet_stream()).refusal is None


def test_proc_125__certificate_of_somebody_else_is_refused(replayed, octet_stream):
    """The certificate has to name the sender."""
    parties = replayed("mode_1_public_key")
    parties.initiator._kms = dataclasses.replace(
        parties.initiator._kms, credential=parties._credential("responder")
    )
    answer = parties.kms.answer(
        parties.initiator.request_ticket([parties.identities["called"]], NOW, octet_stream()),
        NOW,
        octet_stream(),
    )
    assert isinstance(answer.refusal, AuthenticationFailed)


def test_proc_125__kms_without_a_key_refuses(replayed, octet_stream):
    """A KMS without certificates does not know the public-key forms."""
    parties = replayed("mode_1_public_key")
    parties.kms._directory._credential = None
    answer = parties.kms.answer(parties.octets["REQUEST_INIT"], NOW, octet_stream())
    assert isinstance(answer.refusal, AuthenticationFailed)
    assert terms.uri_identity("sip:ue-a@example.com") == parties.identities["initiator"]
