"""Which files of a rule folder are read, and what becomes of the others."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from cleaner.errors import RulesError
from cleaner.rules.load import load_pack, parse_pack

RULE = "label: ad\nrules:\n  - {id: %s, why: a marker, line: advertisement, removes: Advertisement, keeps: An ad.}\n"


def test_yaml_and_yml_are_read(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.yaml").write_text(RULE % "ads/a")
    (tmp_path / "deep" / "b.yml").write_text(RULE % "ads/b")
    (tmp_path / "c.txt").write_text(RULE % "ads/c")
    assert [rule.id for rule in load_pack(tmp_path).rules] == ["ads/a", "ads/b"]


def test_a_file_that_is_not_utf8_is_a_fault_at_its_byte(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(f"# Anzeige für\n{RULE % 'ads/anuncio'}    # día".encode("latin-1"))
    (tmp_path / "b.yaml").write_bytes((RULE % "ads/b").encode("utf-16"))
    with pytest.raises(RulesError) as caught:
        load_pack(tmp_path)
    assert [(fault.path, fault.line, fault.column, fault.message) for fault in caught.value.faults] == [
        ("a.yaml", 1, 12, "not UTF-8: the byte 0xfc"),
        ("b.yaml", 1, 1, "not UTF-8: the byte 0xff"),
    ]


def test_what_is_no_regular_file_is_skipped_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rules, outside = tmp_path / "rules", tmp_path / "outside"
    (rules / "folder.yaml").mkdir(parents=True)
    outside.mkdir()
    (outside / "o.yaml").write_text(RULE % "ads/outside")
    (rules / "a.yaml").write_text(RULE % "ads/a")
    (rules / "out.yaml").symlink_to(outside / "o.yaml")
    (rules / "out").symlink_to(outside)
    (rules / "loop.yaml").symlink_to("loop.yaml")
    (rules / "gone.yml").symlink_to("nowhere")
    (rules / "again.yaml").symlink_to("a.yaml")
    (rules / "zero.yaml").symlink_to("/dev/zero")
    (rules / "UPPER.YAML").write_text(RULE % "ads/upper")
    os.mkfifo(rules / "fifo.yaml")
    here = Path.cwd()
    os.chdir(rules)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.yaml")
    finally:
        os.chdir(here)
    assert [rule.id for rule in load_pack(rules).rules] == ["ads/a"]
    assert {record.getMessage().removeprefix(f"{rules}/") for record in caplog.records} == {
        "folder.yaml is a folder; skipped",
        "out.yaml is a link that leads out of the folder: copy the file here; skipped",
        "out is a link that leads out of the folder: copy the file here; skipped",
        "loop.yaml is a link that leads nowhere, or to itself; skipped",
        "gone.yml is a link that leads nowhere, or to itself; skipped",
        "zero.yaml is a link that leads out of the folder: copy the file here; skipped",
        "UPPER.YAML ends with .YAML: name it .yaml; skipped",
        "fifo.yaml is a FIFO; skipped",
        "socket.yaml is a socket; skipped",
    }


def test_a_file_without_bounds_is_a_fault(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(2**33)
    with pytest.raises(RulesError, match=r"a\.yaml:1:1: is larger than 8 MiB; split it"):
        load_pack(tmp_path)


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 11))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LAUGHS, "a.yaml:5:35: its aliases expand to more than 10,000 values; "),
        ("a: &a {b: *a}\n", "a.yaml:1:11: lies too deep, or holds itself; "),
        ("a: &a [[[[[[x]]]]]]\nb: [[[[[[[*a]]]]]]]\n", "a.yaml:2:11: lies too deep, or holds itself; "),
        ("a: *b\n", "a.yaml:1:4: not YAML: found undefined alias"),
        ("label: ad\nlabel: ad\n", "a.yaml:2:1: the key 'label' is there twice"),
        ("label: ad\nrules:\n\t- id: a\n", "a.yaml:3:1: not YAML: found character that cannot start any token"),
        ("label: ad\nrules: [\0]\n", "a.yaml:2:9: not YAML: unacceptable character"),
        ("label: !!python/object/apply:os.getcwd []\n", "a.yaml:1:1: the tag '!!python/object/apply:os.getcwd' has no"),
        ("label: !mine ad\n", "a.yaml:1:1: the tag '!mine' has no meaning here"),
        ("? [a, b]\n: c\n", "a.yaml:1:3: a key is a text"),
        ("label: ad\n---\nlabel: ad\n", "a.yaml:2:1: not YAML: but found another document"),
    ],
)
def test_yaml_is_bounded_and_plain(text: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        parse_pack({"a.yaml": text})
    assert any(line.startswith(message) for line in caught.value.lines), caught.value.lines


def test_an_anchor_with_few_values_is_accepted() -> None:
    text = RULE.replace("why: a marker", "why: &w a marker").replace("keeps: An ad.", "keeps: [An ad., *w]") % "ads/a"
    (rule,) = parse_pack({"a.yaml": text}).rules
    assert rule.keeps == ("An ad.", "a marker")
