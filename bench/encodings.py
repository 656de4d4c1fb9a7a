"""Measure the reading of encodings on the texts of ../shared: `make encodings`.

Each text is written in every encoding that holds it, with and without stray bytes of another one, and read back. A
text is read right where each of its characters is. Half of the texts, by a digest of their ids, are for work on the
detector (`--half tune`); figures are of the other half.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import process_time

import webencodings

from bench.pages import pages_file
from cleaner.readers.encoding import decode
from cleaner.text.normalise import normalise

_UNICODE = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le"
_WESTERN = "cp1252 iso8859-1 iso8859-15"
_CENTRAL = "cp1250 iso8859-2"
_CYRILLIC = "cp1251 koi8-r iso8859-5 cp866"
_OF_LANGUAGES = {
    "en de fr es pt it nl da sv no fi is ca id sw": _WESTERN,
    "pl cs hu hr sk sl ro": _CENTRAL,
    "ru": _CYRILLIC,
    "uk": "cp1251 koi8-u iso8859-5",
    "bg": "cp1251 iso8859-5",
    "el": "cp1253 iso8859-7",
    "he": "cp1255 iso8859-8",
    "ar": "cp1256 iso8859-6",
    "fa ur": "cp1256",
    "tr": "cp1254 iso8859-9",
    "lt lv et": "cp1257 iso8859-13",
    "vi": "cp1258",
    "th": "cp874 tis-620",
    "ja": "cp932 euc-jp iso2022-jp",
    "ko": "cp949 euc-kr",
    "zh": "gb18030 gbk big5 big5hkscs",
}
IN_USE: Mapping[str, frozenset[str]] = {
    language: frozenset(names.split()) for languages, names in _OF_LANGUAGES.items() for language in languages.split()
}
"""The encodings besides Unicode's that texts of a language are met in: the vendor's and the standard's."""
_OTHERS = "mac-roman mac-cyrillic cp850 cp437 cp852 iso8859-16 shift_jis koi8-u"
ENCODINGS = tuple(dict.fromkeys(f"{_UNICODE} {' '.join(_OF_LANGUAGES.values())} {_OTHERS}".split()))

_LONGEST = 6000
_LEAST_KEPT = 0.6  # of the characters of a text, on lines that an encoding holds
_SHORT = 60

