"""What we would like to quote and why: pure functions of the book, our inventory and the time."""
