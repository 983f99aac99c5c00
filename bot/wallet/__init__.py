"""The wallet on the chain: what it holds and may spend, and the few transactions a maker needs."""
