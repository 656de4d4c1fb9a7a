"""Which site a document is of, by its URL or by what its text says of itself; and a rule for that site alone."""

from __future__ import annotations

import pytest

from cleaner.cleaning.clean import clean_document
from cleaner.errors import RulesError
from cleaner.matching.program import compile_program
from cleaner.metadata.sites import host_of, known_key, recognised
from cleaner.model.document import Document
from cleaner.model.rule import RulePack
from cleaner.rules.load import parse_pack
from cleaner.text.lines import Lines

SITE = """
site: [.post.example, .post-world.example]
site_phrases: ["© Tern Post", Lamps at Dawn by mail]
rules:
  - {id: sites/post/tide, label: newsletter, why: it sells its tide table so, line: [the tide table],
     removes: [The tide table], keeps: [The tide table was wrong.]}
"""
OTHER = """
site: review.example
site_phrases: "© Harbour Review Ltd"
rules: []
"""
STORY = "\n".join(
    f"The {n} ferry left the harbour on Monday morning, and those who had waited since dawn on the mole went home."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth")
)


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"sites/post.yaml": SITE, "sites/review.yaml": OTHER})


def is_cleaned(pack: RulePack, *, url: str | None = None, head: str = "", foot: str = "", story: str = STORY) -> bool:
    """Whether the site's own rule has removed the site's own line."""
    text = f"{head}\n{story}\nThe tide table\n{foot}"
    article = clean_document(Document(id="any", text=text, url=url), compile_program(pack))
    return "The tide table" not in article.text


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://post.example/a", True), ("https://www.post.example/a", True), ("https://en.post.example/a", True),
        ("https://post-world.example/", True), ("https://outpost.example/", False), ("https://review.example", False),
        (None, False),
    ],
)  # fmt: skip
def test_a_url_chooses_the_site_and_its_subdomains_inherit(pack: RulePack, url: str | None, cleaned: bool) -> None:
    assert is_cleaned(pack, url=url) is cleaned


@pytest.mark.parametrize(
    "line",
    [
        "© 2024 Tern Post", "Copyright © 2019-2024 Tern Post. All rights reserved.", "TERN POST © 2024",
        "* © 2024 Tern Post, a company of the Tern Group. Nothing may be copied.", "Lamps at Dawn by mail:",
        "(c) 2024 Tern Post",
    ],
)  # fmt: skip
def test_a_text_without_a_url_names_its_site(pack: RulePack, line: str) -> None:
    assert is_cleaned(pack, foot=line)


@pytest.mark.parametrize(
    "line",
    [
        "© Tern Post",  # a picture's credit has no year
        "Tern Post", "© 2024 Tern Post Weekly", "© 2024 Harbour Review Ltd",
        "In 2024 the copyright of Tern Post was sold to the Harbour Review, and nobody on the mole had heard of it.",
        "\"Lamps at Dawn by mail\" is what they called it in 2024, and it reached four valleys before the flood came.",
    ],
)  # fmt: skip
def test_to_quote_or_credit_a_site_is_not_to_be_it(pack: RulePack, line: str) -> None:
    assert not is_cleaned(pack, foot=line)


def test_a_line_amid_the_story_names_nothing(pack: RulePack) -> None:
    assert not is_cleaned(pack, story=f"{STORY}\nLamps at Dawn by mail\n{STORY}\n{STORY}\n{STORY}\n{STORY}\n{STORY}")


def test_where_two_sites_are_named_neither_is_taken(pack: RulePack) -> None:
    assert not is_cleaned(pack, foot="© 2024 Tern Post\n© 2024 Harbour Review Ltd")
    assert is_cleaned(pack, head="Lamps at Dawn by mail", foot="© 2024 Tern Post")


def test_a_url_goes_before_what_the_text_says(pack: RulePack) -> None:
    assert not is_cleaned(pack, url="https://review.example/a", foot="© 2024 Tern Post")


def test_the_line_that_names_the_site_is_signed(pack: RulePack) -> None:
    text = f"{STORY}\n© 2024 Tern Post"
    [signed] = clean_document(Document(id="any", text=text), compile_program(pack)).evidence
    assert (signed.field, signed.value, signed.rule, signed.raw) == (
        "site", "post.example", "known_by", "© 2024 Tern Post",
    )  # fmt: skip
    assert (signed.start, signed.end) == (len(STORY) + 1, len(text))
    assert (
        clean_document(Document(id="any", text=text, url="https://post.example"), compile_program(pack)).evidence == ()
    )


def test_a_pack_that_knows_no_site_looks_for_none() -> None:
    assert recognised(Lines("© 2024 Tern Post"), {}) is None


def test_known_phrases_are_part_of_the_digest(pack: RulePack) -> None:
    fewer = parse_pack({"sites/post.yaml": SITE.replace(", Lamps at Dawn by mail", ""), "sites/review.yaml": OTHER})
    assert fewer.digest != pack.digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("site_phrases: [© Tern Post]\nrules: []", "`site_phrases` names no site"),
        ("site: ~post.example\nknown_by: [© Tern Post]\nrules: []", "`site_phrases` names no site"),
        ("site: post.example\nknown_by: [Post]\nrules: []", "'Post' is no phrase"),
        ("site: post.example\nknown_by: [©]\nrules: []", "'©' is no phrase"),
        ("site: post.example\nknown_by: [[© Tern Post]]\nrules: []", "is no phrase"),
        ("site: post..example\nknown_by: [© Tern Post]\nrules: []", "no host: 'post..example'"),
    ],
)
def test_a_wrong_known_by_is_reported_with_its_place(text: str, message: str) -> None:
    with pytest.raises(RulesError) as error:
        parse_pack({"sites/post.yaml": text})
    assert message in str(error.value)
    assert "sites/post.yaml:" in str(error.value)


def test_no_two_sites_share_a_phrase() -> None:
    with pytest.raises(RulesError, match=r"sites/b\.yaml:2:.*means a\.example too"):
        parse_pack({f"sites/{name}.yaml": f"site: {name}.example\nknown_by: [© Tern Post]" for name in ("a", "b")})


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.post.example:80/a", "post.example"),
        ("post.example/a", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_the_host_of_a_url(url: str | None, host: str | None) -> None:
    assert host_of(url) == host


def test_a_holder_is_no_line() -> None:
    assert known_key("© 2024 Tern Post") == known_key("© TERN POST.") != known_key("Tern Post")
    assert "\n" in known_key("© Tern Post")
