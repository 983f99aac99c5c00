"""docs/runbook.md as a page with a place for each alert: what every alert and dashboard links to.

Grafana serves it as a file of its own (docker-compose.yml mounts it), because no web site of this
project may be taken for granted. Of Markdown it knows what the runbook uses, and refuses the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "docs" / "runbook.md"

_PAGE = """\
<!doctype html>
<!-- Made by `python -m alerting` from docs/runbook.md: do not edit. -->
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>PMM runbook</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }}
h2 {{ border-top: 1px solid #bbb; padding-top: 1em; }}
h2:target {{ background: #ffd; }}
</style>
{body}
</html>
"""
_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"&lt;(https?://[^&]+)&gt;"), r'<a href="\1">\1</a>'),
    # Its neighbours in docs/ are not served beside it: their names stay.
    (re.compile(r"\[([^\]]+)\]\([^)]+\)"), r"\1"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
)
_STEP = re.compile(r"[0-9]+\. ")


def render(markdown: str) -> str:
    """Return the page of a runbook. Raises ValueError naming a block it does not know."""
    blocks = (block for block in markdown.strip().split("\n\n") if block.strip())
    return _PAGE.format(body="\n".join(_block(block) for block in blocks))


def _block(block: str) -> str:
    lines = block.strip().split("\n")
    first = lines[0]
    if first.startswith("# "):
        return f"<h1>{_inline(first[2:])}</h1>"
    if first.startswith("## "):
        name = first[3:].strip()
        return f'<h2 id="{escape(name)}">{escape(name)}</h2>'
    if all(_STEP.match(line) for line in lines):
        return _steps(_STEP.sub("", line, count=1) for line in lines)
    if first.startswith(("#", "-", "|", ">", "```")):
        raise ValueError(f"the runbook has a block that its page cannot show: {first!r}")
    return f"<p>{_inline(' '.join(lines))}</p>"


def _steps(lines: Iterable[str]) -> str:
    items = "".join(f"\n<li>{_inline(line)}</li>" for line in lines)
    return f"<ol>{items}\n</ol>"


def _inline(text: str) -> str:
    marked = escape(text, quote=False)
    for pattern, tags in _INLINE:
        marked = pattern.sub(tags, marked)
    return marked
