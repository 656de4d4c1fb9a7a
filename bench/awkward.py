"""Texts and pages that are awkward to clean, of any size: work that grows with the square of something shows there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random

Make = Callable[[int], str]
"""A text or page made of a number of units: lines, elements, or words."""

PROSE = (
    "The harbour office counted the lamps again on Tuesday, and the keeper wrote down that eleven of them were dark, "
    "as they had been since the storm that broke the mole in the autumn."
)


def _lines(*patterns: str, prose: int = 3, between: str = "\n") -> Make:
    """Lines in turn, each with its number put in, between a few paragraphs of prose."""

    def make(n: int) -> str:
        body = between.join(patterns[i % len(patterns)].replace("@", _word(i)) for i in range(n))
        return "\n\n".join([PROSE] * prose + [body] + [PROSE] * prose)

    return make


def _one_line(unit: str, between: str = " ") -> Make:
    return lambda n: between.join(unit.replace("@", _word(i)) for i in range(n))


def _word(i: int) -> str:
    """A word of its own for each number, in letters alone."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    word = ""
    while i >= 0:
        word = letters[i % 26] + word
        i = i // 26 - 1
    return word.capitalize()


def _random_letters(n: int) -> str:
    random = Random(7)
    return "\n".join("".join(random.choice("etaoin srhl.,") for _ in range(20)) for _ in range(n))


