"""From inspected files to a build in force, or to nothing at all.

In come results in order; a trial builds with them beside the build in force, the gate says what a person must answer for, and publishing takes the
files into the ledger and swaps the build in. Out come the build in force, the journal's lines, and the kept builds that can be put back.
May use assembly and all rooms below it.
"""
