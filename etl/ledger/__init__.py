"""The record of what was delivered and published, and the only ways to write what must last.

In come files and events; out come the append-only ledger, the journal of builds, seals and locks. A file counts once its line is on the disk.
Uses no other room.
"""
