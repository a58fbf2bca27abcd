"""`python -m ausblick`, the same as the command `ausblick`."""

import sys

from ausblick.cli import main

if __name__ == "__main__":
    sys.exit(main())
