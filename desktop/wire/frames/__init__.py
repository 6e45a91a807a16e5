"""A desk's commands as frames of at most 140 bytes, for an office without road, power and network.

Pure functions; `resources/county-api/frames.md` says what every bit means. Whatever the bytes,
they raise nothing but WireError.
"""
