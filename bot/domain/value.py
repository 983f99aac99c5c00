"""The base of small immutable values that are passed around inside and never decoded.

It gives a struct its options a second time: the compiler of compile_core.py drops those in a class
statement, and what derives from here keeps them. A value holds no cycles, so the collector need
not look at it.
"""

from __future__ import annotations

import msgspec


class Value(msgspec.Struct, frozen=True, gc=False):
    """A value. Derive with `frozen=True` all the same: that is what the type checker reads."""
