"""What stands between a person and the rooms behind: files handed in, what was found in them, and what broke, in words.

In come files as a person hands them in; out come an examination (results, previews, the trial build), blank templates to hand out, and errors as
sentences. The long work runs in a process of its own, so that readers of the dashboard do not wait. May use publishing and all rooms below it.
"""
