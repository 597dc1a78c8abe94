"""The vectors of BFCP: kept to their schema, made again from the layouts, read and written."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from mediasec.bfcp import Message, Priority
from mediasec.bfcp.attributes import Attribute, UnknownAttribute
from mediasec.bfcp.groups import KINDS
from mediasec.errors import MalformedMessage

FOLDER = Path(__file__).parents[1] / "vectors/bfcp"
CONTENT = json.loads((FOLDER / "messages.json").read_text())
VECTORS = {vector["id"]: vector for vector in CONTENT["vectors"]}
READABLE = [name for name, vector in VECTORS.items() if vector["expected"]]
MALFORMED = [name for name, vector in VECTORS.items() if not vector["expected"]]


def test_they_keep_to_their_schema():
    """The file is what its schema says, and no two vectors have one ID."""
    schema = json.loads((FOLDER / CONTENT["$schema"]).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(CONTENT)
    assert len(VECTORS) == len(CONTENT["vectors"])


def test_they_are_what_the_layouts_make():
    """The program that knows nothing of this project makes the same file."""
    subprocess.run([sys.executable, FOLDER / "make_messages.py", "--check"], check=True, env={})


def attribute_of(described: dict) -> Attribute:
    """Return an attribute from the words of a vector."""
    fields = dict(described)
    number = fields.pop("type")
    if "attributes" in fields:
        fields["attributes"] = tuple(map(attribute_of, fields["attributes"]))
    for name in ("types", "primitives"):
        if name in fields:
            fields[name] = tuple(fields[name])
    for name in ("details", "octets"):
        if name in fields:
            fields[name] = bytes.fromhex(fields[name])
    if "priority" in fields:
        fields["priority"] = Priority(fields["priority"])
    return KINDS[number](**fields) if number in KINDS else UnknownAttribute(number=number, **fields)


@pytest.mark.parametrize("name", READABLE)
def test_read_as_expected(name):
    """The octets are read as the fields that the vector gives."""
    vector = VECTORS[name]
    expected = dict(vector["expected"])
    attributes = tuple(map(attribute_of, expected.pop("attributes")))
    message = Message.parse(bytes.fromhex(vector["octets"]))
    assert message == Message(**expected, attributes=attributes, version=message.version)
    assert {finding.requirement for finding in message.check()} == set(vector["violates"])


@pytest.mark.parametrize("name", [name for name in READABLE if not VECTORS[name]["violates"]])
def test_written_as_expected(name):
    """The fields are written as the octets, unless those are not what a sender writes."""
    vector = VECTORS[name]
    octets = bytes.fromhex(vector["octets"])
    written = Message.parse(octets).serialize()
    assert (written == octets) is ("not canonical" not in vector["flags"])
    assert Message.parse(written) == Message.parse(octets)


@pytest.mark.parametrize("name", MALFORMED)
def test_refused_as_expected(name):
    """What does not parse is refused."""
    with pytest.raises(MalformedMessage):
        Message.parse(bytes.fromhex(VECTORS[name]["octets"]))
