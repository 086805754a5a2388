"""The command ``bayes-l2 explore``."""

import webbrowser

from bayes_l2.explorer.page import PAGE


def explore() -> None:
    """Open the explorer in the browser, and print the path of its file.

    The explorer is one HTML file that needs no network. Where no browser is found, open
    the printed path by hand.
    """
    print(PAGE)
    webbrowser.open(PAGE.as_uri())
