"""Where each thing lies on the site: the one place that knows."""

HOME = "index.html"
MATRIX = "matrix.html"
RULES = "rules/index.html"
WHOLE_CLAUSE = "clause/whole.html"
REVIEWS = "reviews.html"
RESULTS = "results.html"
UNVERIFIED = "unverified.html"
GLOSSARY = "abbreviations.html"
SEARCH = "search.html"
API = "api/index.html"
CHANGE_REQUESTS = "cr/index.html"
STATES = "states/index.html"
VECTORS = "vectors/index.html"
VECTOR_FILES = "vectors/mikey"
FLOWS = "flow/index.html"


def document(docname: str) -> str:
    """Return the page of a source document, named without its suffix.

    A clause lies under its number, a page of rules under its protocol, and what `docs/` holds at the top.
    """
    folder, _, name = docname.rpartition("/")
    if folder == "reqs/tr29828":
        return f"clause/{name.replace('_', '.')}.html"
    if folder == "reqs/rules":
        return f"rules/{name}.html"
    return f"{docname.removeprefix('docs/')}.html"


def requirement(identity: str) -> str:
    """Return the page of a statement or rule."""
    return f"req/{identity}.html"


def change_request(name: str) -> str:
    """Return the page of a change request."""
    return f"cr/{name}.html"


def flow(name: str) -> str:
    """Return the page of a recorded flow."""
    return f"flow/{name}.html"


def flow_message(name: str, number: int) -> str:
    """Return the page of one message of a flow, where it has one."""
    return f"flow/{name}/message-{number}.html"


def flow_file(name: str, file: str) -> str:
    """Return the place of a file of a recorded flow."""
    return f"flow/{name}/{file}"


def states(name: str) -> str:
    """Return the page of a state machine."""
    return f"states/{name}.html"


def vector(name: str) -> str:
    """Return the page of a vector of a whole exchange."""
    return f"vectors/{name}.html"


def source(path: str, line: int) -> str:
    """Return a line of code on the page that shows its file."""
    return f"{source_page(path)}#L{line}"


def source_page(path: str) -> str:
    """Return the page that shows a file of code."""
    return f"source/{path}.html"


def results(path: str) -> str:
    """Return the page with the results of a file of tests."""
    return f"results/{path.removeprefix('tests/').removesuffix('.py')}.html"


def api(module: str) -> str:
    """Return the page that describes a module."""
    return f"api/{module}.html"


def relative(page: str, target: str) -> str:
    """Return `target` as a link from `page`; both are relative to the top of the site."""
    path, mark, anchor = target.partition("#")
    if mark and path in {"", page}:
        return f"#{anchor}"
    return "../" * page.count("/") + target
