"""ReqIF: the requirements for other tools, and theirs for us.

What is written holds every option of every statement and rule, the pages as a hierarchy by clause, and each
`refines` as a relation, so that reading it gives the same requirements. What is read may come from another
tool: its attributes are known by the names that ReqIF implementers agreed on.
"""

import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from reqif.models.error_handling import ReqIFXMLParsingError
from reqif.models.reqif_core_content import ReqIFCoreContent
from reqif.models.reqif_data_type import ReqIFDataTypeDefinitionString
from reqif.models.reqif_namespace_info import ReqIFNamespaceInfo
from reqif.models.reqif_req_if_content import ReqIFReqIFContent
from reqif.models.reqif_reqif_header import ReqIFReqIFHeader
from reqif.models.reqif_spec_hierarchy import ReqIFSpecHierarchy
from reqif.models.reqif_spec_object import ReqIFSpecObject, SpecObjectAttribute
from reqif.models.reqif_spec_object_type import ReqIFSpecObjectType, SpecAttributeDefinition
from reqif.models.reqif_spec_relation import ReqIFSpecRelation
from reqif.models.reqif_spec_relation_type import ReqIFSpecRelationType
from reqif.models.reqif_specification import ReqIFSpecification
from reqif.models.reqif_specification_type import ReqIFSpecificationType
from reqif.models.reqif_types import SpecObjectAttributeType
from reqif.object_lookup import ReqIFObjectLookup
from reqif.parser import ReqIFParser
from reqif.reqif_bundle import ReqIFBundle
from reqif.unparser import ReqIFUnparser

from mpspec.model import CannotRun, Page, Statement
from mpspec.model.files import read_foreign_text
from mpspec.model.pages import RULE_FIELDS, STATEMENT_FIELDS
from mpspec.model.writing import options_of
from mpspec.trace import Trace
from mpspec.trace.words import Run, word_diff

