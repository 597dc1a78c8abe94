"""The file that tells a KMS who its subscribers are, and its audit log."""

import json

import pytest

from mediasec.nodes.kms import Audited, AuditFile
from mediasec.nodes.kms_subscribers import MAX_FILE_OCTETS, UnusableFile, read_subscribers
from mediasec.procedures.ticket_terms import uri_identity

KEY, TICKET_KEY = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"
GOOD = f"""
identity = "sip:kms@example.com"
ticket_key = "{TICKET_KEY}"

[[subscriber]]
identity = "sip:ue-a@example.com"
key = "{KEY}"

[[subscriber]]
identity = "sip:mrfc@example.com"
key = "{KEY}"
ticket_key = "{TICKET_KEY}"
answers_for = ["sip:conference@example.com"]
"""


def test_a_file_tells_who_the_subscribers_are(tmp_path):
    """Identities, keys with their names, and whom a subscriber answers for."""
    path = tmp_path / "subscribers.toml"
    path.write_text(GOOD)
    found = read_subscribers(path)
    assert found.kms == uri_identity("sip:kms@example.com")
    ue, mrfc = found.subscribers
    assert (ue.identity, ue.ticket_key, ue.groups) == (
        uri_identity("sip:ue-a@example.com"),
        None,
        frozenset(),
    )
    assert (ue.credential.name, ue.credential.key.hex()) == (b"sip:ue-a@example.com", KEY)
    assert (mrfc.ticket_key.name, mrfc.ticket_key.key.hex()) == (b"sip:mrfc@example.com#ticket", TICKET_KEY)
    assert mrfc.groups == {b"sip:conference@example.com"}
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('identity = "sip:kms@example.com"\n', "", "'identity' of FILE is missing, or is no text."),
        (f'ticket_key = "{TICKET_KEY}"\n', "", "'ticket_key' of FILE is missing, or is no text."),
        (KEY, "secret", "'key' of subscriber 1 of FILE is not hexadecimal."),
        (KEY, KEY[:30], "'key' of subscriber 1 of FILE is shorter than 16 octets."),
        ("ue-a", "mrfc", "In FILE two subscribers have one identity."),
        ("answers_for", "answers", "'answers' of subscriber 2 of FILE is not known."),
        (
            '["sip:conference@example.com"]',
            "7",
            "'answers_for' of subscriber 2 of FILE is no list of URIs.",
        ),
        ("[[subscriber]]", "[[user]]", "'user' of FILE is not known."),
        ('"\n', "\n", "FILE is not TOML."),
    ],
)
def test_a_file_that_does_not_do_ends_in_a_sentence_without_a_key(tmp_path, old, new, said):
    """Each fault is named with its place, and no key is in the sentence."""
    path = tmp_path / "subscribers.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(UnusableFile) as caught:
        read_subscribers(path)
    assert str(caught.value) == said.replace("FILE", str(path))


def test_a_file_that_cannot_be_read_ends_in_a_sentence(tmp_path):
    """A missing file, a folder, a file of other octets and one that is too long."""
    path = tmp_path / "subscribers.toml"
    for make, said in (
        (lambda: None, "cannot be read: No such file or directory."),
        (lambda: path.write_bytes(b"\xff\xfe"), "is not TOML."),
        (lambda: path.write_bytes(b"#" * (MAX_FILE_OCTETS + 1)), f"has more than {MAX_FILE_OCTETS} octets."),
    ):
        make()
        with pytest.raises(UnusableFile) as caught:
            read_subscribers(path)
        assert str(caught.value) == f"{path} {said}"


def test_the_audit_log_is_appended_to(tmp_path):
    """Each message is a line of JSON; what is there already stays, and only its owner may read it."""
    path = tmp_path / "audit.log"
    for subscriber in ("sip:ue-a@example.com", "sip:ue-b@example.com"):
        log = AuditFile(path)
        log(
            Audited(
                time=1_796_126_400.25,
                address="192.0.2.11",
                message="REQUEST_INIT_PSK",
                subscriber=subscriber,
                outcome="answered",
            )
        )
        log.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["subscriber"] for line in lines] == ["sip:ue-a@example.com", "sip:ue-b@example.com"]
    assert lines[0]["time"] == "2026-12-01T12:00:00.250+00:00"
    assert path.stat().st_mode & 0o777 == 0o600
