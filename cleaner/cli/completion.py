"""`cleaner completion`: a shell's completion script."""

from __future__ import annotations

import argparse

import shtab

from cleaner.cli.parser import make_parser


def run(args: argparse.Namespace) -> int:
    """Print the script for a shell."""
    print(shtab.complete(make_parser(), args.shell))
    return 0
