"""The wallet on the chain against the bot's ledger. Reads both and writes neither; has no key."""
