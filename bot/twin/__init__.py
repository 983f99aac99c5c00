"""The twin: a paper venue that gets production's decisions at the same instant, beside it.

It is a process of its own at the end of a pipe. Production writes into the pipe without waiting and
knows nothing else of it: no memory, no lock, no interpreter is shared, and the twin has no key, so
it can neither hold production up nor place a real order. `link` is production's end, `process` the
other; `core` is what the twin does, `real_orders` and `others` the market without production's own
orders, `compare` what becomes of each order on both sides.
"""
