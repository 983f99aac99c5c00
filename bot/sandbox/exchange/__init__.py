"""A local exchange that speaks Polymarket's REST and WebSocket wire, on 127.0.0.1 by default.

Its state is a pure machine with the time handed in (`state.Exchange`); `server` and `sockets` are
thin edges. Nothing of it is imported by trading code. What it does, and what not: docs/sandbox.md.
"""
