"""The explorer: a page for a browser, which ``explorer/build.py`` builds."""
