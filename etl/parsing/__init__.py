"""Reading delivered files: bytes to tables of text, and text to typed cells. Nothing here knows what a file means."""