TEXTS: Mapping[str, Make] = {
    "prose": lambda n: "\n\n".join([PROSE] * n),
    "prose in one line": _one_line(PROSE),
    "lines without blank lines": lambda n: "\n".join([PROSE] * n),
    "one word a line": _lines("@"),
    "one letter a line": _lines("a"),
    "many identical lines": _lines("The lamps are lit"),
    "blank lines": lambda n: PROSE + "\n" * n + PROSE,
    "blank lines with blanks": lambda n: PROSE + "\n \t" * n + "\n" + PROSE,
    "prose and short lines in turn": lambda n: "\n".join([PROSE, "Lamps"] * (n // 2)),
    "captions": _lines("The @ pier at dusk. Photo: Ines Duarte/Reuters"),
    "repeated captions": _lines("The old pier at dusk. Photo: Ines Duarte/Reuters", "The old pier at dusk."),
    "credits": _lines("Photo: Ines @/Getty Images"),
    "the same credit": _lines("Photo: Ines Duarte/Getty Images"),
    "captions that share words": _lines("The @ pier at dusk", "The @ pier at dusk. Photo: Ines Duarte/Reuters"),
    "credits in one line": _one_line("The pier. (Photo by Ines @/Getty Images)"),
    "photo colons in one line": _one_line("Photo: @"),
    "bylines": _lines("By Anna @"),
    "bylines in one line": _one_line("By Anna @ and Tom Okoro"),
    "dates": _lines("Published March 4, 2025 at 10:30", "Updated 5 June 2024"),
    "dates in one line": _one_line("Published March 4, 2025"),
    "titles": _lines("Lamps Return To @ After Eleven Dark Weeks", between="\n\n"),
    "publishers": _lines("© 2024 The @ Post. All rights reserved.", "About @ Post"),
    "addresses": _lines("https://post.example/@/2025/03/04/lamps"),
    "mail addresses": _lines("write to @@post.example"),
    "addresses in one line": _one_line("https://post.example/@"),
    "share buttons": _lines("Share", "Tweet", "Email", "Print"),
    "related headings": _lines("Most read", "The @ pier"),
    "related headings alone": _lines("Most read"),
    "cuts over labelled lines": _lines("Related articles", "Share"),
    "read also": _lines("Read more: The @ pier is shut"),
    "questions": _lines("Sign up for the @ letter?", "Comment on @?"),
    "quotes": _lines('"The @ lamp," she said, "is dark."'),
    "quotation marks alone": _lines('"'),
    "brackets": _lines("(((@)))"),
    "open brackets in one line": _one_line("(", ""),
    "open and closed brackets": lambda n: "(" * n + ")" * n,
    "closing marks that begin lines": _lines("the lamps of @", "; and so on we go"),
    "broken at tags": _lines("The lamps of the", "Pier @", ", which were dark, came on again and"),
    "wrapped lines": lambda n: "\n".join(["the lamps along the northern mole came on again on tuesday, as they"] * n),
    "hyphens at line ends": lambda n: "\n".join(["the lamps along the northern mole came on again on tues-"] * n),
    "page numbers": _lines("the lamps along the northern mole came on again, and the", "- 12 -", "keeper wrote"),
    "comment counters": _lines("@ wrote: 12 comments", "Reply"),
    "tags": _lines("Tags: @, lamps, pier"),
    "menus": lambda n: "\n".join(["Home", "News", "Sport", "Culture"] * (n // 4)) + f"\n\n{PROSE}\n\n{PROSE}",
    "bullets": _lines("* @ lamps", "- pier"),
    "nested bullets": lambda n: "\n".join(" " * (i % 40) + f"- {_word(i)} lamps" for i in range(n)),
    "deep indents": lambda n: "\n".join(" " * min(i, 200) + "lamp" for i in range(n)),
    "a table": _lines("@\t12\t14\t16", "| @ | 12 | 14 |"),
    "punctuation alone": _lines("***", "---", "...", "|"),
    "punctuation in one line": _one_line(".,;:!?|/", ""),
    "digits alone": _lines("12", "4 711", "0:39"),
    "digits in one line": _one_line("1234567890", ""),
    "a very long word": _one_line("@", ""),
    "dashes in one line": _one_line("-", ""),
    "slashes in one line": _one_line("Anna @ / Getty Images", " / "),
    "colons in one line": _one_line("@:", ""),
    "capitals in one line": _one_line("ANNA @"),
    "abbreviations at line ends": _lines("They left the U.S.", "economy behind, said Mr."),
    "Chinese in one line": _one_line("港口办公室星期二又数了一遍灯，", ""),
    "Japanese captions": _lines("灯台の下に集まる人たち＝2日、潮見町、岡部修撮影"),
    "Korean credits": _lines("나루마을 우체국 앞. 사진=이도현 기자"),
    "Thai in one line": _one_line("สำนักงานท่าเรือนับโคมไฟอีกครั้ง", ""),
    "Arabic": _lines("صيادون على رصيف الميناء (رويترز)"),
    "German credits": _lines("Der Turm @ am Abend. Foto: Anna Reed/dpa", "Symbolbild: dpa"),
    "French credits": _lines("Le phare @ au soir. Photo : Anna Reed / AFP"),
    "Cyrillic credits": _lines("Ледоход у моста. Фото: Игорь Заварзин / ТАСС"),
    "escapes": _one_line("&amp;amp;lt;", ""),
    "mojibake": _one_line("â€œlampsâ€\x9d cafÃ©"),
    "combining marks": lambda n: "e" + "\u0301" * n,
    "invisible characters": lambda n: "la\u200bmp\u00ad " * n,
    "random letters": _random_letters,
}  # fmt: skip


def _page(inner: Make, head: Make = lambda _n: "") -> Make:
    prose = f"<p>{PROSE}</p>" * 3
    return lambda n: (
        f"<!DOCTYPE html><html><head>{head(n)}</head><body><article>{prose}{inner(n)}</article></body></html>"
    )


def _many(element: str) -> Make:
    return _page(lambda n: "\n".join(element.replace("@", _word(i)) for i in range(n)))


def _body_in_jsonld(n: int) -> str:
    story = [f"The lamp of {_word(i)} was dark that night." for i in range(n)]
    said = json.dumps({"@type": "NewsArticle", "articleBody": " ".join(story)})
    return _page(
        lambda _n: "".join(f"<p>{line}</p>" for line in reversed(story)),
        lambda _n: f'<script type="application/ld+json">{said}</script>',
    )(n)


PAGES: Mapping[str, Make] = {
    "paragraphs": _many(f"<p>{PROSE}</p>"),
    "links": _many('<a href="/@">@</a>'),
    "links in lists": _many('<li><a href="/@">The @ pier</a></li>'),
    "figures": _many('<figure><img alt="The @ pier"><figcaption>The @ pier. Photo: Ada Novak/AP</figcaption></figure>'),
    "images": _many('<img alt="The @ pier" src="/@.jpg">'),
    "nested elements": _page(lambda n: "<div>" * n + "lamp" + "</div>" * n),
    "nested elements with text": _page(lambda n: "<div>lamp" * n + "</div>" * n),
    "nested lists": _page(lambda n: "<ul><li>lamp" * n + "</ul>" * n),
    "nested inline elements": _page(lambda n: "<b><i>" * n + "lamp" + "</i></b>" * n),
    "unclosed elements": _many("<div><p>@<span>"),
    "closed and never opened": _many("</div></p>@"),
    "tables": _page(lambda n: "<table>" + "".join(f"<tr><td>{_word(i)}<td>12<td>14" for i in range(n)) + "</table>"),
    "nested tables": _page(lambda n: "<table><tr><td>" * n + "lamp" + "</table>" * n),
    "forms": _many('<form><label>@</label><input name="@"><select><option>@</select><button>Send</button></form>'),
    "comments": _many("<!-- @ --><p>@"),
    "scripts": _many("<script>var @ = '<p>';</script><p>@"),
    "entities": _page(lambda n: "&lt;&amp;&#8217;" * n),
    "attributes": _page(lambda n: "<p " + " ".join(f'data-{_word(i)}="{i}"' for i in range(n)) + ">lamp"),
    "class names": _page(lambda n: f'<div class="{" ".join(_word(i) for i in range(n))}">lamp</div>'),
    "headings": _many("<h2>Lamps of @</h2>"),
    "times": _many('<time datetime="2025-03-04">4 March 2025</time>'),
    "authors": _many('<span class="byline" itemprop="author"><a rel="author" href="/@">Anna @</a></span>'),
    "meta elements": _page(
        lambda _n: "", lambda n: "".join(f'<meta name="author" content="Anna {_word(i)}">' for i in range(n))
    ),
    "JSON-LD blocks": _page(
        lambda _n: "",
        lambda n: "".join(
            f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{_word(i)}",'
            f'"author":{{"name":"Anna {_word(i)}"}}}}</script>'
            for i in range(n)
        ),
    ),
    "JSON-LD nested": _page(
        lambda _n: "", lambda n: f'<script type="application/ld+json">{"[" * n}{"]" * n}</script>'
    ),
    "a body in JSON-LD": _body_in_jsonld,
    "line breaks": _many("@<br>"),
    "inline elements": _page(lambda n: "<p>" + "".join(f"<b>{_word(i)}</b> <i>{_word(i)}</i> " for i in range(n))),
    "hidden": _many('<p style="display:none">@</p><p hidden>@</p>'),
    "preformatted": _page(lambda n: "<pre>" + "\n".join(_word(i) for i in range(n)) + "</pre>"),
    "blanks in markup": _page(lambda n: "<p>" + " \n" * n + "lamp" + "\t" * n),
}  # fmt: skip
