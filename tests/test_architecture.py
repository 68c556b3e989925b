"""The house itself: who may import whom, how large things may grow, and words that are not ours.

The import contracts stand in pyproject.toml. Here they are run, and shown to notice a breach.
"""

import ast
import re
import shutil
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
HOMES = [contract for contract in CONTRACTS if contract["name"].startswith("home of ")]

MODULES = sorted((ROOT / "syncd").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)


def lint_imports(tree: Path) -> tuple[int, str]:
    """Checks the contracts on the `syncd` that lies in `tree`, with the settings of this checkout."""
    shutil.copy(ROOT / "pyproject.toml", tree)
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--config", "pyproject.toml"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def broken(output: str) -> set[str]:
    return set(re.findall(r"^(.+) BROKEN\b", output, re.MULTILINE))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package that a test may spoil."""
    shutil.copytree(ROOT / "syncd", tmp_path / "syncd", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def spoil(tree: Path, module: str, statement: str) -> None:
    with (tree / "syncd" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{statement}\n")


def test_the_house_keeps_its_import_contracts(tree: Path) -> None:
    status, output = lint_imports(tree)
    assert (status, broken(output)) == (0, set()), output


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        pytest.param("errors.py", "import syncd.model", "layers", id="an arrow that runs upwards"),
        pytest.param("plan/__init__.py", "import syncd.roadmap", "layers", id="siblings"),
        pytest.param("files.py", "import syncd.state", "layers", id="siblings beside the core"),
        pytest.param("attic.py", "", "layers", id="a module without a place"),
        pytest.param("model/__init__.py", "import time", "pure core", id="a clock in the model"),
        pytest.param("plan/__init__.py", "import secrets", "pure core", id="randomness in the plan"),
        pytest.param("plan/__init__.py", "import yaml", "pure core", id="settings in the plan"),
        pytest.param("roadmap/__init__.py", "import pathlib", "pure core", id="files in the roadmap"),
        pytest.param("forge/body/__init__.py", "import logging", "pure core", id="a log in the issue body"),
        pytest.param("sandbox/__init__.py", "import syncd.model", "sandbox: knows", id="sandbox knows us"),
        pytest.param(
            "sandbox/__init__.py", "import syncd.forge.body", "sandbox: knows", id="sandbox, deeper"
        ),
        pytest.param("engine.py", "import syncd.sandbox", "sandbox: only", id="the engine knows the sandbox"),
        pytest.param("forge/base.py", "import github", "home of github", id="PyGithub outside its adapter"),
        pytest.param(
            "roadmap/__init__.py", "import pyromark", "home of pyromark", id="a second Markdown door"
        ),
    ],
)
def test_a_breach_of_the_house_is_reported(tree: Path, module: str, statement: str, contract: str) -> None:
    spoil(tree, module, statement)
    status, output = lint_imports(tree)
    assert status == 1
    assert any(name.startswith(contract) for name in broken(output)), output


PURE = ("model", "plan", "roadmap", "forge.body", "forge.webhooks")


def test_all_of_the_pure_core_that_exists_is_under_its_contract() -> None:
    contract = next(contract for contract in CONTRACTS if contract["name"].startswith("pure core"))
    there = {f"syncd.{room}" for room in PURE if exists(room)}
    assert set(contract["source_modules"]) == there


def exists(room: str) -> bool:
    path = ROOT / "syncd" / room.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_the_pure_core_may_not_reach_the_world_at_second_hand(tree: Path) -> None:
    spoil(tree, "model/__init__.py", "import syncd.errors")
    spoil(tree, "errors.py", "import os")
    _, output = lint_imports(tree)
    assert any(name.startswith("pure core") for name in broken(output)), output


def test_each_outside_library_is_reported_away_from_its_home(tree: Path) -> None:
    for contract in HOMES:
        for library in contract["forbidden_modules"]:
            spoil(tree, "errors.py", f"import {library}")
    _, output = lint_imports(tree)
    assert {contract["name"] for contract in HOMES} <= broken(output), output


def test_each_outside_library_has_a_home() -> None:
    at_home = {library for contract in HOMES for library in contract["forbidden_modules"]}
    assert imported_from_outside() <= at_home


def imported_from_outside() -> set[str]:
    found = set()
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return {name.split(".")[0] for name in found} - set(sys.stdlib_module_names) - {"syncd"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), str(path))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {place(path, 1): path.read_bytes().count(b"\n") for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    lengths = {
        f"{place(path, node.lineno)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 60} == {}


def test_lines_are_never_split_at_the_odd_separators_of_unicode() -> None:
    # str.splitlines also splits at U+2028, U+0085 and form feed: inside a task, for Markdown.
    found = [
        place(path, node.lineno)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr == "splitlines"
    ]
    assert not found, "\n".join(found)


VAGUE = re.compile(r"(?i)(^|_)(manager|helper|util|handler|service)s?(_|$)|^_*process_")


def names(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that the module gives to something, beginning with its own, with its line."""
    yield 1, path.stem
    for node in ast.walk(parsed(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def test_names_say_what_a_thing_is() -> None:
    found = [
        f"{place(path, line)} {name}"
        for path in MODULES
        for line, name in names(path)
        if VAGUE.search(snake(name))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["IssueManager", "utils", "path_helper", "on_event_handler", "process_task"])
def test_vague_names_are_recognised(name: str) -> None:
    assert VAGUE.search(snake(name))


EXCEPTION = re.compile(
    r"#\s*(noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(\[[a-z, -]+\])?|pragma:\s*no \w+"
    r"|ruff:\s*noqa(:\s*[A-Z0-9, ]+)?|fmt:\s*off|mypy:\s*[a-z=-]+)"
)


def unexplained(comment: str) -> bool:
    """An exception to a rule, with less than two words beside it."""
    rest, exceptions = EXCEPTION.subn("", comment)
    return exceptions > 0 and len(re.findall(r"\w+", rest)) < 2


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def test_every_exception_to_a_rule_carries_its_reason() -> None:
    found = [
        f"{place(path, line)} {comment}"
        for path in [*MODULES, *TESTS]
        for line, comment in comments(path)
        if unexplained(comment)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("comment", "bare"),
    [
        ("# noqa: S603 - the argument list is ours", False),
        ("# type: ignore[arg-type]  # the stub forgets that None is allowed", False),
        ("# a comment", False),
        ("# noqa: S603", True),
        ("# noqa: S603, S607", True),
        ("# type: ignore[arg-type]", True),
        ("# noqa", True),
        ("# type: ignore[arg-type]  # noqa: E501", True),
    ],
)
def test_a_bare_exception_is_recognised(comment: str, bare: bool) -> None:
    assert unexplained(comment) is bare


def test_every_exception_in_the_settings_carries_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n")
    start, end = lines.index("ignore = ["), lines.index("[tool.ruff.lint.flake8-tidy-imports]")
    bare = [line for line in lines[start:end] if re.match(r'    "[A-Z]+[0-9]*",', line) and "#" not in line]
    assert bare == []
