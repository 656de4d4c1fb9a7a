"""The library as a notebook or a script uses it."""

from __future__ import annotations

import doctest
import html
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import api
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.options import Duplicates, Options
from cleaner.model.rule import ArticleRegion, DuplicateLine, Where
from cleaner.rules.load import load_pack, parse_pack

ROOT = Path(__file__).parent.parent
TEXT = "Lamps return\n\nBy Anna Reed\n\nThe lamps came on.\n\nShare this article"
RULES = """\
rules:
  - {id: x/share, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}
  - {id: x/tag, label: ad, why: w, pattern: '<b>.+', removes: [<b>x], keeps: [k]}
  - {id: x/by, label: byline, why: w, pattern: 'Words: (?P<authors>.+)', removes: ['Words: Anna Reed'], keeps: [k]}
  - {id: x/spelling, label: repair, why: w, inline: 'colour', replace: '<color>', removes: [colour], keeps: [k]}
  - {id: x/new, label: ad, why: w, line: [boats], status: experimental, removes: [Boats], keeps: [k]}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_program(parse_pack({"a.yaml": RULES}))


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import cleaner.cleaning.clean, cleaner.pipeline.build, cleaner.cleaning.article, cleaner.api, cleaner.cli",
        "from cleaner import *",
        "from cleaner import clean, build, Article, load_pack",
        "cleaner.build; cleaner.rebuild; cleaner.clean",
        "from cleaner import api; from cleaner.cleaning import article, clean, edits, filters",
        "from cleaner.pipeline import build; from cleaner.matching import program; from cleaner.rules import load",
    ],
)
def test_clean_is_the_function_after_any_import(before: str) -> None:
    script = f"""
import cleaner
{before}
import cleaner
assert callable(cleaner.clean) and callable(cleaner.build), (cleaner.clean, cleaner.build)
assert cleaner.clean is cleaner.api.clean
assert set(cleaner.__all__) <= set(dir(cleaner))
article = cleaner.clean("Gone.", cleaner.compile_program(cleaner.RulePack(rules=(), lists={{}}, digest="")))
assert isinstance(article, cleaner.Article) and article.text == "Gone."
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, cwd=ROOT)


def test_public_names_can_be_imported_and_others_raise() -> None:
    assert all(getattr(cleaner, name) is not None for name in cleaner.__all__)
    assert {"clean", "build", "Article", "load_pack", "__version__"} <= set(dir(cleaner))
    with pytest.raises(AttributeError, match="module 'cleaner' has no attribute 'claen'"):
        _ = cleaner.claen


def test_importing_costs_nothing() -> None:
    script = "import sys, cleaner; print(*{name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    done = subprocess.run([sys.executable, "-S", "-c", script], check=True, cwd=ROOT, capture_output=True, text=True)
    assert set(done.stdout.split()) <= {"cleaner", "__main__"}


@pytest.mark.usefixtures("_at_root")
def test_a_text_is_cleaned_with_the_rules_that_stand_nearest() -> None:
    article = cleaner.clean(TEXT)
    assert article.text == "Lamps return\n\nThe lamps came on."
    assert [(edit.label, edit.text) for edit in article.edits] == [
        ("byline", "By Anna Reed"), ("share", "Share this article"),
    ]  # fmt: skip
    assert article.metadata.authors == ("Anna Reed",)
    assert article.original() == TEXT
    assert article.rules_digest == cleaner.default_program().pack.digest
    assert cleaner.clean(Document(id="d", text=TEXT)).edits == article.edits


@pytest.fixture
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("_at_root")
def test_the_default_program_is_built_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RULES)
    built: list[Path] = []

    def counted(folder: Path) -> cleaner.RulePack:
        built.append(folder)
        return load_pack(folder)

    monkeypatch.setattr(api, "load_pack", counted)
    monkeypatch.setenv("CLEANER_CACHE", "")
    api.default_program.cache_clear()
    try:
        first = cleaner.default_program(tmp_path)
        assert cleaner.default_program(tmp_path) is first
        assert cleaner.default_program(tmp_path, Options(experimental=True)) is not first
        assert cleaner.default_program(tmp_path, Options(experimental=True)) is cleaner.default_program(
            tmp_path, Options(experimental=True)
        )
        assert built == [tmp_path, tmp_path]
        monkeypatch.setattr(api, "default_rules", lambda: tmp_path)
        assert [cleaner.clean(text).text for text in ("Boats\nShare this", "Share this")] == ["Boats", ""]
        assert built == [tmp_path] * 3
    finally:
        api.default_program.cache_clear()


def test_the_address_chooses_the_rules_of_its_site() -> None:
    rules = RULES.replace("line: [share this]", "line: [share this], site: [.example.com]")
    program = compile_program(parse_pack({"a.yaml": rules}))
    assert cleaner.clean("Boats in.\nShare this", program, url="https://news.example.com/1").text == "Boats in."
    assert cleaner.clean("Boats in.\nShare this", program).edits == ()


# What a notebook shows


def test_a_notebook_shows_what_was_removed_struck_out_and_signed(program: Program) -> None:
    article = cleaner.clean("The colour came in.\nShare this\nIt <i>stayed</i> & went.", program)
    shown = article._repr_html_()
    assert re.search(r"<del [^>]*line-through[^>]*>Share this</del>", shown)
    assert "share · x/share" in shown
    assert "It &lt;i&gt;stayed&lt;/i&gt; &amp; went." in shown
    assert re.search(r"<del [^>]*>colour</del><ins>&lt;color&gt;</ins>", shown)


