"""Rows and an indicator in, a picture out: figure, sentence, text for those who cannot see it, and table, all from the same rows."""
