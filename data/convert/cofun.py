"""CO-Fun: JSON Lines whose `text` is a small HTML page with a span around every mention.

Split by the lists of line numbers that the authors publish beside it (`train_indices.txt`, …).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from data.convert.tidy import Gold, finish
from data.corpus import Item
from data.text import open_text


class _Page(HTMLParser):
    """Collects the body's text and the spans of one type."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.found: list[tuple[int, int, str]] = []
        self._open: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "span":
            self._open.append((len(self.text), dict(attrs).get("type") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._open:
            start, kind = self._open.pop()
            self.found.append((start, len(self.text), kind))

    def handle_data(self, data: str) -> None:
        self.text += data


def repair(text: str) -> str:
    """UTF-8 that was read as Windows-1252 and saved again (`fÃ¼r`) set right; other text as it is."""
    if "Ã" not in text and "â€" not in text:
        return text
    try:
        # Bytes that Windows-1252 leaves open were passed through as control characters.
        raw = b"".join(bytes([ord(c)]) if 0x80 <= ord(c) <= 0x9F else c.encode("cp1252") for c in text)
        return raw.decode("utf8")
    except UnicodeError:
        return text


def read(path: Path, splits: dict[str, Path]) -> Iterator[Item]:
    """The sentences of the corpus; `splits` maps train, dev, test to their index files. Raises ValueError."""
    of_line = {int(number): split for split, file in splits.items() for number in file.read_text().split()}
    with open_text(path) as lines:
        for index, raw in enumerate(lines):
            try:
                html = json.loads(raw)["text"]
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ValueError(f"{path}:{index + 1}: not a CO-Fun line ({error}); take the published file") from error
            page = _Page()
            page.feed(repair(html))
            page.close()
            companies = [(a, b, "ORG") for a, b, kind in page.found if kind == "Unternehmen"]
            yield finish(Gold(f"cofun-{index}", "cofun", of_line.get(index, "train"), ("ORG",), page.text, companies,
                              [(0, len(page.text), None)]))
