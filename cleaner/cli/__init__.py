"""The command line: arguments → calls → exit codes. What a command needs is imported when it runs."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from cleaner.cli.parser import make_parser
from cleaner.errors import CleanerError

OK, CHANGED, FAILED = 0, 1, 2

# Rules are tens of thousands of objects, and all of them stay: by its own measure, 700, the collector would go through
# them again and again while they are read.
_OBJECTS_BEFORE_COLLECTING = 200_000

# Arrow reads it when it is loaded, here and in the workers. Its own first choice, mimalloc, keeps pages that it has
# freed: workers and the first process held some 60 MiB more each, and were no faster.
_ARROWS_MEMORY = ("ARROW_DEFAULT_MEMORY_POOL", "jemalloc") if sys.platform == "linux" else None


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `cleaner`; never returns, exits with the command's code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, _end)
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    if _ARROWS_MEMORY:
        os.environ.setdefault(*_ARROWS_MEMORY)
    sys.exit(run(arguments))


class Ended(KeyboardInterrupt):
    """A signal other than that of Ctrl-C asked the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _end(number: int, _: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: what was begun is being cleared away
    raise Ended(number)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run `cleaner` with these arguments and return its exit code."""
    parser = make_parser()
    args = parser.parse_args(arguments)
    if not getattr(args, "call", None):
        parser.print_help()
        return FAILED
    module, function = args.call.split(":")
    try:
        code: int = getattr(import_module(f"cleaner.cli.{module}"), function)(args)
        sys.stdout.flush()
        return code
    except CleanerError as error:
        print(f"cleaner: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt as error:
        number = signal.Signals(error.number if isinstance(error, Ended) else signal.SIGINT)
        cause = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
        with suppress(OSError):  # the terminal may be gone
            print(f"cleaner: {cause}; nothing was left half-written", file=sys.stderr)
        return 128 + number
    except BrokenPipeError:
        # The reader of our output has gone (`cleaner clean … | head`): not a fault of anybody's.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        # What commands read and write is told by themselves; this is what they print.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        place = error.filename or "standard output"
        print(f"cleaner: {place}: {error.strerror}; make room, or send it elsewhere", file=sys.stderr)
        return FAILED
