"""What a bot needs that trades real money: a durable intent, and its own past."""
