"""The files of vectors keep to their schemas."""

import base64
import json
from pathlib import Path

import jsonschema
import pytest

FOLDER = Path(__file__).parents[1] / "vectors/mikey"
FILES = sorted(
    path for kind in ("primitives", "exchanges", "messages") for path in FOLDER.glob(f"{kind}/*.json")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_keeps_to_its_schema(path):
    """Each file is what the schema that it names says."""
    content = json.loads(path.read_text())
    schema = json.loads((path.parent / content["$schema"]).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(content)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("exchanges/*.json")), ids=lambda path: path.stem)
def test_exchange_is_consistent(path):
    """Payloads cover each message without a gap, base64 is the octets, and no step is there twice."""
    content = json.loads(path.read_text())
    for message in content["messages"]:
        octets = bytes.fromhex(message["octets"])
        at = 0
        for payload in message["payloads"]:
            assert payload["offset"] == at
            at += payload["length"]
        assert at == len(octets)
        assert base64.b64decode(message["base64"], validate=True) == octets
    names = [step["id"] for step in content["steps"]]
    assert len(names) == len(set(names))
    assert content["id"] == path.stem


@pytest.mark.parametrize("path", sorted(FOLDER.glob("messages/*.json")), ids=lambda path: path.stem)
def test_message_is_consistent(path):
    """The parts of a published message are the octets that its source prints."""
    content = json.loads(path.read_text())
    assert content["id"] == path.stem
    octets = bytes.fromhex("".join(part["octets"] for part in content["parts"]))
    if "base64" in content:
        assert base64.b64decode(content["base64"], validate=True) == octets
