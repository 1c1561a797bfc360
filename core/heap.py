"""Memory that is there for good, which Python's garbage collector need not look through again and again."""

import gc

# Objects that are made before the young ones are looked through (Python's own 700 suits a small program), and how many times that is
# done before those that stayed are.
OFTEN = (20_000, 20, 20)


def settle() -> None:
    """Leave what a process has loaded out of every later collection: half a million objects of modules, routes and templates.

    Posting many entries spent two fifths of its processor time on looking through them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN)
