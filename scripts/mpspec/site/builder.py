"""Sphinx's HTML builder with the project's own frame around the text, own addresses and own search."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from mpspec.model.files import write_beside
from mpspec.site import addresses
from mpspec.site.contents import contents
from mpspec.site.corpus import Corpus
from mpspec.site.generated import files, pages
from mpspec.site.home import home_data
from mpspec.site.pages import THEME, File, Frame, Page
from mpspec.site.reading import document_data, paragraphs
from mpspec.site.search import search_index

_LOGGER = logging.getLogger(__name__)
_RECORD = "pages.json"
"""What the build before wrote, in the folder of the doctrees: the digest behind each file, by its path."""


class SiteBuilder(StandaloneHTMLBuilder):
    """Writes the site; a page is drawn and written only where something that it shows has changed.

    Attributes:
        corpus: What the generated pages are made from.
    """

    name = "html"
    search = False
    copysource = False
    corpus: Corpus

    def init_templates(self) -> None:
        """Leave Sphinx's themes aside: the frame draws every page."""
        self.theme = None  # type: ignore[assignment]
        self.templates = None
        self._record = Path(self.doctreedir, _RECORD)
        self._writing = False
        self._folders: set[str] = set()
        self._before = _read(self._record)
        self._now: dict[str, str] = {}

    def init_css_files(self) -> None:
        """Add nothing: the frame names its one style sheet."""
        self._css_files = []

    def init_js_files(self) -> None:
        """Add nothing: the frame names its one script."""
        self._js_files = []

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return where a document lies on the site."""
        return addresses.document(docname)

    def get_output_path(self, page_name: str, /) -> Path:
        """Return the file of a document."""
        return Path(self.outdir, addresses.document(page_name))

    def documents_out_of_date(self) -> list[str]:
        """Return the documents that show something else than in the build before, whatever their sources say.

        Sphinx calls for it when all are read, so this is where the frame is made.
        """
        self.frame = Frame(self.corpus, contents(self.corpus, self.env), self._titles())
        self._documents = {docname: self._document(docname) for docname in sorted(self.env.found_docs)}
        self._keys = {docname: self.frame.key(page) for docname, page in self._documents.items()}
        return [
            docname
            for docname, page in self._documents.items()
            if not self._is_current(page.path, self._keys[docname])
        ]

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Draw one document."""
        self.imgpath = "../" * addresses.document(docname).count("/") + "_images"
        self.dlpath = "../" * addresses.document(docname).count("/") + "_downloads"
        doctree.settings = self.docsettings
        self.secnumbers, self.fignumbers, self.current_docname = {}, {}, docname
        visitor: Any = self.create_translator(doctree, self)
        doctree.walkabout(visitor)
        body = Markup("".join(visitor.fragment))  # noqa: S704 - docutils escaped it
        page = replace(self._documents[docname], body={"body": body})
        octets = self.frame.render(page).encode()
        self._write(page.path, octets)
        self._now[page.path] = f"{self._keys[docname]} {hashlib.sha256(octets).hexdigest()}"

    def drawn_items(self, docname: str, identities: list[str]) -> str:
        """Return a run of statements or rules of a document as HTML."""
        known = self.corpus.model.requirements
        found = paragraphs(self.corpus, [known[identity] for identity in identities if identity in known])
        return self.frame.part("items.html", page=addresses.document(docname), paragraphs=found)

    def drawn_facts(self, docname: str, sections: list[tuple[str, str]]) -> str:
        """Return what stands below the title of a page of statements or rules.

        Args:
            docname: The page.
            sections: Title and anchor of each of its sections.
        """
        facts = self._documents[docname].data["facts"]
        return self.frame.part(
            "page_facts.html",
            page=addresses.document(docname),
            summary=facts["summary"],
            states=facts["states"],
            sections=sections,
        )

    def copy_static_files(self) -> None:
        """Copy the style sheet, the script and the pictures of the theme."""
        for path in sorted((self.corpus.root / THEME / "static").iterdir()):
            self._put(f"_static/{path.name}", path.read_bytes())

    def finish(self) -> None:
        """Write the pages that no document holds, and take away what the build before left over."""
        for docname in self.env.found_docs:  # Those that were not written now are as they were.
            path = addresses.document(docname)
            self._now.setdefault(path, self._before.get(path, ""))
        for fault in (*self.corpus.change_request_faults, *self.corpus.running.faults):
            _LOGGER.warning("%s", fault)
        for page in pages(self.corpus):
            self._settle(page, partial(self._rendered, page))
        for file in files(self.corpus):
            self._settle(file, file.make)
        self._put("search-index.js", search_index(self.corpus, self._searched_documents()))
        for source, (_, name) in self.env.images.items():
            self._put(f"_images/{name}", Path(self.srcdir, source).read_bytes())
        for path in self._before.keys() - self._now.keys():
            Path(self.outdir, path).unlink(missing_ok=True)
        write_beside(self._record, json.dumps(self._now, indent=0, sort_keys=True).encode())
        Path(self.outdir, "schema_violations.json").unlink(missing_ok=True)  # It holds timings, and no more.
        self.write_buildinfo()

    def _document(self, docname: str) -> Page:
        """Return the page of a document without its body, which its source decides."""
        title = self.env.titles[docname].astext()
        source = self.env.doc2path(docname, base=False)
        data: dict[str, Any] = {"source": str(source), "facts": document_data(self.corpus, docname)}
        template = "document.html"
        if docname == self.config.root_doc:
            template, data["facts"] = "home.html", home_data(self.corpus)
        elif data["facts"]:
            template = "reading.html"
        return Page(path=addresses.document(docname), title=title, template=template, data=data)

    def _rendered(self, page: Page) -> bytes:
        return self.frame.render(page).encode()

    def _settle(self, shown: Page | File, make: Callable[[], bytes]) -> None:
        """Write a page or file unless it is there already."""
        key = self.frame.key(shown)
        if not self._is_current(shown.path, key):
            self._write(shown.path, make())
        self._now[shown.path] = key

    def _is_current(self, path: str, key: str) -> bool:
        """Return whether the build before left this page as it would be now, its own source aside."""
        known = self._before.get(path, "").partition(" ")[0]
        return known == key and Path(self.outdir, path).is_file()

    def _put(self, path: str, octets: bytes) -> None:
        place = Path(self.outdir, path)
        if not place.is_file() or place.read_bytes() != octets:
            self._write(path, octets)
        self._now[path] = hashlib.sha256(octets).hexdigest()

    def _write(self, path: str, octets: bytes) -> None:
        """Write a file; a build that is broken off leaves no record, so that the next one starts anew."""
        if not self._writing:
            self._record.unlink(missing_ok=True)
            self._writing = True
        place, folder = Path(self.outdir, path), path.rpartition("/")[0]
        if folder not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        place.write_bytes(octets)

    def _searched_documents(self) -> list[tuple[str, str]]:
        return [
            (title, addresses.document(docname))
            for docname, title in self._titles()
            if not docname.startswith("reqs/") and docname != self.config.root_doc
        ]

    def _titles(self) -> list[tuple[str, str]]:
        return sorted((docname, title.astext()) for docname, title in self.env.titles.items())


def _read(path: Path) -> dict[str, str]:
    try:
        record: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record
