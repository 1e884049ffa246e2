"""An interrupt that cannot get lost: it is raised, and remembered for as long as nobody has heeded it.

A library with a bare `except:` swallows whatever is raised in it (mpmath has some, and so may any
code that C calls back), and a run that was told to stop would go on to its end.
"""

import signal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_came: list[int] = []  # the numbers of those that came, until the next `listen`


def listen() -> None:
    """Let Ctrl-C and a request to end raise KeyboardInterrupt, also where a shell has had them ignored."""
    _came.clear()
    for number in _SIGNALS:
        signal.signal(number, _raise)


def heed() -> None:
    """Raise KeyboardInterrupt once more if one came, wherever the first has gone."""
    if _came:
        raise KeyboardInterrupt


def _raise(number, frame) -> None:
    _came.append(number)
    raise KeyboardInterrupt
