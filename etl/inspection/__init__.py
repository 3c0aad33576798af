"""Looking at a delivered file and writing nothing: what it is, and everything that is wrong with it.

In come the bytes of a file and what the ledger knows; out comes a verdict with every problem at its sheet, column and row, or the typed rows of a
file that was accepted before. May use mapping, privacy, reading, extracts, county and ledger.
"""
