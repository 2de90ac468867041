"""The encoding of attribute tables: cases P101 to P104, P113, and round trips."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.files.dbf import parse_dbf
from boundaries.files.decoding import decode_text
from boundaries.files.encoding import decide_encoding
from boundaries.files.errors import FileError
from boundaries.files.read import read_layer
from tests.boundaries.files.making import BOXES, NAMES, make_layer, write_table

LONG = "青禾镇辖白鹭村、杜鹃村、石榴坪村、新桥村、河堰村、云杉社区、" * 5


def read_names(shp: Path, encoding: str | None = None) -> list[object]:
    return list(read_layer(shp, encoding).columns["XZQMC"])


def codes(notes) -> list[str]:
    return [note.code for note in notes]


def test_names_when_p101_gbk_without_any_label_then_they_are_right(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path))

    assert layer.columns["XZQMC"] == list(NAMES)
    assert (layer.encoding_guess.encoding, layer.encoding_guess.source) == ("GB18030", "bytes")
    assert layer.encoding_guess.sample == NAMES


@pytest.mark.parametrize("choice", [None, "GBK", "gbk", "cp936", "GB18030"])
def test_names_when_p102_language_byte_and_choice_agree_then_they_are_right(tmp_path: Path, choice):
    assert read_names(make_layer(tmp_path, language_byte=0x4D), choice) == list(NAMES)


def test_names_when_p102_utf8_is_chosen_by_mistake_then_a_preview_explains(tmp_path: Path):
    with pytest.raises(FileError) as caught:
        read_layer(make_layer(tmp_path, language_byte=0x4D), "utf-8")

    error = caught.value
    assert error.code == "encoding_undecodable"
    assert error.fields["proposed"] == "GB18030"
    preview = error.fields["preview"][0]
    assert (preview["row"], preview["field"], preview["bytes"][:5]) == (1, "XZQMC", "C7 E0")
    assert preview["readings"] == {"UTF-8": None, "GB18030": "青禾镇白鹭村", "Big5": "ч睽淜啞襑游"}
    for sentence in (error.zh, error.en):
        assert "xzq.dbf" in sentence
        assert "青禾镇白鹭村" in sentence


def test_choice_when_unknown_then_the_known_ones_are_listed(tmp_path: Path):
    with pytest.raises(FileError, match="UTF-8, GBK, GB18030"):
        read_layer(make_layer(tmp_path), "klingon")


def test_names_when_p103_cpg_lies_then_it_is_ignored_and_told(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path, cpg="UTF-8"))

    assert layer.columns["XZQMC"] == list(NAMES)
    assert codes(layer.notes) == ["cpg_ignored"]
    assert "UTF-8" in layer.notes[0].zh


def test_names_when_cpg_says_gbk_but_bytes_are_utf8_then_it_is_ignored_and_told(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path, encoding="utf-8", cpg="936", language_byte=0x4D))

    assert layer.columns["XZQMC"] == list(NAMES)
    assert codes(layer.notes) == ["cpg_ignored", "language_byte_ignored"]


@pytest.mark.parametrize(
    ("encoding", "cpg", "kept"), [("utf-8", "UTF-8", 84), ("utf-8", None, 84), ("gb18030", None, 127)]
)
def test_text_when_p104_cut_in_the_last_character_then_whole_ones_stay(tmp_path: Path, encoding, cpg, kept):
    text = LONG if encoding == "utf-8" else "A" + LONG
    shp = make_layer(tmp_path, raw_names=[text.encode(encoding)[:254]], width=254, cpg=cpg)

    layer = read_layer(shp)

    assert layer.columns["XZQMC"] == [text[:kept]]
    assert layer.encoding_guess.encoding.lower() == encoding
    note = layer.notes[0]
    assert (note.code, note.severity, note.row, note.field) == ("text_cut", "warning", 1, "XZQMC")


@pytest.mark.parametrize("cpg", ["936", "GB2312", "ANSI 936", "OEM", "gb18030", "GBK\r\n"])
def test_names_when_p113_cpg_is_spelled_oddly_then_they_are_right(tmp_path: Path, cpg):
    assert read_names(make_layer(tmp_path, cpg=cpg)) == list(NAMES)


@pytest.mark.parametrize("cpg", ["UTF8", "utf-8\r\n", "65001"])
def test_names_when_p113_cpg_spells_utf8_oddly_then_they_are_right(tmp_path: Path, cpg):
    assert read_names(make_layer(tmp_path, encoding="utf-8", cpg=cpg)) == list(NAMES)


def test_names_when_big5_is_labelled_then_read_so_with_a_warning(tmp_path: Path):
    layer = read_layer(make_layer(tmp_path, ["南投縣", "埔里鎮"], encoding="big5", cpg="Big5"))

    assert layer.columns["XZQMC"] == ["南投縣", "埔里鎮"]
    assert codes(layer.notes) == ["encoding_big5"]


def test_names_when_one_of_many_cells_is_damaged_then_the_rest_is_kept(tmp_path: Path):
    raws = [name.encode("gb18030") for name in NAMES] * 20
    raws[30] = b"\xff\xff\xff" + raws[30]
    layer = read_layer(make_layer(tmp_path, raw_names=raws, geometries=BOXES * 20))

    assert layer.columns["XZQMC"][:30] == list(NAMES) * 10
    assert [(note.code, note.row, note.field) for note in layer.errors] == [("text_undecodable", 31, "XZQMC")]


def test_table_when_cut_short_then_refused_by_name():
    with pytest.raises(FileError) as caught:
        decide_encoding(b"\x03", file="xzq.dbf")

    assert caught.value.code == "broken_file"
    assert "xzq.dbf" in caught.value.zh


# Everyday characters, rare ones of GBK, and characters GB18030 holds in four bytes (䢺, 㙟, 𠮷).
HAN = st.text(
    st.one_of(
        st.sampled_from("青禾镇白鹭村新津区花源街道"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    ),
    min_size=1,
    max_size=12,
)
RARE = st.text(st.sampled_from("䢺㙟𠮷𨙸㵲䣕青村"), min_size=1, max_size=8)


CELL_BYTES = 60


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A .dbf with one text field and three empty rows."""
    dbf = tmp_path_factory.mktemp("template") / "xzq.dbf"
    write_table(dbf, {"XZQMC": f"str:{CELL_BYTES}"}, [{"XZQMC": None}] * 3)
    return dbf.read_bytes()


