"""The command line: maps arguments to calls, and results to exit codes. A command's imports happen when it runs."""

from __future__ import annotations

import errno
import gc
import logging
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from cleaner.cli import output
from cleaner.cli.aliases import current_arguments
from cleaner.cli.parser import make_parser
from cleaner.errors import CleanerError

OK, CHANGED, FAILED = 0, 1, 2

# Rules are tens of thousands of long-lived objects. With its default threshold, 700, the collector would scan them
# many times while they are loaded.
_OBJECTS_BEFORE_COLLECTING = 200_000

_SHORT_OF_MEMORY = re.compile(
    "allocate memory|failed to map segment|can't start new thread|launch worker thread|out of memory", re.IGNORECASE
)
_NO_MEMORY = (
    "not enough memory; add memory, or use fewer --workers and a smaller shard_bytes (no file was left half-written)"
)

# Arrow reads this variable when it is loaded, here and in the workers. Its default, mimalloc, keeps freed pages: each
# process held some 60 MiB more, and was no faster.
_ARROWS_MEMORY = ("ARROW_DEFAULT_MEMORY_POOL", "jemalloc") if sys.platform == "linux" else None


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `cleaner`; never returns, exits with the command's code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, _end)
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    if _ARROWS_MEMORY:
        os.environ.setdefault(*_ARROWS_MEMORY)
    output.open_streams()
    code = run(arguments)
    output.close()
    sys.exit(code)


class Ended(KeyboardInterrupt):
    """Raised when a signal other than SIGINT asks the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _end(number: int, _: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # ignore further signals while unfinished files are removed
    raise Ended(number)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run `cleaner` with these arguments and return its exit code."""
    try:
        code = _command(arguments)
        sys.stdout.flush()
        return code
    except CleanerError as error:
        for fault in error.lines:
            output.remark(fault)
        return error.exit_code
    except KeyboardInterrupt as error:
        number = signal.Signals(error.number if isinstance(error, Ended) else signal.SIGINT)
        cause = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
        with suppress(OSError):  # the terminal may be gone
            output.remark(f"{cause}; no file was left half-written")
        return 128 + number
    except BrokenPipeError:
        # The reader of our output has ended (`cleaner clean … | head`); this is not an error.
        output.give_up(sys.stdout)
        return 128 + signal.SIGPIPE
    except Exception as error:
        if _is_short_of_memory(error):
            output.remark(_NO_MEMORY)
        elif isinstance(error, OSError):
            # Commands report errors of the files that they read and write; this one is about standard output.
            place = error.filename or "standard output"
            hint = "open it" if error.errno == errno.EBADF else "free some space, or redirect it"
            output.remark(f"{place}: {error.strerror or error}; {hint}")
        else:
            raise
        output.give_up(sys.stdout)
        return FAILED


def _command(arguments: Sequence[str] | None) -> int:
    parser = make_parser()
    arguments = current_arguments(sys.argv[1:] if arguments is None else arguments, output.remark)
    try:
        args = parser.parse_args(arguments)
    except SystemExit:
        sys.stdout.flush()  # help is printed, too
        raise
    if not getattr(args, "call", None):
        parser.print_help()
        return FAILED
    logging.getLogger("cleaner").handlers = [output.Remarks()]
    module, function = args.call.split(":")
    code: int = getattr(import_module(f"cleaner.cli.{module}"), function)(args)
    return code


def _is_short_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out. For libraries and threads that could not start, only the message shows it."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return bool(_SHORT_OF_MEMORY.search(str(error)))
