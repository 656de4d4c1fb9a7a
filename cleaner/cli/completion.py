"""`cleaner completion`: prints a shell's completion script."""

from __future__ import annotations

import argparse

import shtab

from cleaner.cli import output
from cleaner.cli.parser import make_parser


def completion_command(args: argparse.Namespace) -> int:
    """Print the script for a shell."""
    output.document(f"{shtab.complete(make_parser(), args.shell)}\n")
    return 0
