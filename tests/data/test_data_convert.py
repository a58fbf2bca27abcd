import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.convert import adhoc, cofun, germeval, pud, running_text, smartdata, tokens
from data.corpus import Item, line_faults


def mentions(item: Item, silver: bool = False) -> list[tuple[str, str]]:
    return [(e.label, e.text) for e in item.article.entities if e.silver == silver]


@given(st.lists(st.one_of(st.sampled_from([",", ".", "(", ")", '"', "'", "„", "“", "»", "«", "-", "Lindau"]),
                          st.text("abcÄß😀3%-", min_size=1, max_size=4)), max_size=15))
def test_joined_tokens_stand_at_their_offsets(words: list[str]) -> None:
    text, offsets = tokens.join(words)
    assert [text[start:end] for start, end in offsets] == words
    assert tokens.align(words, text) == offsets


def test_joined_tokens_look_like_german() -> None:
    words = ["„", "Wir", "wachsen", "“", ",", "sagte", '"', "Lux", '"', "-Chef", "(", "48", ")", ":", "28", "%", "."]
    assert tokens.join(words)[0] == '„Wir wachsen“, sagte "Lux" -Chef (48): 28 %.'


def test_spans_read_bio_and_bioes_and_forgive_a_lost_b() -> None:
    tags = ["B-ORG", "I-ORG", "S-ORG", "B-ORG", "E-ORG", "O", "I-ORG", "I-PER"]
    offsets = [(i, i + 1) for i in range(8)]
    assert tokens.spans(tags, offsets) == [
        (0, 2, "ORG", 2), (2, 3, "ORG", 1), (3, 5, "ORG", 2), (6, 7, "ORG", 1), (7, 8, "PER", 1)]


TSV = """#\thttp://example.org/a\t[2011-01-01]\t
1\tDer\tO\tO
2\tOBI-Markt\tB-ORGpart\tO
3\tin\tO\tO
4\tUlm\tB-LOC\tO
5\tkostete\tO\tO
6\t3\tO\tO
7\tMio.\tO\tO
8\tEuro\tB-OTH\tO
9\t.\tO\tO

#\thttp://example.org/b\t[2011-01-01]\t
1\tDie\tO\tO
2\tLindau\tB-ORG\tB-LOC
3\tWerke\tI-ORG\tO
4\tim\tO\tO
5\tVereinsheim\tB-ORGpart\tO
6\t.\tO\tO
"""
BIOES = "ARD-Chef S-ORGPART\nund O\nFreie B-ORG\nBühne E-ORG\nbeim O\nGrand B-ORGPART\nPrix-Abend E-ORGPART\n. O\n\n"


