"""git, asked with nothing of the caller's: no variables of a hook, no hooks, no other repository."""

import os
import subprocess

from benchmarks.errors import UserError
from benchmarks.registry import ROOT

_SETTINGS = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")


class GitError(UserError):
    """git is missing, or failed: `words` are its own on why."""

    def __init__(self, message: str, words: str = ""):
        super().__init__(message)
        self.words = words


def output(*arguments: str) -> bytes:
    """What `git` with these arguments prints, asked in the project's root. Raises GitError."""
    # Called from a hook, GIT_DIR and GIT_INDEX_FILE name the repository and index of a commit under way.
    variables = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    variables |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", *_SETTINGS, *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, capture_output=True
        )
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        why = "is not installed" if missing else f"cannot be started ({error.strerror})"
        raise GitError(f"git {why}; compare two run folders instead") from None
    if done.returncode:
        words = _last_words(done.stderr.decode(errors="replace"))
        shown = words or f"status {done.returncode}"
        raise GitError(f"git {arguments[0]}: {shown}", words)
    return done.stdout


def line(*arguments: str) -> str:
    """The same as text, without the line's end."""
    return output(*arguments).decode(errors="replace").strip()


def _last_words(text: str) -> str:
    """What git died of and, if that is another, its last line: what it advises to do."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))][-1:]
    return " … ".join(dict.fromkeys([*fatal, *lines[-1:]]))
