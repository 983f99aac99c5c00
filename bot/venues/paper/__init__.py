"""A venue of paper: fills own orders from the recorded or live tape, and only on evidence."""