def test_germeval_tsv(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(TSV, encoding="utf8")
    first, second = germeval.read(tmp_path / "a.tsv", "dev")
    assert first.article.text == "Der OBI-Markt in Ulm kostete 3 Mio. Euro."
    assert (mentions(first), mentions(first, silver=True)) == ([("ORG", "OBI")], [("MONEY", "3 Mio. Euro")])
    assert (first.article.id, first.split, first.covers) == ("germeval14-dev-00000", "dev", {"ORG"})
    assert mentions(second) == [("ORG", "Lindau Werke"), ("ORG", "Vereinsheim")]
    assert not list(line_faults(first.to_json()))


def test_germeval_bioes(tmp_path: Path) -> None:
    (tmp_path / "a.train").write_text(BIOES, encoding="utf8")
    (item,) = germeval.read(tmp_path / "a.train", "train")
    assert mentions(item) == [("ORG", "ARD"), ("ORG", "Freie Bühne"), ("ORG", "Grand Prix-Abend")]
    (tmp_path / "b").write_text("kein Format hier\n", encoding="utf8")
    with pytest.raises(ValueError, match=r"b:1: neither TSV nor BIOES, got 'kein Format hier'"):
        list(germeval.read(tmp_path / "b", "train"))


IOB2 = """# newdoc id = n1
# sent_id = n1-1
# text = Die US-Behörde („FX“) prüft 5 %.
1\tDie\tO\t-\t-
2\tUS\tB-ORG\t-\tx
3\t-\tI-ORG\t-\tx
4\tBehörde\tI-ORG\t-\tx
5\t(\tO\t-\t-
6\t„\tO\t-\t-
7\tFX\tB-ORG\t-\tx
8\t“\tO\t-\t-
9\t)\tO\t-\t-
10\tprüft\tO\t-\t-
11\t5\tO\t-\t-
12\t%\tO\t-\t-
13\t.\tO\t-\t-

# text = passt nicht
1\tUlm\tB-LOC\t-\tx
"""


def test_pud(tmp_path: Path) -> None:
    (tmp_path / "a.iob2").write_text(IOB2, encoding="utf8")
    first, second = pud.read(tmp_path / "a.iob2")
    assert first.article.text == "Die US-Behörde („FX“) prüft 5 %."
    assert mentions(first) == [("ORG", "US-Behörde"), ("ORG", "FX")]
    assert mentions(first, silver=True) == [("PERCENT", "5 %")]
    assert (second.article.text, second.split, mentions(second)) == ("Ulm", "test", [])


def test_cofun(tmp_path: Path) -> None:
    page = ('<html><head></head><body>Für die <span id="1" type="Auslagerung" class="annotation">Prüfung</span> sorgt '
            '<span id="2" type="Unternehmen">Kern &amp; Sohn GmbH </span>.</body></html>')
    broken = page.encode("utf8").decode("cp1252")
    lines = "".join(json.dumps({"text": text, "entities": [], "relations": []}) + "\n" for text in (page, broken, page))
    (tmp_path / "c.jsonl").write_text(lines, encoding="utf8")
    (tmp_path / "dev.txt").write_text("1\n")
    (tmp_path / "test.txt").write_text("2\n")
    lists = {"dev": tmp_path / "dev.txt", "test": tmp_path / "test.txt"}
    first, second, third = cofun.read(tmp_path / "c.jsonl", lists)
    assert first.article.text == second.article.text == "Für die Prüfung sorgt Kern & Sohn GmbH ."
    assert mentions(first) == mentions(second) == [("ORG", "Kern & Sohn GmbH")]
    assert [i.split for i in (first, second, third)] == ["train", "dev", "test"]
    assert cofun.repair("São Paulo") == "São Paulo"
    (tmp_path / "d.jsonl").write_text("{}\n")
    with pytest.raises(ValueError, match=r"d\.jsonl:1: not a CO-Fun line"):
        list(cofun.read(tmp_path / "d.jsonl", {}))


def test_adhoc(tmp_path: Path) -> None:
    path = tmp_path / "test.json"
    paragraph = {"context": "Kern AG: mehr .", "document_id": "ab", "qas": []}
    path.write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    assert adhoc.texts(path) == {"adhoc-ab": "Kern AG: mehr ."}
    path.write_text("[]")
    with pytest.raises(ValueError, match="not AdHocQuAD's JSON"):
        adhoc.texts(path)
    path.write_text('{"id": "adhoc-ab", "text": "a\u2028b"}\n{}\n', encoding="utf8")
    with pytest.raises(ValueError, match=r"test\.json:2: no `id` and `text`"):
        adhoc.corpus_texts(path)


NEWS = "Kern AG kauft Lux.\nDer Preis: 1,8 Mrd. Euro, ein Plus von 4 Prozent."


def document(key: str, text: str, wrapped: bool, numbers: bool = True) -> dict[str, object]:
    def union(kind: str, value: object) -> object:
        return {kind: value} if wrapped else value

    def mention(words: str, kind: str) -> dict[str, object]:
        return {"span": {"start": text.index(words), "end": text.index(words) + len(words)}, "type": kind}

    found = [mention("Kern AG", "organization-company"), mention("Lux", "ORGANIZATION")]
    found += [mention("1,8 Mrd. Euro", "number"), mention("4 Prozent", "number")] if numbers else []
    cut = text.index("\n")
    sentences = [{"span": {"start": 0, "end": cut + 1}}, {"span": {"start": cut + 1, "end": len(text)}}]
    return {"id": key, "text": union("string", text), "conceptMentions": union("array", found),
            "sentences": union("array", sentences)}


@pytest.mark.parametrize("wrapped", [True, False])
def test_smartdata(tmp_path: Path, wrapped: bool) -> None:
    documents = [document("http://example.org/1", NEWS, wrapped), document("814", NEWS, wrapped),
                 document("http://example.org/2", NEWS, wrapped, numbers=False)]
    path = tmp_path / "v1.json.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(d, indent=1 if wrapped else None) for d in documents).encode()))
    split = tmp_path / "v2.json"
    split.write_text(json.dumps({"id": "http://example.org/2"}))
    first, second = smartdata.read([path], {"test": split})
    assert mentions(first) == [("ORG", "Kern AG"), ("ORG", "Lux"), ("MONEY", "1,8 Mrd. Euro"), ("PERCENT", "4 Prozent")]
    assert [first.article.text[s.start:s.end] for s in first.article.sentences] == NEWS.split("\n")
    assert (first.split, second.split) == ("train", "test")
    assert (first.covers, second.covers) == ({"ORG", "MONEY", "PERCENT"}, {"ORG"})
    split.write_text("{}")
    with pytest.raises(ValueError, match="a document without `id`"):
        list(smartdata.read([path], {"test": split}))
    split.write_text('{"id": 1}\n{')
    with pytest.raises(ValueError, match=r"v2\.json:\d: not JSON"):
        list(smartdata.read([path], {"test": split}))
    assert not smartdata.is_news({"id": "http://x", "documentType": {"string": "TWITTER_JSON"}})


MARKDOWN = ("---\ntitle: x\n---\n# Kopf\n\nDie [Buchung](x.md) ist **fertig**.\n- Punkt eins\n"
            "```\ncode\n```\n| a | b |\n")
PROTOCOL = ('<?xml version="1.0"?><!DOCTYPE dbtplenarprotokoll SYSTEM "x.dtd"><d><rede><p klasse="redner">Uhl</p>'
            '<p klasse="J">Der Haushalt <b>steht</b>.</p><kommentar>(Beifall)</kommentar></rede><p>Kopf</p></d>')


def test_running_text(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as files:
        files.writestr("repo-1/docs/a.md", MARKDOWN)
        files.writestr("repo-1/plenum/1.xml", PROTOCOL)
        files.writestr("repo-1/text/a.txt", "Eins.\nEins.\n\nZwei\u00a0 drei.\n")
        files.writestr("repo-1/text/b.txt", b"\xff")
    assert list(running_text.read(path, "docs/*.md", "markdown", set())) == ["Die Buchung ist fertig.", "Punkt eins"]
    assert list(running_text.read(path, "plenum/*.xml", "protocol", set())) == ["Der Haushalt steht."]
    assert list(running_text.read(path, "text/a*", "lines", set())) == ["Eins.", "Zwei drei."]
    with pytest.raises(ValueError, match="no file matches none"):
        list(running_text.read(path, "none", "lines", set()))
    with pytest.raises(ValueError, match=r"text/b\.txt: 'utf-8' codec"):
        list(running_text.read(path, "text/b*", "lines", set()))
