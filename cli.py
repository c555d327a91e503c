"""`python cli.py` is `personalize`: the command line is in `personalize/commands/`."""

from personalize.commands.main import main

if __name__ == "__main__":
    main()
