"""From wanted quotes to orders: which token, which requests, how many a second. All pure."""
