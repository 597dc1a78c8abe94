"""Everything that reads or writes a .docx file: the only part of `mpspec` that imports `docx`."""
