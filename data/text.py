"""Running text for pretraining: read, cleaned, exact and near-duplicate lines removed.

Sources are text files (one paragraph a line; `.xz` and `.gz` too) or corpora in the project's own format, of which
only the named splits are read, so that development and test texts never reach the encoder.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

OPENERS: dict[str, Callable[..., Any]] = {".xz": lzma.open, ".gz": gzip.open}
# Chair formulas and interface texts that recur with other names and would be learnt by heart.
BOILERPLATE = re.compile(r"^(Interfraktionell wird|Wer stimmt (dafür|dagegen)|"
                         r"Ich (schließe|eröffne) die (Aussprache|Sitzung)|Das Wort hat|"
                         r"Vielen Dank,? (Herr|Frau)|Nächste[r]? Redner)")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Source:
    """One source of text: `repeat` copies of it go into the mix; below 1 that share of its lines is kept.

    With `words` it is the lines about a field that are kept. A line goes to the first source that wants it, so the
    same file may be named twice: its lines about business first, whole, then a share of the others.
    """

    path: Path
    splits: tuple[str, ...] = ()
    repeat: float = 1.0
    min_chars: int = 60
    words: frozenset[str] = frozenset()
    min_words: int = 2

    def wants(self, line: str) -> bool:
        """Whether the line is long enough and, where words are given, has at least `min_words` different ones."""
        if len(line) < self.min_chars or BOILERPLATE.match(line):
            return False
        return not self.words or len(self.words.intersection(WORD.findall(line))) >= self.min_words


def open_text(path: Path) -> IO[str]:
    """Open a text file, compressed or not, as UTF-8."""
    opener: Callable[..., IO[str]] | None = OPENERS.get(path.suffix)
    return opener(path, "rt", encoding="utf8") if opener else path.open(encoding="utf8")


def _raw(source: Source) -> Iterator[str]:
    with open_text(source.path) as lines:
        for number, line in enumerate(lines, 1):
            if ".jsonl" not in source.path.name:
                yield line
                continue
            record = json.loads(line)
            if "split" not in record:
                raise ValueError(f"{source.path}:{number}: no split; run `python -m data fetch` to get the corpus with "
                                 "splits")
            if not source.splits or record["split"] in source.splits:
                yield record["text"].replace("\n", " ")


def clean(line: str) -> str:
    """NFC, one kind of space, no control characters."""
    line = unicodedata.normalize("NFC", line)
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in line).split())


def read_words(path: Path) -> list[str]:
    """The words of a list file: one a line, `#` starts a comment. Raises OSError for a missing file."""
    rows = path.read_text(encoding="utf8").splitlines()
    return [word for row in rows if (word := row.split("#")[0].strip())]


def _key(line: str) -> bytes:
    """Lines that differ only in case, digits and punctuation count as the same."""
    words = WORD.findall(re.sub(r"\d+", "0", line.casefold()))
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()


def lines(sources: Iterable[Source]) -> Iterator[str]:
    """The cleaned lines of all sources in order, near-duplicates dropped, each source repeated as it says.

    Raises OSError for a missing file and ValueError (`file:line: …`) for a corpus without splits.
    """
    seen: set[bytes] = set()
    for source in sources:
        kept = []
        for raw in _raw(source):
            line = clean(raw)
            if not source.wants(line):
                continue
            key = _key(line)
            if key in seen:
                continue
            seen.add(key)
            if source.repeat >= 1 or key[0] < 256 * source.repeat:
                kept.append(line)
        for _ in range(max(1, round(source.repeat))):
            yield from kept
