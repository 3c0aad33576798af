"""Speed as ratios measured side by side in one run: these numbers are for reading, never for a test."""
