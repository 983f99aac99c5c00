"""Where the token of InfluxDB is: the one place that reads it, for who writes and who reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.domain.errors import SettingsError

VARIABLE = "INFLUX_TOKEN"
FILE_VARIABLE = f"{VARIABLE}_FILE"

_TOKEN = re.compile(r"[!-~]*")


def influx_token(environ: Mapping[str, str], file: Path | None = None) -> str:
    """Return the token: from `file`, else from the file of $INFLUX_TOKEN_FILE, else $INFLUX_TOKEN.

    Empty when nothing was set; a store without accounts needs none. Raises SettingsError, which
    never shows it, for a file that cannot be read or is empty, and for what can be no token.
    """
    named = environ.get(FILE_VARIABLE)
    path = file if file is not None else Path(named) if named else None
    if path is None:
        token, place = environ.get(VARIABLE, "").strip(), f"${VARIABLE}"
    else:
        try:
            token, place = path.read_text(encoding="utf-8").strip(), str(path)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"cannot read the token from {path}") from error
        if not token:
            raise SettingsError(f"no token in {path}")
    if not _TOKEN.fullmatch(token):  # an HTTP library would show it when it refuses it
        raise SettingsError(f"what {place} holds is no token: it has spaces or odd characters")
    return token