_PREFIXED = re.compile(r"""<([\w.-]+):REQ-IF\b(?=[^>]*\sxmlns:\1=("[^"]*"|'[^']*'))(?![^>]*\sxmlns=)""")
"""A root whose namespace has a prefix: the library knows the elements of the default namespace alone."""
_NAMES = {
    "ReqIF.ForeignID": "id",
    "UID": "id",
    "ReqIF.Name": "title",
    "TITLE": "title",
    "ReqIF.Text": "text",
    "STATEMENT": "text",
    "ReqIF.ChapterName": "chapter",
}
"""Names of attributes that implementers agreed on, and those of StrictDoc, with what they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One requirement of a ReqIF file.

    Attributes:
        id: Its ID; empty where the file gives none.
        kind: `stmt`, `rule`, or the name of another tool's type.
        title: Its title; may be empty.
        text: Its text, with white space folded.
        options: Its other attributes, by name.
        refines: IDs of the requirements that it refines.
        chapter: Heading that it stands under; may be empty.
    """

    id: str
    kind: str
    title: str
    text: str
    options: dict[str, str] = field(default_factory=dict)
    refines: tuple[str, ...] = ()
    chapter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a requirement of a file differs from ours.

    Attributes:
        kind: `new`, `changed` or `missing`.
        id: Its ID; empty where the file gives none.
        text: Its text, word by word, from ours to theirs.
        fields: Other fields that differ: name, ours, theirs.
    """

    kind: str
    id: str
    text: tuple[Run, ...]
    fields: tuple[tuple[str, str, str], ...]


def compared(ours: list[Record], theirs: list[Record]) -> list[Difference]:
    """Return how a file differs from the project, in the order of the file, then what it lacks.

    A field that the file does not have at all, as another tool's may not, is no difference.
    """
    known = {record.id: record for record in ours}
    found = []
    for record in theirs:
        own = known.get(record.id)
        if own is None:
            found.append(
                Difference(kind="new", id=record.id, text=tuple(word_diff("", record.text)), fields=())
            )
            continue
        pairs = [("title", own.title, record.title)]
        pairs += [(name, own.options.get(name, ""), value) for name, value in record.options.items()]
        pairs.append(("refines", ", ".join(own.refines), ", ".join(record.refines)))
        fields = tuple(pair for pair in pairs if pair[1] != pair[2])
        if fields or own.text != record.text:
            text = tuple(word_diff(own.text, record.text))
            found.append(Difference(kind="changed", id=record.id, text=text, fields=fields))
    seen = {record.id for record in theirs}
    found += [
        Difference(kind="missing", id=record.id, text=tuple(word_diff(record.text, "")), fields=())
        for record in ours
        if record.id not in seen
    ]
    return found


def records(trace: Trace) -> list[Record]:
    """Return the requirements of the project as records, in reading order."""
    return [
        Record(
            id=requirement.id,
            kind="stmt" if isinstance(requirement, Statement) else "rule",
            title=requirement.title,
            text=requirement.text,
            options={
                name: value
                for name, value in options_of(requirement).items()
                if name not in {"id", "refines"}
            },
            refines=() if isinstance(requirement, Statement) else requirement.refines,
            chapter=_heading(page),
        )
        for page in trace.model.pages
        for requirement in page.requirements
    ]


def as_reqif(trace: Trace) -> str:
    """Return the requirements as ReqIF, dated as the evidence is: the same state gives the same file."""
    moment = trace.evidence.finished if trace.evidence else "1970-01-01T00:00:00Z"
    fields = {"stmt": STATEMENT_FIELDS, "rule": RULE_FIELDS}
    types: list[object] = [
        _object_type(kind, ["ReqIF.ForeignID", "ReqIF.Name", "ReqIF.Text", *fields[kind], "status"], moment)
        for kind in fields
    ]
    types.append(_object_type("page", ["ReqIF.ChapterName"], moment))
    types.append(ReqIFSpecRelationType(identifier="refines", long_name="refines", last_change=moment))
    types.append(ReqIFSpecificationType(identifier="clause", long_name="clause", last_change=moment))
    objects, relations = [], []
    for record in records(trace):
        values = {"ReqIF.ForeignID": record.id, "ReqIF.Name": record.title, "ReqIF.Text": record.text}
        values |= record.options | {"status": str(trace.standing(record.id).status)}
        objects.append(_object(record.id, record.kind, values, moment))
        relations += [
            ReqIFSpecRelation(
                identifier=f"{record.id}-refines-{target}",
                relation_type_ref="refines",
                source=record.id,
                target=target,
                last_change=moment,
            )
            for target in record.refines
            if target in trace.model.requirements
        ]
    for page in trace.model.pages:
        objects.append(_object(_page_id(page), "page", {"ReqIF.ChapterName": _heading(page)}, moment))
    content = ReqIFReqIFContent(
        data_types=[
            ReqIFDataTypeDefinitionString(identifier="text", last_change=moment, max_length="1000000")
        ],
        spec_types=types,
        spec_objects=objects,
        spec_relations=relations,
        specifications=[
            ReqIFSpecification(
                identifier="requirements",
                long_name="TR 29.828 clause 7.1 and the rules that refine it",
                specification_type="clause",
                children=_hierarchy(trace.model.pages, moment),
                last_change=moment,
            )
        ],
        spec_relation_groups=None,
    )
    header = ReqIFReqIFHeader(
        identifier="header",
        creation_time=moment,
        req_if_tool_id="mpspec",
        req_if_version="1.0",
        source_tool_id="mpspec",
        title="TR 29.828 clause 7.1",
    )
    bundle = ReqIFBundle(
        namespace_info=ReqIFNamespaceInfo.empty(
            namespace="http://www.omg.org/spec/ReqIF/20110401/reqif.xsd", configuration=None
        ),
        req_if_header=header,
        core_content=ReqIFCoreContent(req_if_content=content),
        tool_extensions_tag_exists=False,
        lookup=ReqIFObjectLookup.empty(),
        exceptions=[],
    )
    return str(ReqIFUnparser.unparse(bundle))


def _heading(page: Page) -> str:
    return f"{page.number} {page.title}".strip()


def _page_id(page: Page) -> str:
    return "page-" + re.sub(r"[^A-Za-z0-9]+", "-", page.path)


def _object_type(kind: str, names: Iterable[str], moment: str) -> ReqIFSpecObjectType:
    return ReqIFSpecObjectType(
        identifier=kind,
        long_name=kind,
        last_change=moment,
        attribute_definitions=[
            SpecAttributeDefinition(
                attribute_type=SpecObjectAttributeType.STRING,
                identifier=f"{kind}.{name}",
                datatype_definition="text",
                long_name=name,
                last_change=moment,
            )
            for name in names
        ],
    )


def _object(identity: str, kind: str, values: dict[str, str], moment: str) -> ReqIFSpecObject:
    return ReqIFSpecObject(
        identifier=identity,
        spec_object_type=kind,
        last_change=moment,
        attributes=[
            SpecObjectAttribute(
                attribute_type=SpecObjectAttributeType.STRING,
                definition_ref=f"{kind}.{name}",
                value=value,
            )
            for name, value in values.items()
        ],
    )


def _hierarchy(pages: Iterable[Page], moment: str) -> list[ReqIFSpecHierarchy]:
    """Return the pages as a tree by clause number, each with its requirements; rules stand at the top."""
    top: list[ReqIFSpecHierarchy] = []
    by_number: dict[str, ReqIFSpecHierarchy] = {}
    for page in pages:
        above = by_number.get(page.number.rpartition(".")[0])
        node = ReqIFSpecHierarchy(
            identifier=f"{_page_id(page)}-place",
            spec_object=_page_id(page),
            level=above.level + 1 if above else 1,
            children=[],
            last_change=moment,
            is_self_closed=False,
        )
        (above.children if above else top).append(node)
        if page.number:
            by_number[page.number] = node
        for requirement in page.requirements:
            node.children.append(
                ReqIFSpecHierarchy(
                    identifier=f"{requirement.id}-place",
                    spec_object=requirement.id,
                    level=node.level + 1,
                    last_change=moment,
                    is_self_closed=False,
                )
            )
    return top


def read_reqif(path: Path) -> list[Record]:
    """Read the requirements of a ReqIF file, of our own or of another tool, in the order of its hierarchy.

    Raises:
        CannotRun: The file cannot be read, is too large, declares a document type, or is no ReqIF.
    """
    text = read_foreign_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise CannotRun(f"{path} declares a document type; ReqIF has none, and it is not read.")
    try:
        bundle = ReqIFParser.parse_from_string(_PREFIXED.sub(r"<\1:REQ-IF xmlns=\2", text, count=1))
        return list(_records(bundle))
    except ReqIFXMLParsingError as error:
        raise CannotRun(f"{path} is no ReqIF: {str(error).rstrip('.')}.") from error
    except Exception as error:  # The library raises whatever the broken part of a file provokes.
        raise CannotRun(
            f"{path} has a part{_unread(error)} that ReqIF does not know, or that lacks what it has to hold."
        ) from error


def _unread(error: Exception) -> str:
    """Return in brackets which part of a file the library could not read: it has a module for each."""
    modules = [Path(frame.filename).stem for frame in traceback.extract_tb(error.__traceback__)]
    parts = [name.removesuffix("_parser").replace("_", " ") for name in modules if name.endswith("_parser")]
    return f" ({parts[-1]})" if parts else ""


def _records(bundle: ReqIFBundle) -> Iterator[Record]:
    content = bundle.core_content.req_if_content
    kinds = {kind.identifier: kind.long_name or kind.identifier for kind in content.spec_types or []}
    names = {
        definition.identifier: definition.long_name or definition.identifier
        for kind in content.spec_types or []
        for definition in getattr(kind, "attribute_definitions", None) or []
    }
    objects = {each.identifier: each for each in content.spec_objects or []}
    header = bundle.req_if_header
    escaped = header is not None and "strictdoc" in (header.req_if_tool_id or "").lower()
    values = {identity: _values(each, names, escaped) for identity, each in objects.items()}
    refines: dict[str, list[str]] = {}
    for relation in content.spec_relations or []:
        if relation.source in values and relation.target in values:
            refines.setdefault(relation.source, []).append(values[relation.target].get("id", relation.target))
    for identity, chapter in _ordered(bundle, values):
        found = dict(values[identity])
        if "chapter" in found and "text" not in found:
            continue
        yield Record(
            id=found.pop("id", ""),
            kind=kinds.get(objects[identity].spec_object_type, ""),
            title=found.pop("title", ""),
            text=found.pop("text", ""),
            options={name: value for name, value in found.items() if name not in {"status", "refines"}},
            refines=tuple(refines.get(identity, ())),
            chapter=chapter,
        )


def _values(each: ReqIFSpecObject, names: dict[str, str], escaped: bool) -> dict[str, str]:
    found = {}
    for attribute in each.attributes:
        name = names.get(attribute.definition_ref, attribute.definition_ref)
        value = attribute.value if isinstance(attribute.value, str) else ", ".join(attribute.value)
        if escaped and attribute.attribute_type is SpecObjectAttributeType.STRING:
            # StrictDoc writes a line break as a backslash and an n, and letters outside of ASCII alike.
            value = value.encode("ascii", "backslashreplace").decode("unicode_escape")
        if attribute.attribute_type is SpecObjectAttributeType.XHTML:
            value = " ".join(
                map(str, etree.fromstring(f"<r>{attribute.value_stripped_xhtml or ''}</r>").itertext())
            )
        found[_NAMES.get(name, name)] = " ".join(value.split())
    return found


def _ordered(bundle: ReqIFBundle, values: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each object with the heading above it: in the order of the hierarchy, then the rest."""
    seen = set()
    for specification in bundle.core_content.req_if_content.specifications or []:
        chapters: list[tuple[int, str]] = []
        for place in bundle.iterate_specification_hierarchy(specification):
            while chapters and chapters[-1][0] >= place.level:
                chapters.pop()
            if place.spec_object in values and place.spec_object not in seen:
                seen.add(place.spec_object)
                yield place.spec_object, chapters[-1][1] if chapters else ""
                chapters.append((place.level, values[place.spec_object].get("chapter", "")))
    for identity in values:
        if identity not in seen:
            yield identity, ""
