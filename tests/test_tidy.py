"""What the linters cannot see of the house style."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from tests.cores import WITH_PREFECT

ROOT = Path(__file__).parent.parent
FOLDERS = ("billing", "sql", "expectations", "reports", "tasks", "flows")
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
RULES = sorted((ROOT / "billing").glob("*.py"))


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", RULES, ids=_shown)
def test_a_rule_uses_no_float_and_reads_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    floats = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    clocks = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "getenv", "environ"}
    ]
    names = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"]
    assert (floats, clocks, names) == ([], [], [])


def test_no_package_that_is_installed_has_the_name_of_one_of_our_folders() -> None:
    ours = importlib.metadata.packages_distributions()
    for folder in FOLDERS:
        assert {name.lower() for name in ours.get(folder, [])} <= {"telephony-billing-close"}, folder


def test_no_module_of_a_folder_hides_one_of_the_standard_library() -> None:
    hidden = [_shown(path) for path in (ROOT / "flows").glob("*.py") if path.stem in sys.stdlib_module_names]
    assert hidden == []


def test_every_query_says_what_comes_back() -> None:
    silent = [_shown(p) for p in (ROOT / "sql" / "queries").rglob("*.sql") if not p.read_text(encoding="utf-8").startswith("-- ")]
    assert silent == []


def test_every_query_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *(ROOT / "benchmarks").glob("*.py")])
    used_by_pattern = re.compile(r'f"([a-z_]+)/([a-z_]*)\{')
    patterns = {(folder, start) for folder, start in used_by_pattern.findall(text)}
    unused = []
    for path in sorted((ROOT / "sql" / "queries").rglob("*.sql")):
        name = path.relative_to(ROOT / "sql" / "queries").with_suffix("").as_posix()
        folder, _, stem = name.partition("/")
        if f'"{name}"' not in text and not any(f == folder and stem.startswith(s) for f, s in patterns):
            unused.append(name)
    assert unused == []


def test_the_lock_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert re.findall(r"(?m)^-.*", lock) == []  # no option either: a package and its hashes, nothing else


def test_modules_with_a_prefect_server_of_their_own_share_a_core() -> None:
    """Whatever asks for the office, or a workshop with one, is in the list that keeps them apart in time."""
    needs = re.compile(r"^from tests\.(office import .*\b(Office|new_office)|(faults\.power_cut|browser\.desk) import)\b", re.MULTILINE)
    found = {_shown(path) for path in (ROOT / "tests").rglob("test_*.py") if needs.search(path.read_text(encoding="utf-8"))}
    assert found - set(WITH_PREFECT) == set()
    assert [module for module in WITH_PREFECT if not (ROOT / module).is_file()] == []
