"""The human layer: what reviewers decided, and what it makes of the machine's words."""
