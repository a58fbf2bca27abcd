"""Running text for pretraining out of a repository's zip file: one paragraph or sentence a line."""

from __future__ import annotations

import fnmatch
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from data.text import clean

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
CODE = re.compile(r"```.*?```", re.DOTALL)
MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|\[!\w[^\]]*\]|<[^>]+>")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def from_lines(text: str) -> Iterator[str]:
    """Every line."""
    yield from text.splitlines()


def from_markdown(text: str) -> Iterator[str]:
    """Paragraphs and list items without front matter, code, tables, images; of links the words stay."""
    text = CODE.sub("", FRONT_MATTER.sub("", text.replace("\r\n", "\n")))
    for line in text.split("\n"):
        if line.lstrip().startswith(("|", "#", "[!")):
            continue
        yield re.sub(r"^[\s>*\-+]+|^\s*\d+\.\s+", "", LINK.sub(r"\1", MARKUP.sub("", line))).replace("**", "")


def from_protocol(text: str) -> Iterator[str]:
    """The paragraphs of the speeches in a plenary protocol of the Bundestag (its own XML)."""
    body = re.sub(r"<!DOCTYPE[^>]*>", "", text)
    for speech in ElementTree.fromstring(body.encode("utf8")).iter("rede"):
        for paragraph in speech.iter("p"):
            if paragraph.get("klasse") != "redner":
                yield "".join(paragraph.itertext())


FORMS: dict[str, Callable[[str], Iterator[str]]] = {
    "lines": from_lines, "markdown": from_markdown, "protocol": from_protocol}


def read(archive: Path, pattern: str, form: str, seen: set[str]) -> Iterator[str]:
    """Cleaned lines of the members that match `pattern` (below the zip's top folder), exact duplicates left out.

    Raises ValueError when nothing matches or a member cannot be read.
    """
    found = False
    with zipfile.ZipFile(archive) as files:
        for name in sorted(files.namelist()):
            if not fnmatch.fnmatchcase(name.partition("/")[2], pattern):
                continue
            found = True
            try:
                lines = list(FORMS[form](files.read(name).decode("utf8")))
            except (UnicodeDecodeError, ElementTree.ParseError) as error:
                raise ValueError(f"{archive}: {name}: {error}; take the archive of data/sources.py") from error
            for line in map(clean, lines):
                if line and line not in seen:
                    seen.add(line)
                    yield line
    if not found:
        raise ValueError(f"{archive}: no file matches {pattern}; take the archive of data/sources.py")
