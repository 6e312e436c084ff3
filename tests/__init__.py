"""The tests; `tests.strategies` makes values for those that hold for all of them."""
