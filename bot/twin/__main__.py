"""The twin's process, started by production: `python -m bot.twin` reads frames from its stdin."""

import sys

from bot.twin.process import main

if __name__ == "__main__":
    sys.exit(main())
