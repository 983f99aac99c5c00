"""How fast the hot path is, measured on a generated tape. Never part of a test's verdict."""
