"""Who speaks when, and which part of the programme it is."""
