"""What the command line says when it stops: a message for the user and the exit code."""

from __future__ import annotations

EXIT_OK = 0
EXIT_BAD_RECORDS = 1
"""The run is complete (or was stopped by --strict), and some records could not be read."""
EXIT_USAGE = 2
"""Wrong use: an unknown option, an input that is not there, a damaged bundle, a missing extra."""
EXIT_STOPPED = 3
"""The run stopped before its end: a full disk, a worker that cannot be kept alive."""
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141
EXIT_TERMINATED = 143


class UserError(Exception):
    """A mistake or a limit outside the program. The message names the place, the value and what to do."""

    def __init__(self, message: str, code: int = EXIT_USAGE) -> None:
        super().__init__(message)
        self.code = code


def missing_extra(package: str, extra: str, what: str) -> UserError:
    """The error for an optional package that is not installed."""
    return UserError(f"{what} needs {package}, which is not installed: pip install 'ausblick[{extra}]'")
