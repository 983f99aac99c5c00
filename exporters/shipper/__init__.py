"""The shipper: follows a journal and writes its events to the time-series store, each once.

It is a process of its own and shares nothing with the bot but the journal's files, which it only
reads: whatever happens to it or to the store, the bot does not notice. What makes "each once" true
is split in two: the position moves only after the store has confirmed, so nothing is lost; and a
point's identity follows from its event, so what is sent again overwrites itself.
"""

from exporters.shipper.progress import Progress
from exporters.shipper.shipper import Shipper

__all__ = ["Progress", "Shipper"]
