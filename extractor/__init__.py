"""What production really did, measured from its events, and the paper venue that does the same."""
