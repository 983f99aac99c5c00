"""The vocabulary of the house: values and state machines, without I/O, clock or settings."""
