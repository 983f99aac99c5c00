"""`python -m exporters.divergence`, the same as `python -m exporters divergence`."""

import sys

from exporters.divergence.command import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
