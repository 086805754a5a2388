"""Rows that are read a part at a time, because there are too many for the memory."""

import lazy_loader

# __init__.pyi lists the public names; each is imported when it is first used
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
