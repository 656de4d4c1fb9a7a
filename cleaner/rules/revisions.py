"""Rule packs by name: a folder, a git revision of the rule folder, or the working tree."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from cleaner.errors import CleanerError, RulesError
from cleaner.model.rule import RulePack
from cleaner.rules.cache import kept
from cleaner.rules.folder import SUFFIXES, decoded
from cleaner.rules.load import load_pack, parse_pack

WORKING_TREE = "."
"""The name of the rule folder as it is on disk."""

# In a hook, these variables make git's commands use the hook's repository, whatever their working folder is.
_SET_BY_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


def pack_at(name: str, folder: Path) -> RulePack:
    """The pack that a name means: `.` the folder as it is, another folder, else a git revision of it.

    Raises RulesError for faults in the rules of a folder, CleanerError where the name means nothing, or a
    revision whose rules have faults: nobody can mend those.
    """
    if name == WORKING_TREE:
        return load_pack(folder)
    if Path(name).is_dir():
        return load_pack(Path(name))
    try:
        return kept(_committed(name, folder), parse_pack)
    except RulesError as error:
        cause = f"its rules have faults (the first: {error.faults[0]})"
        raise CleanerError(name, cause, "name a revision whose rules are sound") from None


def _committed(revision: str, folder: Path) -> dict[str, str]:
    """The rule files of a revision, path below the folder → text."""
    _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", revision=revision)
    packed = _git(folder, "archive", "--format=tar", revision, revision=revision)  # of the folder that it runs in
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = [m for m in archive if m.isfile() and m.name.endswith(SUFFIXES)]
        return decoded({m.name: file.read() for m in members if (file := archive.extractfile(m))})


def _git(folder: Path, *arguments: str, revision: str) -> bytes:
    if not folder.is_dir():
        raise CleanerError(str(folder), "no such folder", "name one with --rules")
    env = {name: value for name, value in os.environ.items() if name not in _SET_BY_HOOKS}
    try:
        return subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise CleanerError(revision, "git is not installed", "compare two folders instead") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        if "not a git repository" in said:
            raise CleanerError(str(folder), "is not in a git repository", "name two rule folders to compare") from None
        cause = f"is neither a folder nor a revision that holds {folder.name}/" + (f" ({said})" if said else "")
        raise CleanerError(revision, cause, "name a folder, a branch, a tag or a commit") from None
