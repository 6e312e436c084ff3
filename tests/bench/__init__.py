"""Measurements of speed and quality: `python -m tests.bench`."""
