"""Where Sphinx finds the pages; how they are read, checked and drawn is in `mpspec.site`.

The source folder is the root of the project, so that `reqs/` is read where it lies:

    sphinx-build -n -W --keep-going -c docs . build/site
"""

from mpspec.site.needs import configuration

project = "TR 29.828 clause 7.1 as code"
extensions = ["myst_parser", "sphinx_needs", "mpspec.site.extension"]
root_doc = "docs/index"
include_patterns = ["docs/**", "reqs/**"]
exclude_patterns = [".venv", "build", "node_modules", "scripts", "tests", "impl", ".*"]
language = "en"
smartquotes = False
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
nitpicky = True
globals().update(configuration())
