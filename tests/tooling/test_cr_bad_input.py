"""Files that a hostile or careless sender hands in: one plain sentence each, and nothing is overwritten."""

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from mpspec.change_request.docx import opening
from mpspec.cli import main

ROOT = Path(__file__).parents[2]
MEGABYTE = 2**20
CLAUSE = ("--clause", "5.20.1")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.docx"
    document = docx.Document()
    document.add_paragraph("5.20.1\tGeneral", style="Heading 3")
    document.save(path)
    return path


@pytest.fixture
def changed(tmp_path: Path, good: Path) -> Callable[..., Path]:
    """Return a function that writes the good file with parts replaced or added; None leaves one out."""

    def make(parts: dict[str, bytes | None]) -> Path:
        path = tmp_path / "bad.docx"
        with (
            zipfile.ZipFile(good) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        ):
            for name in old.namelist():
                if name not in parts:
                    new.writestr(name, old.read(name))
            for name, content in parts.items():
                if content is not None:
                    new.writestr(name, content)
        return path

    return make


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str], requirements_root: Path) -> Callable[..., str]:
    """Return a function that runs the import and gives its one sentence."""

    def run(path: Path, *arguments: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            main(["cr", "import", "--root", str(requirements_root), str(path), *(arguments or CLAUSE)])
        assert stopped.value.code == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        lines = captured.err.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("mpspec: ")
        assert lines[0].endswith(".")
        return lines[0].removeprefix(f"mpspec: {path} ")

    return run


def document(body: bytes) -> bytes:
    return f"<w:document {W}><w:body>".encode() + body + b"</w:body></w:document>"


def external(kind: str) -> bytes:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId9" TargetMode="External" Target="http://example.org/x" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/></Relationships>'
    ).encode()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>' + document(b"")
DEEP = document(b"<w:tbl><w:tr><w:tc>" * 2000 + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * 2000)

PARTS = {
    "entities": (
        {"word/document.xml": BOMB},
        "has a part, word/document.xml, that declares a document type or entities.",
    ),
    "another encoding": (
        {"word/document.xml": document(b"").decode().encode("utf-16")},
        "has a part, word/document.xml, that is not UTF-8.",
    ),
    "a linked picture": (
        {"word/_rels/document.xml.rels": external("image")},
        "refers to something outside of itself (image, in word/_rels/document.xml.rels).",
    ),
    "a linked object": (
        {"word/_rels/document.xml.rels": external("oleObject")},
        "refers to something outside of itself (oleObject, in word/_rels/document.xml.rels).",
    ),
    "macros": ({"word/vbaProject.bin": b"x"}, "holds macros: save it as .docx without them."),
    "nested tables": (
        {"word/document.xml": DEEP},
        "has a part, word/document.xml, that is nested too deeply.",
    ),
    "no XML": ({"word/document.xml": b"<w:document"}, "has a part, word/document.xml, that is not XML."),
    "no document": ({"word/document.xml": None}, "is not a .docx: it has no document inside."),
    "a part of 100 MB": (
        {"word/media/image1.bin": bytes(100 * MEGABYTE)},
        "has a part, word/media/image1.bin, of more than 64 MiB.",
    ),
    "a zip bomb": (
        {f"word/media/image{at}.bin": bytes(60 * MEGABYTE) for at in range(5)},
        "unpacks to more than 256 MiB.",
    ),
    "too many parts": ({f"word/{at}": b"" for at in range(5001)}, "has more than 5000 parts."),
}


@pytest.mark.parametrize("fault", PARTS)
def test_a_bad_part(fault: str, changed, refused) -> None:
    parts, sentence = PARTS[fault]
    assert refused(changed(parts)) == sentence


MAIN = ROOT / "reqs/change_requests/ts23333-mp-e2e.toml"
BASELINES = {
    **PARTS,
    "styles that are no XML": (
        {"word/styles.xml": b"<w:styles"},
        "has a part, word/styles.xml, that is not XML.",
    ),
    "no document element": (
        {"word/document.xml": b"<html/>"},
        "is not a Word document: it has no body.",
    ),
    "too many tags": (
        {"word/document.xml": document(b"<w:p/>" * 5_000_000)},
        "has a part, word/document.xml, of more than 5000000 tags.",
    ),
}


