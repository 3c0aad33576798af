"""The county pack: everything that differs from county to county, read from one folder and checked in words.

In comes a folder; out comes the pack (areas, residents, drugs, campaigns, departments), or every fault at once with file, row and remedy. A pack is
swapped by an office that has no programmer. It never holds a record. Uses no other room.
"""
