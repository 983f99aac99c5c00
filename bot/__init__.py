"""PMM: a Polymarket market maker whose paper twin can be believed."""
