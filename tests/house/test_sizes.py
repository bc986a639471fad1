"""Files and functions stay small enough to be read at once."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MAX_FILE, MAX_MEDIAN, MAX_FUNCTION = 500, 120, 40

LONG_ON_PURPOSE = {
    "src/clr/store/migrations/versions": "a migration lists every table once and is never changed again",
}


def is_excused(path: Path) -> bool:
    return any(path.is_relative_to(ROOT / place) for place in LONG_ON_PURPOSE)


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_can_be_read_at_once():
    long = {str(path.relative_to(ROOT)): lines_of(path) for path in SOURCES if lines_of(path) > MAX_FILE}
    assert {path: n for path, n in long.items() if not is_excused(ROOT / path)} == {}


def test_half_of_the_files_are_short():
    assert median(lines_of(path) for path in SOURCES) <= MAX_MEDIAN


def test_no_function_is_longer_than_a_screen():
    long = []
    for path in SOURCES:
        if is_excused(path):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.name} {length}")
    assert long == []


def test_excuses_are_still_needed():
    assert [place for place in LONG_ON_PURPOSE if not (ROOT / place).exists()] == []
