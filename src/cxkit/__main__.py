"""`python -m cxkit`: the same as the command `cxkit`."""

from .cli import main

raise SystemExit(main())
