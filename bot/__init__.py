"""PMM: a Polymarket market maker whose paper twin can be believed."""

__version__ = "0.1.0"
