"""Reads the members of a tar past damaged headers and past the end of a first tar (two tars in one file)."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Any, Self

from cleaner.errors import InputError


class Tar(tarfile.TarFile):
    """A tar that is read forwards. Raises tarfile.ReadError for other data, and if it is truncated in a header."""

    lost = 0
    """Number of damaged headers."""
    _within = False
    """A header is being read that belongs to another one: a long name, or one of extensions."""

    def __init__(self, file: Any) -> None:
        super().__init__(fileobj=file, tarinfo=_Header, encoding="utf-8", errors="surrogateescape")

    def __iter__(self) -> Iterator[tarfile.TarInfo]:
        while member := self.next():
            self.members.clear()  # type: ignore[attr-defined]  # or all headers would be held
            yield member


class _Header(tarfile.TarInfo):
    """A header. tarfile takes one that is damaged or cut short for the archive's end."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> Self:
        if not isinstance(tar, Tar) or tar._within:
            return super().fromtarfile(tar)
        tar._within = True
        try:
            return cls._next(tar)
        finally:
            tar._within = False

    @classmethod
    def _next(cls, tar: Tar) -> Self:
        """The next header that is one; between are blocks that are none, or zeros, which end a tar."""
        at_start = not tar.offset
        ended = strange = False
        while True:
            try:
                found = super().fromtarfile(tar)
            except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
                ended = True
            except (tarfile.InvalidHeaderError, tarfile.SubsequentHeaderError) as error:  # type: ignore[attr-defined]
                if at_start:
                    raise tarfile.ReadError(str(error)) from error
                strange = True
            except tarfile.HeaderError as error:  # the file's end, within a header or between two
                if ended:  # the data after the end of a tar is arbitrary
                    raise tarfile.EOFHeaderError(str(error)) from error  # type: ignore[attr-defined]
                tar.lost += strange
                if isinstance(error, tarfile.EmptyHeaderError):  # type: ignore[attr-defined]
                    raise
                raise tarfile.ReadError(str(error)) from error
            else:
                tar.lost += strange
                return found


def expect_whole(tar: Tar, name: str, hint: str) -> None:
    """Raise InputError if members are lost."""
    if tar.lost:
        cause = f"{tar.lost} of its headers can't be read, whose members are lost; those behind are read"
        raise InputError(name, cause, hint)
