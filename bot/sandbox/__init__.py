"""Made-up markets and a local exchange: everything needed to run without the venue."""
