"""`python -m pipeline` is `marathon`."""

from pipeline.cli import main

main()