@pytest.mark.parametrize("fault", BASELINES)
def test_a_bad_baseline(
    fault: str, changed, tmp_path: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the import refuses, the export refuses as a baseline, with the same sentence."""
    parts, sentence = BASELINES[fault]
    path, output = changed(parts), tmp_path / "cr.docx"
    output.write_text("what stood there")
    arguments = ["--root", str(requirements_root), str(MAIN), "--baseline", str(path), "-o", str(output)]
    with pytest.raises(SystemExit) as stopped:
        main(["cr", "export", *arguments])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"mpspec: {path} {sentence}\n"
    assert output.read_text() == "what stood there"


def test_not_a_zip(tmp_path: Path, refused) -> None:
    path = tmp_path / "text.docx"
    path.write_bytes(b"This is no zip.")
    assert refused(path) == "is not a .docx: it is no whole zip file."


def test_an_old_doc(tmp_path: Path, refused) -> None:
    path = tmp_path / "old.doc"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    assert refused(path) == "is an old .doc or an encrypted file, not a .docx: save it as .docx first."


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file(good: Path, kept: float, refused) -> None:
    octets = good.read_bytes()
    good.write_bytes(octets[: int(len(octets) * kept)])
    assert refused(good) == "is not a .docx: it is no whole zip file."


def test_a_damaged_file(good: Path, refused) -> None:
    """Octets of the packed document are turned over: the checksum says so."""
    octets = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as archive:
        start = archive.getinfo("word/document.xml").header_offset + 80
    octets[start : start + 40] = bytes(octet ^ 0xFF for octet in octets[start : start + 40])
    good.write_bytes(octets)
    assert refused(good) == "is not a .docx: it is no whole zip file."


def test_two_parts_of_one_name(good: Path, refused) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(good, "a") as archive:
        archive.writestr("word/document.xml", document(b""))
    assert refused(good) == "has two parts of one name."


def test_no_such_file(tmp_path: Path, refused) -> None:
    assert refused(tmp_path / "nowhere.docx") == "cannot be read: No such file or directory."


def test_a_document_that_names_no_definition(good: Path, refused) -> None:
    sentence = refused(good, "--json")
    assert sentence.startswith("does not say from which definition it was made")


def test_another_kind_of_document(changed, refused) -> None:
    """Strict Open XML has names of its own: nothing of it can be read, which deletes nothing."""
    strict = b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body/></w:document>'
    assert refused(changed({"word/document.xml": strict})) == (
        "has no text as Word writes it: save 'Strict Open XML' and others as .docx first."
    )


def test_a_document_by_another_name(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Word sometimes calls the part with the text otherwise: the relationships say which it is."""
    path = tmp_path / "word365.docx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                content = content.replace(b"word/document.xml", b"word/document2.xml")
            new.writestr(name.replace("document.xml", "document2.xml"), content)
    with pytest.raises(SystemExit) as stopped:
        main(["cr", "import", "--root", str(ROOT), str(path), *CLAUSE])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("# 5.20.1 General\n")


def test_a_link_is_only_a_name(changed) -> None:
    """A hyperlink leads outside, and is fetched by nobody: every CR form has one."""
    opening.open_archive(changed({"word/_rels/footer.xml.rels": external("hyperlink")}))


def test_nothing_is_overwritten(changed, tmp_path: Path, refused) -> None:
    output = tmp_path / "page.md"
    output.write_text("what stood there")
    refused(changed({"word/document.xml": BOMB}), "--clause", "5.20.1", "-o", str(output))
    assert output.read_text() == "what stood there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.docx", "good.docx", "page.md"]


@pytest.mark.parametrize("fault", ["a part of 100 MB", "a zip bomb", "nested tables", "entities"])
def test_memory_stays_bounded(fault: str, changed) -> None:
    """Under a limit of 400 MB of memory the refusal is the same."""
    path = changed(PARTS[fault][0])
    limit = 400 * MEGABYTE
    result = subprocess.run(
        [sys.executable, "-m", "mpspec", "cr", "import", "--root", str(ROOT), str(path), "--clause", "1"],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        env={"PYTHONPATH": f"{ROOT / 'impl'}:{ROOT / 'scripts'}", "PATH": "/usr/bin:/bin"},
    )
    assert result.returncode == 2
    assert result.stderr == f"mpspec: {path} {PARTS[fault][1]}\n"


def test_a_size_that_lies_is_not_believed(good: Path, refused) -> None:
    """The directory says 10 octets, the part holds more: no more than 10 are read, and the sum fails."""
    octets = bytearray(good.read_bytes())
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    octets = octets.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    good.write_bytes(octets)
    assert refused(good) == "is not a .docx: it is no whole zip file."
