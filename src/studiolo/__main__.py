"""`python -m studiolo` is the same as `studiolo`."""

from studiolo.cli import main

if __name__ == "__main__":
    main()
