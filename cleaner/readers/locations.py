"""The places of input bytes: a local file, an address that fsspec supports, or a file in an open archive."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Literal, cast

from cleaner.errors import InputError

_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Remote:
    """A file behind an address, such as `s3://bucket/a.jsonl.gz`."""

    url: str

    def __str__(self) -> str:
        return self.url

    @property
    def suffix(self) -> str:
        """As `Path.suffix`."""
        return PurePosixPath(self.url).suffix

    def open(self, mode: Literal["rb"] = "rb") -> BinaryIO:
        """Return the file, which is seekable. Raises OSError for any error of any library."""
        filesystem, path = filesystem_of(self.url)
        try:
            return cast("BinaryIO", io.BufferedReader(_RemoteFile(filesystem.open(path, mode)), _BUFFER))
        except OSError:
            raise
        except Exception as error:
            raise _as_os_error(error) from error

    def read_bytes(self) -> bytes:
        """As `Path.read_bytes`. Raises OSError."""
        with self.open() as file:
            return file.read()


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A file in an archive. It can be opened once, while the archive is at its position."""

    name: str
    file: BinaryIO

    def __str__(self) -> str:
        return self.name

    @property
    def suffix(self) -> str:
        """As `Path.suffix`."""
        return PurePosixPath(self.name).suffix

    def open(self, _mode: Literal["rb"] = "rb") -> BinaryIO:
        """Return the file, at its beginning."""
        return self.file

    def read_bytes(self) -> bytes:
        """As `Path.read_bytes`. Raises OSError."""
        return self.file.read()


Place = Path | Remote | Member


def absolute(place: Place) -> Place:
    """Return the place with an absolute path, for a process with another working folder."""
    return place.absolute() if isinstance(place, Path) else place


def filesystem_of(url: str) -> tuple[Any, str]:
    """Return the fsspec filesystem of an address, and the path there. Raises InputError if there is none."""
    from fsspec.core import url_to_fs  # rarely needed

    try:  # no error of a library goes on as the cause of ours: it may repeat the password of an address
        filesystem, path = url_to_fs(url)
    except ImportError as error:
        raise InputError(url, f"needs a package that is not installed: {error}", "install it with pip") from None
    except Exception as error:  # an unknown scheme, or a faulty address or setting of the scheme's own library
        raise InputError(url, f"can't be reached: {error}", "see that the address is right") from None
    return filesystem, path


def _as_os_error(error: Exception) -> OSError:
    return OSError(f"{type(error).__name__}: {error}")


class _RemoteFile(io.RawIOBase):
    """A remote file whose errors are OSErrors, as those of a local file are."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def readinto(self, buffer: Any, /) -> int:
        try:
            data = self._file.read(len(buffer))
        except OSError:
            raise
        except Exception as error:
            raise _as_os_error(error) from error
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        self._file.close()
        super().close()
