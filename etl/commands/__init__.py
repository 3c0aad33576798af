"""The command line, ``python -m etl``: words in, an exit code and two languages of plain sentences out.

Takes the arguments a person typed and calls the same steps as the upload page. May use every other room.
"""
