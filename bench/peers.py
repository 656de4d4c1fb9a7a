"""What others make of the same pages: a few lines each around their own calls, all optional.

A peer whose package isn't installed is skipped, and says how to install it. Nothing is downloaded at run time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

Extract = Callable[[str, str | None], str]
"""From a page (HTML, or flat text of a block a line) and its language to the text of its article."""

# C4's lines (Raffel et al., JMLR 2020; tensorflow_datasets' c4_utils): ends of sentences, words, what none may say.
# It knows the first four ends; to stop there would score typography, and the letters of other languages.
_C4_ENDS = (".", "?", "!", '"', "”", "“", "»", "。", "！", "？", "।")
_C4_LEAST_WORDS = 5
_C4_NEVER = re.compile(
    r"javascript|terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies", re.IGNORECASE
)

# What jusText calls the languages of which it has stop words; it takes the others without.
_STOP_WORDS = {
    "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French",
    "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ko": "Korean",
    "lt": "Lithuanian", "nl": "Dutch", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ru": "Russian",
    "sw": "Swahili", "tr": "Turkish", "vi": "Vietnamese",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another tool, as it is called here."""

    name: str
    package: str = ""
    """On PyPI; nothing: its rule is written out here."""
    html: bool
    """Whether it takes HTML; else flat text."""
    extract: Extract

    @property
    def version(self) -> str | None:
        """Of the package that is installed, or None where it isn't."""
        try:
            return version(self.package) if self.package else ""
        except PackageNotFoundError:
            return None

    @property
    def absence(self) -> str | None:
        """Why it is skipped, or None where it runs."""
        if self.version is not None:
            return None
        return f"{self.name}: not installed, skipped; pip install {self.package}"


def _trafilatura(page: str, _language: str | None) -> str:
    import trafilatura

    text: str | None = trafilatura.extract(page, include_comments=False)
    return text or ""


def _justext(page: str, language: str | None) -> str:
    import justext

    if not page.strip():
        return ""
    name = _STOP_WORDS.get(language or "en")
    asked: dict[str, Any] = {} if name else {"stopwords_low": 0, "stopwords_high": 0}
    paragraphs = justext.justext(page, _stop_words(name) if name else frozenset(), **asked)
    return "\n".join(each.text for each in paragraphs if not each.is_boilerplate)


@lru_cache(maxsize=32)
def _stop_words(name: str) -> frozenset[str]:
    import justext

    words: frozenset[str] = justext.get_stoplist(name)
    return words


def _resiliparse(page: str, _language: str | None) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(page, main_content=True, alt_texts=False)
    return text


def _readability(page: str, _language: str | None) -> str:
    from lxml import html as parser
    from readability import Document
    from readability.readability import Unparseable

    try:
        summary = Document(page).summary(html_partial=True)
    except Unparseable:
        return ""
    blocks = parser.fromstring(summary).iter("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "td")
    innermost = (each for each in blocks if each.find(".//p") is None)
    return "\n".join(line for each in innermost if (line := " ".join(each.text_content().split())))


def _c4(text: str, _language: str | None) -> str:
    return "\n".join(line for each in text.split("\n") if _c4_keeps(line := each.strip()))


def _c4_keeps(line: str) -> bool:
    ends = line.endswith(_C4_ENDS) and not line.endswith("...")
    return ends and len(line.split()) >= _C4_LEAST_WORDS and not _C4_NEVER.search(line)


def _datatrove(text: str, _language: str | None) -> str:
    from datatrove.data import Document

    document = Document(text=text, id="")
    return str(document.text) if _datatrove_filter().filter(document) is True else ""


@lru_cache(maxsize=1)
def _datatrove_filter() -> Any:
    """Its lines only: the filters that drop a whole document would count an article as lost."""
    from datatrove.pipeline.filters import C4QualityFilter

    return C4QualityFilter(min_num_sentences=-1, filter_lorem_ipsum=False, filter_curly_bracket=False)


def _over_lines(extract: Extract) -> Extract:
    """The lines of a flat text as the paragraphs of a page."""

    def extracted(text: str, language: str | None) -> str:
        lines = (f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
        return extract(f"<html><body>{''.join(lines)}</body></html>", language)

    return extracted


_ALL = (
    Peer(name="trafilatura", package="trafilatura", html=True, extract=_trafilatura),
    Peer(name="readability-lxml", package="readability-lxml", html=True, extract=_readability),
    Peer(name="resiliparse", package="resiliparse", html=True, extract=_resiliparse),
    Peer(name="jusText", package="justext", html=True, extract=_justext),
    Peer(name="C4's line rule", html=False, extract=_c4),
    Peer(name="datatrove's C4 filter, lines only", package="datatrove", html=False, extract=_datatrove),
    Peer(name="jusText over the lines", package="justext", html=False, extract=_over_lines(_justext)),
    Peer(name="trafilatura over the lines", package="trafilatura", html=False, extract=_over_lines(_trafilatura)),
)
PEERS: Mapping[str, Peer] = {peer.name: peer for peer in _ALL}
