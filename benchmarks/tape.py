"""The tape that is measured on: one and a half million level changes of a busy generated market."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape

FULL_S = 62_000
"""17 hours at activity 5: about 830,000 frames with 1.57 million level changes."""
QUICK_S = 3_600


def make_tape(directory: Path, *, is_quick: bool) -> Path:
    """Return the path of the tape, written there unless it exists already."""
    seconds = QUICK_S if is_quick else FULL_S
    path = directory / f"benchmark-{seconds}.jsonl.zst"
    if not path.exists():
        unfinished = path.with_name(f"unfinished-{path.name}")
        write_tape(
            unfinished, generate(GeneratedMarketConfig(seed=1, duration_s=seconds, activity=5))
        )
        unfinished.replace(path)
    return path
