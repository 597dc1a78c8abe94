"""The fuzzer of BFCP messages: five seconds here, a minute in CI."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("bfcp_messages.py")
VECTORS = Path(__file__).parents[1] / "vectors" / "bfcp" / "messages.json"
SECONDS = 60 if os.environ.get("CI") == "true" else 5


def seeds():
    for vector in json.loads(VECTORS.read_text())["vectors"]:
        yield vector["id"], bytes.fromhex(vector["octets"])


def test_harness_takes_every_seed_and_cuts_of_it():
    """The target of the fuzzer finds nothing in the vectors, nor in some that are cut or changed."""
    spec = importlib.util.spec_from_file_location("bfcp_messages", HARNESS)
    harness = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(harness)
    everything = b""
    for _, octets in seeds():
        harness.one_input(octets)
        everything += octets
        for place in range(0, len(octets), 5):
            harness.one_input(octets[:place])
            harness.one_input(octets[:place] + bytes([255 - octets[place]]) + octets[place + 1 :])
    harness.one_input(everything)


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed.")
def test_fuzzer_finds_nothing(tmp_path):
    """A bounded run of the fuzzer from the vectors ends without a finding."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, octets in seeds():
        (corpus / name).write_bytes(octets)
    limits = [f"-max_total_time={SECONDS}", "-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", "-seed=8855"]
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
