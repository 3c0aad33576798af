"""One thin script is one page."""