# What comes into files from elsewhere: a line of a site's footer in windows-1252; in texts of bytes, one of UTF-8.
STRAYS = (b"\xa9 2020", b"caf\xe9 \x93Holm\x94", b"It cost \xa35")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Bytes to read, and what is right."""

    language: str
    encoding: str
    kind: str
    """`whole`, `stray`, or `short`."""
    data: bytes
    text: str

    def right(self, read: str) -> bool:
        """Whether each character is read right but for the stray ones."""
        read = unicodedata.normalize("NFC", read)
        if self.kind == "stray":
            read = read[: len(self.text)]
        return read == self.text

    @property
    def in_use(self) -> bool:
        """Whether texts of the language are met in the encoding."""
        return self.encoding in _UNICODE.split() or self.encoding in IN_USE.get(self.language, ())


def texts(limit: int, half: str) -> Iterator[tuple[str, str, str]]:
    """Language, id and text: so many a language at most."""
    seen: Counter[str] = Counter()
    for name, field in (
        ("multi", "gold"), ("residue", "gold_keep"), ("aeb", "gold"), ("wcxb", "gold"), ("residue-corpora", "text"),
    ):  # fmt: skip
        with gzip.open(pages_file(name), "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                language, own = record.get("lang") or "?", str(record["id"])
                tune = hashlib.sha256(own.encode()).digest()[0] % 2 == 0
                if tune == (half == "report") or seen[language] >= limit:
                    continue
                text = normalise(record[field] or "")[:_LONGEST]
                if text.strip() and not any(unicodedata.category(c) in ("Cs", "Co", "Cn") for c in text):
                    seen[language] += 1
                    yield language, own, text


def samples(language: str, text: str) -> Iterator[Sample]:
    """The text in each encoding that holds most of its lines, and what is beyond ASCII among them."""
    for encoding in ENCODINGS:
        lines = [line for line in text.split("\n") if _held(line, encoding)]
        held = "\n".join(lines)
        if (held.isascii() and encoding not in _UNICODE.split()) or len(held) < _LEAST_KEPT * len(text):
            continue
        data = _encoded(held, encoding)
        yield Sample(language=language, encoding=encoding, kind="whole", data=data, text=held)
        if encoding in _UNICODE.split()[2:]:
            continue
        if encoding != "iso2022-jp":
            stray = data + b"\n" + STRAYS[len(text) % len(STRAYS)]
            yield Sample(language=language, encoding=encoding, kind="stray", data=stray, text=held)
        if short := _short(lines):
            yield Sample(language=language, encoding=encoding, kind="short", data=_encoded(short, encoding), text=short)


def _short(lines: Sequence[str]) -> str:
    """Whole words around the first character beyond ASCII."""
    for line in lines:
        at = next((i for i, c in enumerate(line) if c > "\x7f"), -1)
        if at >= 0:
            start = line.rfind(" ", 0, max(0, at - _SHORT // 2)) + 1
            stop = line.find(" ", start + _SHORT)
            return line[start : stop if 0 < stop < start + 2 * _SHORT else start + _SHORT]
    return ""


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == "cp1258":
        text = "".join(map(_toned, text))
    return text.encode(encoding)


def _toned(char: str) -> str:
    """Vietnamese as windows-1258 writes it: a letter, and its tone as a mark."""
    parts = unicodedata.normalize("NFD", char)
    tone = next((c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323"), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone else char


def _held(line: str, encoding: str) -> bool:
    try:
        data = _encoded(line, encoding)
    except UnicodeEncodeError:
        return False
    # Some codecs write what they read otherwise.
    return unicodedata.normalize("NFC", data.decode(encoding)) == line


# ---------------------------------------------------------------------------------------------------
# Readers


def _by_name(data: bytes, name: str | None) -> str:
    """Read in the encoding of that name, as browsers understand it; they read Latin-1 as windows-1252."""
    found = webencodings.lookup(name) if name else None
    try:
        return data.decode(found.codec_info.name if found else name or "utf-8", "replace").removeprefix("\ufeff")
    except LookupError:
        return ""


def _charset_normalizer(data: bytes) -> str:
    from charset_normalizer import from_bytes  # may be absent

    return str(from_bytes(data).best() or "").removeprefix("\ufeff")


def _chardet(data: bytes) -> str:
    from chardet import detect

    return _by_name(data, detect(data)["encoding"])


def _uchardet(data: bytes) -> str:
    from cchardet import detect  # may be absent

    return _by_name(data, detect(data)["encoding"])


READERS: Mapping[str, Callable[[bytes], str]] = {
    "cleaner": lambda data: decode(data).text,
    "chardet": _chardet,
    "charset-normalizer": _charset_normalizer,
    "uchardet": _uchardet,
}

# ---------------------------------------------------------------------------------------------------
# Measuring

_OTHERS_EVERY = 4  # texts of a language are tried in encodings that are not in use for it, too

Key = tuple[bool, str, str]
"""Whether the language has the encoding in use, the kind of sample, and an encoding, a language or both; or ""."""


def measure(args: argparse.Namespace) -> tuple[dict[Key, Counter[str]], Counter[str]]:
    """How many samples each reader read right, and in how much time. Those read wrong are shown."""
    right: dict[Key, Counter[str]] = defaultdict(Counter)
    spent: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for language, own, text in texts(args.limit, args.half):
        met[language] += 1
        for sample in samples(language, text) if language in (args.languages or (language,)) else ():
            if sample.encoding not in (args.encodings or (sample.encoding,)):
                continue
            if not sample.in_use and met[language] % _OTHERS_EVERY != 1:
                continue
            both = f"{language} in {sample.encoding}"
            keys = [(sample.in_use, sample.kind, by) for by in ("", sample.encoding, language, both)]
            found = {name: _read(name, sample, spent) for name in args.readers}
            for key in keys:
                right[key].update({"all": 1, **found})
            if not found.get("cleaner", True) and sample.in_use:
                print(_wrong(sample, own), file=sys.stderr)
    return right, spent


def _read(name: str, sample: Sample, spent: Counter[str]) -> bool:
    began = process_time()
    try:
        read = READERS[name](sample.data)
    except ValueError:
        return False
    finally:
        spent[name] += process_time() - began
    return sample.right(read)


def _wrong(sample: Sample, own: str) -> str:
    decoded = decode(sample.data)
    at = next((i for i, (a, b) in enumerate(zip(decoded.text, sample.text, strict=False)) if a != b), 0)
    read, right = (text[max(0, at - 20) : at + 40] for text in (decoded.text, sample.text))
    doubt = "" if decoded.flags else ", surely"
    where = f"{own}: {sample.language} {sample.encoding} {sample.kind}"
    return f"{where}, as {decoded.encoding}{doubt}: {read!r} for {right!r}"


_KINDS = {
    "whole": "whole texts",
    "stray": "whole texts, with one to three stray bytes of windows-1252 in the last line",
    "short": "some 60 characters",
}


def table(right: Mapping[Key, Counter[str]], readers: Sequence[str], *, in_use: bool, named: Collection[str]) -> str:
    """The share read right, of all and by what is in `named`, as Markdown."""
    out: list[str] = []
    for kind, title in _KINDS.items():
        out += [f"\n{title[0].upper()}{title[1:]}:\n", f"| | samples | {' | '.join(readers)} |"]
        out.append("|---|---|" + "---|" * len(readers))
        for (used, of, by), counts in sorted(right.items()):
            if (used, of) == (in_use, kind) and (not by or by in named):
                shares = (f"{100 * counts[name] / counts['all']:.2f}" for name in readers)
                out.append(f"| {by or 'all'} | {counts['all']:,} | {' | '.join(shares)} |")
    return "\n".join(out) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="bench.encodings", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, default=40, metavar="N", help="texts of each language at most (40)")
    parser.add_argument("--half", choices=("tune", "report"), default="report", help="which texts (report)")
    for what in ("readers", "languages", "encodings"):
        parser.add_argument(f"--{what}", type=lambda given: tuple(given.split(",")), metavar="NAME,...")
    args = parser.parse_args(arguments)
    args.readers = args.readers or tuple(READERS)
    right, spent = measure(args)
    samples_in_all = sum(counts["all"] for (_, _, by), counts in right.items() if not by)
    for in_use, title in ((True, "where the language has the encoding in use"), (False, "other pairs")):
        named = {*ENCODINGS, *IN_USE} if in_use else set(ENCODINGS)
        print(f"\n## Read right, %: {title}\n{table(right, args.readers, in_use=in_use, named=named)}")
    print("; ".join(f"{name} {1000 * spent[name] / samples_in_all:.2f} ms" for name in args.readers), "a text")
    return 0


if __name__ == "__main__":
    sys.exit(main())
