"""`python -m api` is the `quming` command."""

from api.cli import main

main()
