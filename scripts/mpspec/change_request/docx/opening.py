"""Opening a .docx that somebody else made: bounded, without following anything, and never with a traceback.

What is refused is refused in one plain sentence before it costs memory: sizes are read from the directory of
the zip, and no part is read beyond the size that it declares.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from mpspec.change_request.ooxml import Element
from mpspec.model import CannotRun

MAX_FILE = 128 * 2**20
MAX_PART = 64 * 2**20
MAX_TOTAL = 256 * 2**20
MAX_PARTS = 5_000
MAX_TAGS = 5_000_000
"""Limits in octets, in parts, and in tags of one part: the largest specifications of 3GPP stay well below."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([^\"']+)[\"']")
_ENCODINGS = {b"utf-8", b"us-ascii"}
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_HARMLESS_OUTSIDE = ("/hyperlink", "/attachedTemplate")
"""Relationships to the outside that are only a name: nothing is fetched, and the template is left out."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A .docx whose parts passed the checks.

    Attributes:
        path: The file.
        main: Name of the part that holds the text.
        parts: Octets of each XML part, by its name; of other parts only the names are known.
        octets: The file.
    """

    path: Path
    main: str
    parts: dict[str, bytes]
    octets: bytes

    def related(self, kind: str) -> Element | None:
        """Return the part that the text relates by a kind, such as `/styles`, as XML; None if there is none.

        Raises:
            CannotRun: It is not XML, or is nested too deeply.
        """
        return self.root(_related(self.parts, self.main, kind))

    def root(self, part: str) -> Element | None:
        """Return a part as XML, None where there is none.

        Raises:
            CannotRun: It is not XML, or is nested too deeply.
        """
        octets = self.parts.get(part)
        return None if octets is None else _parsed(self.path, part, octets)


def open_archive(path: Path) -> Archive:
    """Read a .docx and check it.

    Raises:
        CannotRun: It cannot be read, or is refused; the message says why, in one sentence.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise _refused(path, f"is larger than {MAX_FILE // 2**20} MiB")
        octets = path.read_bytes()
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error
    return archive_of(path, octets)


def archive_of(path: Path, octets: bytes) -> Archive:
    """Check the octets of a .docx.

    Args:
        path: The file that messages name.
        octets: What it holds.

    Raises:
        CannotRun: It is refused; the message says why, in one sentence.
    """
    if octets.startswith(_OLE):
        raise _refused(path, "is an old .doc or an encrypted file, not a .docx: save it as .docx first")
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            _check_directory(path, archive)
            parts = {
                entry.filename: archive.read(entry)
                for entry in archive.infolist()
                if entry.filename.endswith((".xml", ".rels"))
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise _refused(path, "is not a .docx: it is no whole zip file") from error
    for part, content in parts.items():
        _check_part(path, part, content)
    main = _related(parts, "", "/officeDocument")
    if "[Content_Types].xml" not in parts or main not in parts:
        raise _refused(path, "is not a .docx: it has no document inside")
    return Archive(path=path, main=main, parts=parts, octets=octets)


def _related(parts: Mapping[str, bytes], part: str, kind: str) -> str:
    """Return the name of the part that another one, or the file itself, relates by a kind; empty for none."""
    folder, _, short = part.rpartition("/")
    relations = parts.get(posixpath.join(folder, "_rels", f"{short}.rels"))
    for relation in [] if relations is None else etree.fromstring(relations, _PARSER).iter(_RELATIONS):
        if relation.get("Type", "").endswith(kind) and relation.get("TargetMode") != "External":
            return posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
    return ""


def _refused(path: Path, reason: str) -> CannotRun:
    return CannotRun(f"{path} {reason}.")


def _check_directory(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_PARTS:
        raise _refused(path, f"has more than {MAX_PARTS} parts")
    if len(set(names)) < len(names):
        raise _refused(path, "has two parts of one name")
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refused(path, "is encrypted")
    largest = max(entries, key=lambda entry: entry.file_size, default=None)
    if largest is not None and largest.file_size > MAX_PART:
        raise _refused(path, f"has a part, {largest.filename}, of more than {MAX_PART // 2**20} MiB")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise _refused(path, f"unpacks to more than {MAX_TOTAL // 2**20} MiB")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused(path, "holds macros: save it as .docx without them")


def _check_part(path: Path, part: str, content: bytes) -> None:
    encoding = _ENCODING.match(content[:200])
    if b"\0" in content[:200] or (encoding and encoding[1].lower() not in _ENCODINGS):
        raise _refused(path, f"has a part, {part}, that is not UTF-8")
    if content.count(b"<") > MAX_TAGS:
        raise _refused(path, f"has a part, {part}, of more than {MAX_TAGS} tags")
    if any(declaration in content for declaration in _ENTITIES):
        raise _refused(path, f"has a part, {part}, that declares a document type or entities")
    if part == "[Content_Types].xml" and b"macroEnabled" in content:
        raise _refused(path, "holds macros: save it as .docx without them")
    if part.endswith(".rels"):
        for relation in _parsed(path, part, content).iter(_RELATIONS):
            kind = relation.get("Type", "")
            if relation.get("TargetMode") == "External" and not kind.endswith(_HARMLESS_OUTSIDE):
                raise _refused(
                    path, f"refers to something outside of itself ({kind.rpartition('/')[2]}, in {part})"
                )


def _parsed(path: Path, part: str, content: bytes) -> Element:
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        reason = "is nested too deeply" if "depth" in str(error).lower() else "is not XML"
        raise _refused(path, f"has a part, {part}, that {reason}") from error
