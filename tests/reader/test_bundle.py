"""The bundle contract: break a folder in every way, expect a refusal that names the file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ausblick.bundle import FILES, Bundle, BundleError, write_sums


@pytest.fixture
def folder(tmp_path: Path, tiny_bundle: Path) -> Path:
    return Path(shutil.copytree(tiny_bundle, tmp_path / "bundle"))


def test_a_sound_bundle_loads(folder: Path) -> None:
    bundle = Bundle.load(folder)
    assert bundle.config.max_tokens == 64
    assert bundle.model.is_file()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="nowhere: no such bundle folder"):
        Bundle.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [*FILES, "SHA256SUMS"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: missing"):
        Bundle.load(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(BundleError, match=f"{name}: damaged or changed"):
        Bundle.load(folder)


def test_a_file_without_a_checksum_is_named(folder: Path) -> None:
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    (folder / "SHA256SUMS").write_text("\n".join(line for line in sums if "model.onnx" not in line))
    with pytest.raises(BundleError, match=r"no checksum for model\.onnx"):
        Bundle.load(folder)


@pytest.mark.parametrize(("change", "says"), [
    (lambda c: c | {"format": 99}, "format: got 99, expected 1"),
    (lambda c: c | {"tags": ["O", "B-PER"]}, "tags: got"),
    (lambda c: c | {"colour": "blue"}, "unknown key 'colour'"),
    (lambda c: c | {"max_tokens": 3}, "max_tokens: got 3"),
    (lambda c: c | {"temperature": {"entities": 1.0}}, "temperature: got"),
    (lambda c: c | {"temperature": {"entities": 0, "outlook": 1}}, "temperature: got"),
    (lambda c: c | {"hints": ["B-X"]}, "hints: got"),
    (lambda c: {k: v for k, v in c.items() if k != "name"}, "name: missing"),
    (lambda c: [c], "format: got"),
])
def test_a_wrong_config_names_its_key(folder: Path, change: Callable[[dict[str, object]], object], says: str) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    write_sums(folder)
    with pytest.raises(BundleError, match=says) as error:
        Bundle.load(folder)
    assert "config.json" in str(error.value)


def test_a_config_that_is_no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{")
    write_sums(folder)
    with pytest.raises(BundleError, match=r"config\.json: not valid JSON"):
        Bundle.load(folder)
