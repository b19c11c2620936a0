"""Opening archives that others made."""

import lzma
import zipfile
import zlib

NOT_A_WHOLE_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError, RuntimeError)
"""What Python's zipfile raises for a file that is broken or not a zip: `NotImplementedError` is its word for a
compression it does not know, `RuntimeError` for an encrypted entry. To be caught; nothing here is left undone."""
