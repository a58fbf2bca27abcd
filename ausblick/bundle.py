"""The bundle: the folder that training hands to inference.

    config.json      format version, label maps, window size, calibration, where it comes from
    tokenizer.json   the tokenizer
    model.onnx       the network
    README.md        the model card
    SHA256SUMS       checksums of the files above

Nothing in a bundle is executed or unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ausblick.cues import CUES, cue_kinds
from ausblick.hints import HINTS
from ausblick.labels import OUTLOOK_LABELS, TAGS

FORMAT: Final = 1
DEFAULT: Final = "ausblick-small"
FILES: Final = ("config.json", "tokenizer.json", "model.onnx", "README.md")
SUMS: Final = "SHA256SUMS"


class BundleError(ValueError):
    """A folder that is not a usable bundle; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class BundleConfig:
    """`config.json` of a bundle."""

    name: str
    version: str
    max_tokens: int
    """Window size in tokens, [CLS] and [SEP] included."""
    context: int = 1
    """Sentences that a window repeats from the one before it."""
    max_sentences: int = 0
    """Most sentences that a window labels; 0: as many as fit."""
    tags: tuple[str, ...] = TAGS
    outlook: tuple[str, ...] = OUTLOOK_LABELS
    hints: tuple[str, ...] = ()
    """The hint table the network was trained with; empty for a network without hints."""
    cues: tuple[str, ...] = ()
    """The outlook cues the network was trained with; empty for a network without cues."""
    temperature: Mapping[str, float] = field(default_factory=lambda: {"entities": 1.0, "outlook": 1.0})
    transitions: Mapping[str, Any] | None = None
    """A CRF's scores of tag transitions, `step` (tags, tags) and `start` (tags); None: the legal ones are equal."""
    grammar: str = "off"
    """`first`: the grammar's amounts are returned, and of the network's those that contradict none and can be read;
    `union`: the network's amounts, and those that only the grammar finds; `off`: the network alone."""
    weights: str = "fp16"
    """How `model.onnx` holds its matrices: `fp16`, computed in fp32, or `int8`, computed in int8."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """Provenance: config, data checksums, git revision."""
    format: int = FORMAT

    def dumps(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False, indent=2, default=list) + "\n"


@dataclass(frozen=True)
class Bundle:
    """A checked bundle folder."""

    path: Path
    config: BundleConfig

    @property
    def model(self) -> Path:
        return self.path / "model.onnx"

    @property
    def tokenizer(self) -> Path:
        return self.path / "tokenizer.json"

    @classmethod
    def load(cls, path: Path | str | None = None) -> Bundle:
        """Check a bundle folder and read its config; without a path, the bundle that ships with the package.

        Raises BundleError naming the first file that is missing, damaged or of another format.
        """
        folder = Path(path) if path is not None else default_path()
        if not folder.is_dir():
            raise BundleError(
                f"{folder}: no such bundle folder; export one with `python -m training export RUN BUNDLE`"
            )
        for name in (*FILES, SUMS):
            if not (folder / name).is_file():
                raise BundleError(f"{folder / name}: missing; a bundle has {', '.join((*FILES, SUMS))}")
        check_sums(folder)
        return cls(folder, read_config(folder / "config.json"))


def default_path() -> Path:
    """The shipped bundle: inside the installed package, or under `models/` in a checkout."""
    inside = Path(__file__).with_name("bundles") / DEFAULT
    return inside if inside.is_dir() else Path(__file__).parent.parent / "models" / DEFAULT


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS for the files of a finished bundle."""
    rows = [f"{digest(folder / name)}  {name}\n" for name in FILES]
    (folder / SUMS).write_text("".join(rows), encoding="utf8")


def check_sums(folder: Path) -> None:
    """Compare every file with its checksum; raises BundleError for the first that differs or is not listed."""
    lines = (folder / SUMS).read_text(encoding="utf8").splitlines()
    sums = {name: value for value, _, name in (line.partition("  ") for line in lines)}
    for name in FILES:
        if name not in sums:
            raise BundleError(f"{folder / SUMS}: no checksum for {name}; export the bundle again")
        if (found := digest(folder / name)) != sums[name]:
            raise BundleError(
                f"{folder / name}: damaged or changed: SHA-256 is {found[:12]}…, "
                f"{SUMS} says {sums[name][:12]}…; fetch or export the bundle again"
            )


def read_config(path: Path) -> BundleConfig:
    """Read and check `config.json`; raises BundleError naming the key."""
    try:
        raw = json.loads(path.read_text(encoding="utf8"))
    except ValueError as error:
        raise BundleError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        found = raw.get("format") if isinstance(raw, dict) else raw
        raise BundleError(
            f"{path}: format: got {found!r}, expected {FORMAT}; this version of ausblick reads format {FORMAT} only"
        )
    known = set(BundleConfig.__dataclass_fields__)
    if unknown := sorted(set(raw) - known):
        raise BundleError(f"{path}: unknown key {unknown[0]!r}; expected {', '.join(sorted(known))}")
    for key in ("name", "version", "max_tokens"):
        if key not in raw:
            raise BundleError(f"{path}: {key}: missing")
    _expect(path, "tags", tuple(raw.get("tags", TAGS)), (TAGS,))
    _expect(path, "outlook", tuple(raw.get("outlook", OUTLOOK_LABELS)), (OUTLOOK_LABELS,))
    _expect(path, "hints", tuple(raw.get("hints", ())), ((), HINTS))
    _expect(path, "cues", tuple(raw.get("cues", ())), ((), cue_kinds(names=False), CUES))
    _expect(path, "weights", raw.get("weights", "fp16"), ("fp16", "int8"))
    _expect(path, "grammar", raw.get("grammar", "off"), ("off", "union", "first"))
    if not isinstance(raw["max_tokens"], int) or raw["max_tokens"] < 8:
        raise BundleError(f"{path}: max_tokens: got {raw['max_tokens']!r}, expected a whole number of at least 8")
    temperature = raw.get("temperature", {})
    if set(temperature) != {"entities", "outlook"} or not all(
        isinstance(t, int | float) and t > 0 for t in temperature.values()
    ):
        raise BundleError(
            f"{path}: temperature: got {temperature!r}, expected positive numbers for entities and outlook"
        )
    _check_transitions(path, raw.get("transitions"))
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in raw.items()}
    return BundleConfig(**values)


def _check_transitions(path: Path, scores: Any) -> None:
    n = len(TAGS)
    if scores is None:
        return
    rows = [*scores.get("step", ()), scores.get("start", ())] if isinstance(scores, dict) else []
    if len(rows) != n + 1 or not all(
        isinstance(row, list) and len(row) == n and all(isinstance(x, int | float) for x in row) for row in rows
    ):
        raise BundleError(f"{path}: transitions: expected step, {n} lists of {n} numbers, and start, one such list")


def _expect(path: Path, key: str, got: Any, allowed: tuple[Any, ...]) -> None:
    if got not in allowed:
        raise BundleError(f"{path}: {key}: got {got!r}, expected {' or '.join(map(repr, allowed))}")
