"""Protecting small counts: policy, suppression, joint rounding, and the attacker that audits both."""
