"""What the outside sees of a bot: metrics, points for the time-series store, health."""
