"""The real exchange: its wire, its streams, its market list."""
