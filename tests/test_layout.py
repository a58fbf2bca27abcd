"""What the architecture promises: the import rule, light inference, the shipped configs, file sizes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ausblick", "data", "models", "training")
ALLOWED = {
    "ausblick": {"ausblick"},
    "data": {"ausblick", "data"},
    "models": {"ausblick", "models"},
    "training": {"ausblick", "data", "models", "training"},
}
HEAVY = {"torch", "transformers", "datasets", "accelerate", "seqeval", "sklearn", "gensim", "pydantic", "yaml"}
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The top-level names that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    for path in SOURCES:
        if path.is_relative_to(ROOT / package):
            assert imports(path) & set(PACKAGES) <= ALLOWED[package], path


def test_inference_imports_nothing_heavy() -> None:
    for path in SOURCES:
        if path.is_relative_to(ROOT / "ausblick"):
            assert not imports(path) & HEAVY, path


def test_importing_the_package_loads_no_library() -> None:
    libraries = ("numpy", "onnxruntime", "tokenizers", "babel", "rich")
    code = f"import ausblick, sys; print([m for m in {libraries} if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.strip()
        == "[]"
    )


def test_files_and_functions_stay_short() -> None:
    long_files = [
        f"{p.relative_to(ROOT)}: {n}" for p in SOURCES if (n := len(p.read_text(encoding="utf8").splitlines())) > 300
    ]
    long_functions = [
        f"{p.relative_to(ROOT)}:{node.lineno} {node.name}"
        for p in SOURCES
        for node in ast.walk(ast.parse(p.read_text(encoding="utf8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert (long_files, long_functions) == ([], [])


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_shipped_config_is_valid(path: Path) -> None:
    from training.finetune.config import Finetune
    from training.pretrain.config import Pretrain
    from training.settings import Settings
    from training.sweep import Sweep, plan

    kinds: dict[str, type[Settings]] = {"pretrain": Pretrain, "sweep": Sweep}
    settings = kinds.get(path.stem.partition("-")[0], Finetune).read(path)
    assert f"configs/{path.name}" in path.read_text(encoding="utf8"), "the header names the command"
    assert settings.to_yaml()
    if isinstance(settings, Sweep):
        assert plan(settings)
