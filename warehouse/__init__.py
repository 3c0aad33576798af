"""The stored shape and the only door to it."""
