"""Nothing that names a person gets in: the gate over everything in a file, the check of keys, and the privacy check-up.

In come sheets, tables and bytes as read; out come findings with their place and never their content. May use reading, extracts and county.
"""
