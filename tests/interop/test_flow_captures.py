"""Recorded flows in tshark: TCP without a fault, and with the keys every message that an arrow shows."""

import json
import shlex
import subprocess
from collections import Counter

import pytest

from mediasec.nodes.observation import Medium
from mpspec.cli import main
from mpspec.flows.catalog import FLOWS
from mpspec.flows.folder import record
from small_flows import talking

ALL = [talking(), *FLOWS]


@pytest.fixture(scope="module", params=ALL, ids=[each.name for each in ALL])
def recorded(request, tmp_path_factory):
    """A recording with its folder."""
    folder = tmp_path_factory.mktemp("recorded") / request.param.name
    return record(request.param, folder), folder


def fields(folder, *names, wanted=""):
    """Return fields of each packet that tshark reads by the command that the recording names."""
    opens = json.loads((folder / "messages.json").read_text(encoding="utf-8"))["opens"]
    command = [*shlex.split(opens), "-T", "fields", *(part for name in names for part in ("-e", name))]
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", wanted]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_tshark_finds_no_fault_in_tcp(need, recorded):
    """Checksums are right, nothing is lost, repeated, out of order or beyond the window."""
    need("tshark")
    recording, folder = recorded
    packets = fields(folder, "tcp.checksum.status", "ip.checksum.status")
    assert len(packets) == len(recording.wire.segments)
    assert {tuple(packet) for packet in packets} == {("1", "1")}
    # A SYN that nobody answers is sent again.
    assert fields(folder, "_ws.expert.message", wanted="tcp.analysis.flags and not tcp.flags.syn == 1") == []


def test_tshark_finds_the_messages_of_the_arrows(need, recorded):
    """With the keys, tshark finds each message of MSRP and BFCP that an arrow shows, and no other."""
    need("tshark")
    recording, folder = recorded
    rows = fields(folder, "msrp.method", "msrp.status.code", "bfcp.primitive", wanted="msrp or bfcp")
    found = Counter()
    for methods, codes, primitives in rows:
        found[Medium.MSRP] += sum(len(each.split(",")) for each in (methods, codes) if each)
        found[Medium.BFCP] += len(primitives.split(",")) if primitives else 0
    shown = Counter(arrow.medium for arrow in recording.arrows)
    assert {medium: found[medium] for medium in (Medium.MSRP, Medium.BFCP)} == {
        medium: shown[medium] for medium in (Medium.MSRP, Medium.BFCP)
    }


def test_tshark_finds_the_messages_of_the_kms_in_http(need, recorded):
    """Each message to and from the KMS is a body of HTTP that tshark takes for MIKEY."""
    need("tshark")
    recording, folder = recorded
    found = [int(kind) for (kind,) in fields(folder, "mikey.type", wanted="http and mikey")]
    assert found == [arrow.octets[1] for arrow in recording.arrows if arrow.medium is Medium.KMS]


def test_nothing_in_a_good_flow_breaks_a_rule(need, recorded, capsys):
    """`mpspec check pcap` finds no rule broken where the flow has nothing of the kind."""
    need("tshark")
    recording, folder = recorded
    if recording.flow.finds:
        pytest.skip("This flow shows what happens when a rule is broken.")
    with pytest.raises(SystemExit) as stopped:
        main(["check", "pcap", str(folder / "capture.pcap"), "--keylog", str(folder / "tls-keys.log")])
    told = capsys.readouterr().out
    assert stopped.value.code == 0, told
    assert told.count(" MIKEY ") == sum(arrow.medium is Medium.KMS for arrow in recording.arrows)