def test_a_notebook_shows_nothing_of_a_text_as_markup(program: Program) -> None:
    evil = "<script>alert('x')</script>"
    article = cleaner.clean(f"{evil}\n<b>{evil}\nWords: {evil}\nIt \"rained\" & 'poured'", program)
    shown = article._repr_html_()
    assert {edit.rule for edit in article.edits} == {"x/tag", "x/by"}
    assert "<script" not in shown
    assert shown.count(html.escape(evil)) == 3 + len(article.metadata.authors)
    tags = set(re.findall(r"</?(\w+)", shown))
    assert tags <= {"table", "tr", "th", "td", "div", "del", "ins", "span"}


def test_a_notebook_shows_the_whole_text_in_order(program: Program) -> None:
    text = "Words: Anna Reed\n\n  The colour came in.\n\nShare this\n"
    shown = cleaner.clean(text, program)._repr_html_()
    body = re.sub(r"<table>.*?</table>|<ins>.*?</ins>|<span .*?</span>", "", shown)
    assert html.unescape(re.sub(r"<[^>]+>", "", body)) == text
    assert re.search(r"<th[^>]*>authors</th><td[^>]*>Anna Reed</td>", shown)
    assert "title</th>" not in shown  # what isn't there is not shown


def test_an_article_without_a_word_is_shown_too(program: Program) -> None:
    assert cleaner.clean("", program)._repr_html_().startswith("<table></table><div")


# Between processes


def test_an_article_is_pickled_whole(program: Program) -> None:
    document = Document(
        id="d", text="Words: Anna Reed\nThe colour came in.\nBoats\nShare this", source="a.txt", digest="0f",
        url="https://example.com/", input_metadata={"tags": ["sea"], "title": None},
    )  # fmt: skip
    article = cleaner.clean(document, program)
    assert article.edits
    assert article.marks
    assert article.evidence
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(article, protocol))
        assert again == article
        assert again.original() == article.original() == document.text


def test_errors_are_pickled_whole() -> None:
    from cleaner.errors import CleanerError, OutputError, RuleFault, RulesError

    fault = RuleFault(path="a.yaml", line=1, column=2, rule="a/b", message="m", hint="h")
    for error in (CleanerError("p", "c", "h"), OutputError("p", "c"), RulesError((fault,))):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.hint) == (type(error), str(error), error.hint)
    assert pickle.loads(pickle.dumps(RulesError((fault,)))).faults == (fault,)


def test_the_examples_of_docstrings_run() -> None:
    assert doctest.testmod(api).failed == 0


# Old names of fields and arguments

ARTICLE = {"id": "a", "text": "Fog.", "metadata": cleaner.Metadata(), "edits": ()}
RULE = {"id": "x/y", "label": "ad", "why": "w"}


@pytest.mark.parametrize(
    ("of", "old", "new", "value", "rest"),
    [
        (cleaner.Article, "layout", "spacing", '"\\n"', ARTICLE),
        (cleaner.Article, "given", "input_metadata", {"a": 1}, {**ARTICLE, "spacing": ""}),
        (cleaner.Article, "stated", "page_metadata", {"a": 1}, {**ARTICLE, "spacing": ""}),
        (cleaner.Document, "given", "input_metadata", {"a": 1}, {"id": "a", "text": "Fog."}),
        (cleaner.Document, "stated", "page_metadata", {"a": 1}, {"id": "a", "text": "Fog."}),
        (cleaner.BuildOptions, "afresh", "no_cache", True, {}),
        (Duplicates, "repeated", "max_paragraph_repeats", 9, {}),
        (Where, "furniture", "labelled_lines", 3, {}),
        (cleaner.Rule, "layout", "line_breaks", "tags", RULE),
        (cleaner.Rule, "repeat", "duplicate_line", DuplicateLine(of=("ad",)), RULE),
        (cleaner.Rule, "signature", "byline_block", "authors", RULE),
        (cleaner.Rule, "structure", "article_region", ArticleRegion(of="text", points="p", whole="w"), RULE),
    ],
)
def test_an_old_name_of_a_field_warns_and_means_the_new_one(
    of: type, old: str, new: str, value: object, rest: dict[str, Any]
) -> None:
    message = f"{old!r} of {of.__name__} is deprecated; use {new!r}"
    with pytest.warns(DeprecationWarning, match=re.escape(message)) as said:
        made = of(**rest, **{old: value})
    assert said[0].filename == __file__
    assert made == of(**rest, **{new: value})
    assert getattr(made, new) == value
    with pytest.warns(DeprecationWarning, match=re.escape(message)) as said:
        assert getattr(made, old) == value
    assert said[0].filename == __file__
    with pytest.warns(DeprecationWarning, match=re.escape(message)):
        assert replace(of(**{**rest, new: value}), **{old: value}) == made


def test_an_old_argument_of_rebuild_warns() -> None:
    with pytest.warns(DeprecationWarning, match="'layout' of rebuild is deprecated; use 'spacing'"):
        assert cleaner.rebuild("Fog.", (), layout="0*2") == "Fog."  # type: ignore[call-arg]


def test_an_old_setting_of_a_build_warns(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("The fog came in.")
    with pytest.warns(DeprecationWarning, match="'afresh' of BuildOptions is deprecated; use 'no_cache'"):
        cleaner.build(str(tmp_path / "raw"), tmp_path / "dist", rules=load_pack(tmp_path), afresh=True)  # type: ignore[call-arg]
