"""The shape of the house: which room may import which, what is imported late, who may write."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "pipeline"
LAYERS = [
    {"core"},
    {"engines", "programme", "subtitles", "measure"},
    {"review"},
    {"transcribe", "segment", "translate", "emit"},
    {"archive"},
    {"page"},
    {"cli"},
    {"__main__"},
]
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
HEAVY = {
    "argostranslate", "av", "chardet", "ctranslate2", "dask", "distributed", "faster_whisper",
    "huggingface_hub", "jiwer", "onnxruntime", "pysrt", "pysubs2", "rapidfuzz", "rich", "scipy",
    "sentencepiece", "tokenizers",
}  # fmt: skip
NEVER = {"torch", "stanza", "spacy", "resemblyzer"}  # of the last, a file is read
FILES = sorted(ROOT.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    return [*module.split("."), ""][1]


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield node.module or "", node.lineno
            for (
                alias
            ) in node.names:  # `from pipeline.core import files` imports pipeline.core.files
                if (node.module or "").startswith("pipeline"):
                    yield f"{node.module}.{alias.name}", node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno


def at_import(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """What is imported when the module is, so not inside functions or for type checkers."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)
        elif isinstance(node, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(node.test):
                yield from at_import(node.body)
            yield from at_import(node.orelse)
        elif isinstance(node, ast.Try):
            yield from at_import([*node.body, *node.orelse, *node.finalbody])
            for handler in node.handlers:
                yield from at_import(handler.body)
        elif isinstance(node, ast.ClassDef):
            yield from at_import(node.body)


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8"), str(path)) for path in FILES}


def test_every_room_has_its_layer():
    found = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES}
    assert found - {"__init__"} <= RANK.keys()


def test_imports_only_point_downwards(trees: dict[Path, ast.Module]):
    wrong = []
    for path, tree in trees.items():
        here = room(module_name(path))
        for name, line in imported(tree):
            there = room(name)
            if not name.startswith("pipeline.") or there == here:
                continue
            if not here or RANK[there] >= RANK[here]:
                wrong.append(f"{path}:{line}: {here or 'pipeline'} imports {there}")
    assert not wrong, "\n".join(wrong)


def test_no_module_imports_itself_round_a_corner(trees: dict[Path, ast.Module]):
    modules = {module_name(path) for path in FILES}
    graph = {
        module_name(path): {
            name
            for name, _ in imported(tree)
            if name in modules and not module_name(path).startswith(name)
        }
        for path, tree in trees.items()
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


def test_heavy_libraries_are_imported_by_the_function_that_needs_them(
    trees: dict[Path, ast.Module],
):
    wrong = [
        f"{path}:{line}: {name}"
        for path, tree in trees.items()
        for name, line in at_import(tree.body)
        if name.split(".")[0] in HEAVY
    ]
    assert not wrong, "\n".join(wrong)


def test_what_the_lock_leaves_out_is_imported_nowhere(trees: dict[Path, ast.Module]):
    wrong = [
        f"{path}:{line}: {name}"
        for path, tree in trees.items()
        for name, line in imported(tree)
        if name.split(".")[0] in NEVER or name.startswith("argostranslate.translate")
    ]
    assert not wrong, "\n".join(wrong)


WRITING_METHODS = {
    "write_text", "write_bytes", "touch", "mkdir", "makedirs", "unlink", "rmdir", "rename",
    "rmtree", "copyfile", "copytree", "symlink_to", "hardlink_to", "extractall", "mkstemp",
    "NamedTemporaryFile", "TemporaryDirectory", "truncate", "ftruncate",
}  # fmt: skip


def writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in WRITING_METHODS:
        return True
    if name not in {"open", "fdopen"}:
        return False
    texts = [
        argument.value
        for argument in [*node.args, *(k.value for k in node.keywords if k.arg == "mode")]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    modes = [text for text in texts if text and set(text) <= set("rwaxbt+U")]
    return any(set(mode) & set("wax+") for mode in modes)


def test_one_module_writes(trees: dict[Path, ast.Module]):
    wrong = [
        f"{path}:{node.lineno}: {ast.unparse(node)[:60]}"
        for path, tree in trees.items()
        if path != ROOT / "core" / "files.py"
        for node in ast.walk(tree)
        if writes(node)
    ]
    assert not wrong, "\n".join(wrong)


def test_files_and_functions_have_a_size_one_can_read(trees: dict[Path, ast.Module]):
    wrong = []
    for path, tree in trees.items():
        length = len(path.read_text("utf-8").splitlines())
        if length > 300:
            wrong.append(f"{path}: {length} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                has_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                begin = (first.end_lineno or 0) if has_doc else node.lineno
                if (node.end_lineno or 0) - begin > 40:
                    wrong.append(f"{path}:{node.lineno}: {node.name} is too long")
    assert not wrong, "\n".join(wrong)


def test_help_imports_no_command_and_nothing_heavy():
    code = """
import sys
from pipeline.cli import COMMANDS, main
try:
    main()
except SystemExit:
    pass
names = {name.split(".")[0] for name in sys.modules}
sys.stderr.write(" ".join(names & set(sys.argv[2].split())))
sys.stderr.write(" ".join({f"pipeline.cli.{name}" for name in COMMANDS} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "--help", " ".join(HEAVY | {"numpy"})],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "transcribe" in done.stdout
    assert done.stderr == ""
