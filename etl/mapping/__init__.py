"""Tables in an office's own form: what each column and word means, asked once, kept as a profile, and applied from then on.

In come a table and a profile; out comes the same table in the template's form, or the questions that are still open.
May use privacy, reading, extracts, county and ledger.
"""
