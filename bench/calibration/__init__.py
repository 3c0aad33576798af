"""How often the project's judgements err where nothing happened, and how often they find what did; see docs/calibration.md."""
