"""Errors that a user can act on: shown in one or two lines, never as a traceback."""


class UserError(ValueError):
    """Says what is wrong, where, by how much, and what to do next; `exit_status` ends the command."""

    exit_status = 2
