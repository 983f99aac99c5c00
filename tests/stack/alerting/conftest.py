"""The real tools: promtool, amtool, prometheus, alertmanager; skipped without them, not in CI."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "pmm-tools" / "bin"


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """A function from a tool's name to its path, from PATH or the cache of `.ci/tools`."""

    def find(name: str) -> str:
        found = shutil.which(name, path=f"{CACHE}{os.pathsep}{os.environ.get('PATH', '')}")
        if found is None and os.environ.get("CI"):
            pytest.fail(f"{name} is missing: run .ci/tools")
        if found is None:
            pytest.skip(f"{name} is not installed: run .ci/tools")
        return found

    return find
