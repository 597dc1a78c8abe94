"""Recorded flows in tshark: TCP without a fault, and with the keys every message that an arrow shows."""

import json
import shlex
import subprocess
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from mediasec.nodes.observation import Medium
from mpspec.cli import main
from mpspec.flows.catalog import FLOWS
from mpspec.flows.folder import record
from mpspec.flows.ports import ports
from mpspec.flows.segment import Mark
from mpspec.protocol.capture import Address
from mpspec.protocol.tls_following import follow_tls
from small_flows import PARTICIPANTS, flow, talking

INSIDE = {Medium.MSRP, Medium.BFCP}
IPV6 = replace(
    flow(),
    name="ask-for-a-floor-over-ipv6",
    participants=tuple(
        replace(each, address=each.address.replace("192.0.2.", "2001:db8::")) for each in PARTICIPANTS
    ),
)
ALL = [talking(), IPV6, *FLOWS]
FIELDS = (
    "frame.protocols",
    "ip.src",
    "ip.checksum.status",
    "tcp.checksum.status",
    "tcp.analysis.flags",
    "tcp.flags.syn",
    "mikey.type",
)


@pytest.fixture(scope="module", params=ALL, ids=[each.name for each in ALL])
def recorded(request, tmp_path_factory, need):
    """A recording, its folder, and fields of each packet that tshark reads by the command in the folder."""
    need("tshark")
    folder = tmp_path_factory.mktemp("recorded") / request.param.name
    recording = record(request.param, folder)
    opens = json.loads((folder / "messages.json").read_text(encoding="utf-8"))["opens"]
    command = [*shlex.split(opens), "-T", "fields", *(part for name in FIELDS for part in ("-e", name))]
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    packets = [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in done.stdout.splitlines()]
    return recording, folder, packets


def asked(recording):
    """Return the messages to and from the KMS that went out: none goes where nobody listens."""
    arrows = [arrow for arrow in recording.arrows if arrow.medium is Medium.KMS]
    hosts = {each.name: each.address for each in recording.flow.participants}
    refused = sum(
        bool(segment.marks & Mark.RST) and segment.source[0] == hosts.get("KMS")
        for segment in recording.wire.segments
    )
    return arrows[: len(arrows) - refused]


def test_tshark_finds_no_fault_in_tcp(recorded):
    """Checksums are right, nothing is lost, repeated, out of order or beyond the window."""
    recording, _, packets = recorded
    assert len(packets) == len(recording.wire.segments)
    assert {each["tcp.checksum.status"] for each in packets} == {"1"}
    assert all(each["ip.checksum.status"] == "1" for each in packets if each["ip.src"])
    # A SYN that nobody answers is sent again.
    assert [each for each in packets if each["tcp.analysis.flags"] and each["tcp.flags.syn"] != "1"] == []


def test_tshark_opens_what_the_arrows_show(recorded):
    """With the keys, tshark finds in TLS each octet of MSRP and BFCP that an arrow shows, and no other."""
    recording, folder, _ = recorded
    carrying = {(port.host, port.port) for port in ports(recording) if port.carries in INSIDE}
    connections = [
        (Address(*segment.source), Address(*segment.target))
        for segment in recording.wire.segments
        if segment.marks == Mark.SYN and segment.target in carrying
    ]
    names = {each.address: each.name for each in recording.flow.participants}
    opened, shown = defaultdict(Counter), defaultdict(Counter)
    for part in follow_tls(folder / "capture.pcap", folder / "tls-keys.log", connections):
        opened[names[part.source.host], names[part.target.host]].update(part.data)
    for arrow in recording.arrows:
        if arrow.medium in INSIDE:
            shown[arrow.sender, arrow.receiver].update(arrow.octets)
    assert opened == shown


def test_tshark_dissects_msrp_and_bfcp_in_tls(recorded):
    """Told what the ports carry, tshark takes what is in TLS for MSRP and BFCP, where arrows show them."""
    recording, _, packets = recorded
    found = {
        medium for medium in INSIDE for each in packets if f":tls:{medium.lower()}" in each["frame.protocols"]
    }
    assert found == {arrow.medium for arrow in recording.arrows} & INSIDE


def test_tshark_finds_the_messages_of_the_kms_in_http(recorded):
    """Each message to and from the KMS is in a body of HTTP that tshark takes for MIKEY, if it is there."""
    recording, _, packets = recorded
    found = [int(each["mikey.type"]) for each in packets if each["frame.protocols"].endswith(":http:mikey")]
    assert found == [arrow.octets[1] for arrow in asked(recording)]


def test_nothing_in_a_good_flow_breaks_a_rule(recorded, capsys):
    """`mpspec check pcap` finds no rule broken where the flow has nothing of the kind."""
    recording, folder, _ = recorded
    with pytest.raises(SystemExit) as stopped:
        main(["check", "pcap", str(folder / "capture.pcap"), "--keylog", str(folder / "tls-keys.log")])
    told = capsys.readouterr().out
    assert stopped.value.code in ((0, 1) if recording.flow.finds else (0,)), told
    assert told.count(" MIKEY ") == len(asked(recording))
