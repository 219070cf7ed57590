"""`python -m policywatch` is `policywatch`."""

from policywatch.cli import main

main()
