"""``python -m bayes_l2`` is the command line."""

from bayes_l2.cli.main import main

if __name__ == "__main__":
    main()
