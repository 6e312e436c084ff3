"""How good a result is, against a reference: pure functions over values."""
