"""Pure numbers in, numbers out: nothing here reads a file, knows an indicator or says a word."""
