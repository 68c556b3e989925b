"""`python -m syncd` is `syncd`."""

import sys

from syncd.cli import main

if __name__ == "__main__":
    sys.exit(main())