def fill(template: bytes, raws: list[bytes]) -> bytes:
    """The template with these bytes as names."""
    data = bytearray(template)
    for number, raw in enumerate(raws):
        start = 32 + 32 + 1 + number * (CELL_BYTES + 1) + 1
        data[start : start + CELL_BYTES] = raw.ljust(CELL_BYTES)
    return bytes(data)


def decoded(dbf: bytes, encoding: str) -> list[str]:
    table = parse_dbf(dbf)
    return [decode_text(table.cell(table.columns[0], row), encoding, True).strip(" ") for row in range(3)]


@settings(max_examples=300, deadline=None)
@given(
    names=st.lists(st.one_of(HAN, RARE), min_size=3, max_size=3), label=st.sampled_from(["gb18030", "utf-8"])
)
def test_names_when_labelled_then_every_character_comes_back(template: bytes, names, label):
    dbf = fill(template, [name.encode(label) for name in names])

    assert decoded(dbf, decide_encoding(dbf, cpg=label).encoding) == names
    assert decoded(dbf, decide_encoding(dbf, declared=label).encoding) == names


@settings(max_examples=300, deadline=None)
@given(suffix=RARE, encoding=st.sampled_from(["gb18030", "utf-8"]))
def test_names_when_unlabelled_but_everyday_then_every_character_comes_back(
    template: bytes, suffix, encoding
):
    names = ["青禾镇白鹭村", "新津区花源街道", "云杉社区" + suffix]
    dbf = fill(template, [name.encode(encoding) for name in names])

    assert decoded(dbf, decide_encoding(dbf).encoding) == names


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from("青村a1䢺㙟𠮷"), min_size=1, max_size=9), data=st.data())
def test_text_when_cut_anywhere_then_only_the_broken_character_goes(template: bytes, text, data):
    encoding = data.draw(st.sampled_from(["gb18030", "utf-8"]))
    cut = ("白鹭村" + text * 60).encode(encoding)[:CELL_BYTES]
    dbf = fill(template, [cut, "新津区".encode(encoding), "花源街道".encode(encoding)])

    guess = decide_encoding(dbf)

    kept = decoded(dbf, guess.encoding)[0]
    assert guess.encoding.lower() == encoding
    assert cut.startswith(kept.encode(encoding))
    assert len(cut) - len(kept.encode(encoding)) < 4
