"""All stages in order, for one recording or for many."""
