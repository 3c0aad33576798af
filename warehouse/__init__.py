"""The form of the published file (``schema.sql``), the one way to write it and the one way to read it."""
