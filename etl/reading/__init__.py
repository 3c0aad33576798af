"""From bytes to sheets of text and from sheets to one table with a known header.

In come the bytes of .csv, .xlsx, .xls, .et and .ods files; out come tables with every row's place in the file, or the reason why they cannot be read
without guessing. Workbooks are read in a child process with limits. May use the contracts and the county pack, to know headers and place names.
"""
