"""From accepted rows to one checked and protected warehouse file that nobody reads yet.

In come the ledger's entries, the typed rows of their files and the county pack. Rows go into core tables in memory, every indicator is counted, small
counts are protected once, statistics are computed from what will be published, and the finished file is checked and attacked.
Out comes the file and its report. Knows nothing of what is in force; may use inspection (for accepted rows), mapping, extracts, county and ledger.
"""
