"""Looking at a delivered file: what it is, and everything that is wrong with it.

In come the bytes of a file and what the ledger knows; out come a result with every problem at its sheet, column and row, and the typed rows of the
file. Nothing is written here, but for the rows of accepted files when publishing asks to keep them. May use mapping, privacy, reading, extracts,
county and ledger.
"""
