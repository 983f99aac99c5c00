"""The real tools: promtool, amtool, prometheus, alertmanager; skipped without them, not in CI."""

import shutil
from collections.abc import Callable
from os import environ, pathsep  # noqa: TID251 - tools are found by PATH
from pathlib import Path

import pytest

CACHE = Path(environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "pmm-tools" / "bin"


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """A function from a tool's name to its path, from PATH or the cache of `.ci/tools`."""

    def find(name: str) -> str:
        found = shutil.which(name, path=f"{CACHE}{pathsep}{environ.get('PATH', '')}")
        if found is None and environ.get("CI"):
            pytest.fail(f"{name} is missing: run .ci/tools")
        if found is None:
            pytest.skip(f"{name} is not installed: run .ci/tools")
        return found

    return find
