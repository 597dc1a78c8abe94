"""The fuzzer of MSRP streams: five seconds here, a minute in CI."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("msrp_stream.py")
SECONDS = 60 if os.environ.get("CI") == "true" else 5

TO_BOB = """\
To-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp
From-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp
"""

SEEDS = {
    "message": f"""\
MSRP d93kswow SEND
{TO_BOB}Message-ID: 12339sdqwer
Byte-Range: 1-16/16
Content-Type: text/plain

Hi, I'm Alice!
-------d93kswow$
""",
    "response": f"""\
MSRP abcd2 200 OK
{TO_BOB}-------abcd2$
""",
    "chunks": f"""\
MSRP dkei38sd SEND
{TO_BOB}Message-ID: 4564dpWd
Byte-Range: 1-*/8
Success-Report: yes
Content-Type: text/plain

abcd
-------dkei38sd+
MSRP dkei38ia SEND
{TO_BOB}Message-ID: 4564dpWd
Byte-Range: 5-8/8
Success-Report: yes
Content-Type: text/plain

EFGH
-------dkei38ia$
""",
    "report": f"""\
MSRP dkei38sd REPORT
{TO_BOB}Message-ID: abcd0
Byte-Range: 1-5000/5000
Status: 000 200 OK
-------dkei38sd$
""",
    "given up": f"""\
MSRP d93kswow SEND
{TO_BOB}Message-ID: 12339sdqwer
Failure-Report: partial

-------d93kswow#
""",
}
"""Messages after the examples of RFC 4975, sections 5.1 and 11."""


def seeds():
    for name, text in SEEDS.items():
        yield name.replace(" ", "_"), text.replace("\n", "\r\n").encode()


def test_harness_takes_every_seed_and_cuts_of_it():
    """The target of the fuzzer finds nothing in the seeds, nor in some that are cut or changed."""
    spec = importlib.util.spec_from_file_location("msrp_stream", HARNESS)
    harness = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(harness)
    for _, octets in seeds():
        harness.one_input(octets)
        for place in range(0, len(octets), 7):
            harness.one_input(octets[:place])
            harness.one_input(octets[:place] + bytes([255 - octets[place]]) + octets[place + 1 :])


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed.")
def test_fuzzer_finds_nothing(tmp_path):
    """A bounded run of the fuzzer from the seeds ends without a finding."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, octets in seeds():
        (corpus / name).write_bytes(octets)
    limits = [f"-max_total_time={SECONDS}", "-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", "-seed=4975"]
    done = subprocess.run(
        [sys.executable, str(HARNESS), *limits, str(corpus)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=SECONDS + 60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
