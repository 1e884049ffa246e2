"""An interrupt that cannot get lost: it is raised at once, and stays pending after that.

A library with a bare `except:` swallows whatever is raised in it (mpmath has some, and so may any
code that C calls back), and a run that was told to stop would go on to its end.
"""

import signal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_pending: list[int] = []  # the numbers of the signals since the last `listen`


def listen() -> None:
    """Let Ctrl-C and a request to end raise KeyboardInterrupt, also where a shell made us ignore them."""
    _pending.clear()
    for number in _SIGNALS:
        signal.signal(number, _raise)


def raise_pending() -> None:
    """Raise KeyboardInterrupt again if one came: a library may have swallowed the first."""
    if _pending:
        raise KeyboardInterrupt


def _raise(number, frame) -> None:
    _pending.append(number)
    raise KeyboardInterrupt
