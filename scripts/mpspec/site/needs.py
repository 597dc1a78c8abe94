"""The model as sphinx-needs has it: types, fields, links and schema, and the objects that no page writes.

Everything is made from the words of `mpspec.model`, so that a value is named in one place. Statements and
rules come from the directives of `reqs/`; code and tests are added from the model at each build.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_needs.api import add_external_need, del_need
from sphinx_needs.data import SphinxNeedsData
from sphinx_needs.need_item import NeedItemSourceExternal

from mpspec.model import Case, Implementation
from mpspec.model.pages import RULE_FIELDS, STATEMENT_FIELDS
from mpspec.model.vocabulary import (
    ID_PATTERN,
    Certainty,
    Confidence,
    Kind,
    Party,
    Strength,
    Verification,
)
from mpspec.site import addresses
from mpspec.site.corpus import Corpus

_Field = dict[str, Any]
_WORDS: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "strength": Strength,
    "verification": Verification,
    "confidence": Confidence,
    "certainty": Certainty,
}
_LISTS = {"binds", "documents", "moves_to"}
_REQUIRED = {
    "stmt": ("clause", "kind", "strength", "binds"),
    "rule": ("source", "strength", "binds"),
}
_PLACE: dict[str, _Field] = {
    "path": {"schema": {"type": "string", "minLength": 1}},
    "line": {"schema": {"type": "integer", "minimum": 1}},
    "end_line": {"schema": {"type": "integer", "minimum": 1}},
}


def configuration() -> dict[str, Any]:
    """Return the settings of sphinx-needs, as `conf.py` wants them."""
    requirement = ["stmt", "rule"]
    return {
        "needs_types": [
            _type("stmt", "Statement", {name: _field(name) for name in STATEMENT_FIELDS}),
            _type(
                "rule",
                "Rule",
                {name: _field(name) for name in RULE_FIELDS if name != "refines"},
                {"refines": _link("refines", "refined by", requirement)},
            ),
            _type("impl", "Code", _PLACE, {"implements": _link("implements", "implemented by", requirement)}),
            _type(
                "test",
                "Test",
                _PLACE
                | {
                    "outcome": {"schema": {"type": "string", "minLength": 1}},
                    "seconds": {"schema": {"type": "number", "minimum": 0}},
                },
                {"verifies": _link("verifies", "verified by", requirement)},
            ),
            _type("flow", "Call flow", {}, {"shows": _link("shows", "shown by", requirement)}),
            _type("cr", "Change Request", {}, {"carries": _link("carries", "carried by", ["stmt"])}),
        ],
        "needs_id_required": True,
        "needs_id_regex": rf"^{ID_PATTERN.pattern}$",
        "needs_schema_definitions": {"schemas": [_required(name) for name in _REQUIRED]},
        "needs_build_json": True,
        "needs_builder_filter": "True",
        "needs_reproducible_json": True,
        "needs_json_remove_defaults": True,
    }


def add_code_and_tests(app: Sphinx, env: BuildEnvironment, corpus: Corpus) -> None:
    """Put the code and the tests of the model in the place of those of the build before."""
    data = SphinxNeedsData(env)
    for identity in [need["id"] for need in data.get_needs_mutable().values() if need["is_external"]]:
        del_need(app, identity)
    for fields in _objects(corpus):
        url = fields.pop("external_url")
        add_external_need(app, need_source=NeedItemSourceExternal(url=url), **fields)


def _objects(corpus: Corpus) -> Iterator[dict[str, Any]]:
    known = corpus.model.requirements
    for code in corpus.model.implementations:
        yield _placed(code) | {
            "need_type": "impl",
            "id": code_id(code),
            "title": code.name,
            "content": code.summary,
            "external_url": addresses.source(code.location.path, code.location.line),
            "implements": _list(identity for identity in code.requirements if identity in known),
        }
    for case in corpus.model.cases:
        if not case.requirements:
            continue
        yield _placed(case) | {
            "need_type": "test",
            "id": case_id(case),
            "title": case.node.rpartition("::")[2],
            "content": case.summary,
            "external_url": addresses.source(case.location.path, case.location.line),
            "verifies": _list(identity for identity in case.requirements if identity in known),
            "outcome": corpus.outcome(case),
            "seconds": corpus.seconds(case),
        }
    for recorded in corpus.flows:
        yield {
            "need_type": "flow",
            "id": f"flow:{recorded.name}",
            "title": recorded.title,
            "content": recorded.content["flow"]["summary"],
            "external_url": addresses.flow(recorded.name),
            "shows": _list(identity for identity in recorded.shows if identity in known),
        }
    for name, shown in corpus.change_requests.items():
        yield {
            "need_type": "cr",
            "id": f"cr:{name}",
            "title": shown.title,
            "content": "",
            "external_url": addresses.change_request(name),
            "carries": _list(each.statement for each in shown.statements if each.text),
        }


def code_id(code: Implementation) -> str:
    """Return the ID of a definition; sphinx-needs reads a dot in a link as a part, so there is none."""
    return f"code:{code.name.replace('.', '-')}"


def case_id(case: Case) -> str:
    """Return the ID of a test: its path and name."""
    return "test:" + case.node.removeprefix("tests/").replace(".py", "").replace("::", "/")


def _list(identities: Iterator[str]) -> str:
    return ",".join(dict.fromkeys(identities))


def _placed(found: Case | Implementation) -> dict[str, Any]:
    place = found.location
    return {"path": place.path, "line": place.line, "end_line": place.end_line}


def _type(
    name: str, title: str, fields: dict[str, _Field], links: dict[str, _Field] | None = None
) -> dict[str, Any]:
    return {"directive": name, "title": title, "prefix": "", "fields": fields, "links": links or {}}


def _link(outgoing: str, incoming: str, targets: list[str]) -> _Field:
    return {"outgoing": outgoing, "incoming": incoming, "target_types": targets}


def _field(name: str) -> _Field:
    if name == "binds":
        return {"schema": {"type": "array", "items": {"type": "string", "enum": [*map(str, Party)]}}}
    if name in _LISTS:
        return {"schema": {"type": "array", "items": {"type": "string", "minLength": 1}}}
    if name == "continues":
        return {"schema": {"type": "boolean"}}
    if name in _WORDS:
        return {"schema": {"type": "string", "enum": [*map(str, _WORDS[name])]}}
    return {"schema": {"type": "string", "minLength": 1}}


def _required(name: str) -> dict[str, Any]:
    return {
        "id": f"{name}-required",
        "select": {"properties": {"type": {"const": name}}},
        "validate": {"local": {"required": list(_REQUIRED[name])}},
    }
