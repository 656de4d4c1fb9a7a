"""Rows of numbers in memory-mapped files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cleaner.dataset.folders import output_errors


class RowFile:
    """A file of rows of `width` numbers each (1: a column of numbers). Use it as a context manager.

    Raises OutputError if the disk refuses.
    """

    def __init__(self, file: Path, kind: type[np.generic], width: int = 1) -> None:
        self.file = file
        self._kind = np.dtype(kind)
        self._shape = (-1, width) if width > 1 else (-1,)
        self._size = width * self._kind.itemsize

    def __enter__(self) -> Self:
        with output_errors(self.file):
            self._handle = os.open(self.file, os.O_RDWR | os.O_CREAT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def __len__(self) -> int:
        return os.fstat(self._handle).st_size // self._size

    def reserve(self, rows: int) -> None:
        """Reserve `rows` rows of zeros; rows that are not written take no disk space."""
        with output_errors(self.file):
            os.truncate(self._handle, rows * self._size)

    def write(self, at: int, values: NDArray[Any]) -> None:
        """Write rows, beginning at the row number `at`."""
        left = np.ascontiguousarray(values, self._kind).tobytes()
        start = at * self._size
        with output_errors(self.file):
            while left:
                done = os.pwrite(self._handle, left, start)
                left, start = left[done:], start + done

    def append(self, values: NDArray[Any]) -> None:
        """Append rows."""
        self.write(len(self), values)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Return the rows from `start` to before `stop`."""
        return self._array(os.pread(self._handle, (stop - start) * self._size, start * self._size))

    def take(self, rows: Iterable[int]) -> NDArray[Any]:
        """Return the rows with these numbers, in this order."""
        return self._array(b"".join(os.pread(self._handle, self._size, row * self._size) for row in rows))

    def _array(self, held: bytes) -> NDArray[Any]:
        return np.frombuffer(held, self._kind).reshape(self._shape)
