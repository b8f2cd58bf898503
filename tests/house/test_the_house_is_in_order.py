"""Files are small, say what they are, and the docs know every setting and every command."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.routing import Route

from studiolo.cli import app
from studiolo.config.settings import keys
from studiolo.http.routes import COMPATIBLE_BASES, NATIVE, Endpoints, routes

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "studiolo"
MODULES = sorted(SOURCE.rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES})

MOST_LINES = 400
MOST_FILES = 12
MOST_FUNCTION_LINES = 50
# Folders that may hold more files than that, each with its reason.
LARGER_FOLDERS: dict[str, int] = {
    "src/studiolo/cli": 16,  # a command a file, and what they share beside them
    "src/studiolo/service": 17,  # a use case a file, and what they share beside them
}
MONITORING = ROOT / "docs" / "monitoring.md"
FIGURE = re.compile(r'"(studiolo_[a-z_]+)"')
EVENT = re.compile(r'\.(?:info|warning|error|exception)\(\s*"([a-z]+\.[a-z_]+)"')


async def _nobody(scope, receive, send):
    """Answers on no route."""


def _first_spelling(route: Route) -> str:
    """The path as the docs name it; of the compatible bases they name one, and the others once."""
    path = route.path.replace("{name:path}", "{name}")
    for base in COMPATIBLE_BASES[1:]:
        if path.startswith(f"{base}/") and not path.startswith(NATIVE):
            return COMPATIBLE_BASES[0] + path.removeprefix(base)
    return path


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_begins_by_saying_what_is_in_it(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_file_is_longer_than_a_person_reads(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_function_is_longer_than_a_screen(path):
    long = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_no_folder_has_more_files_than_one_sees_at_a_glance(folder):
    most = LARGER_FOLDERS.get(_name(folder), MOST_FILES)
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= most


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "misc"])
def test_no_module_is_named_for_nothing(word):
    assert [_name(path) for path in MODULES if path.stem == word or path.parent.name == word] == []


def test_every_setting_is_in_the_docs():
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert [key for key in keys() if f"`{key}`" not in page] == []


def test_the_table_of_settings_is_current():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "settings_table.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_command_is_in_the_docs():
    commands = [each.callback.__name__ for each in app.registered_commands if each.callback]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        commands += [
            f"{group.name} {each.name or each.callback.__name__}"
            for each in group.typer_instance.registered_commands
            if each.callback
        ]
    page = (ROOT / "docs" / "quickstart.md").read_text()
    assert [command for command in commands if f"`studiolo {command}`" not in page] == []


def test_every_route_is_in_the_docs():
    page = MONITORING.read_text()
    table = routes(Endpoints(*[_nobody] * len(Endpoints.__struct_fields__)))
    assert [path for path in map(_first_spelling, table) if f"`{path}`" not in page] == []
    assert [base for base in COMPATIBLE_BASES[1:] if f"`{base}`" not in page] == []


def test_every_figure_is_in_the_docs():
    page = MONITORING.read_text()
    modules = [path for path in MODULES if not path.is_relative_to(SOURCE / "testing")]
    named = {name for path in modules for name in FIGURE.findall(path.read_text())}
    assert named
    assert [name for name in sorted(named) if not re.search(rf"`{name}(_total)?`", page)] == []


def test_every_event_of_the_log_is_in_the_docs():
    page = MONITORING.read_text()
    events = {name for path in MODULES for name in EVENT.findall(path.read_text())}
    assert events
    assert [name for name in sorted(events) if f"`{name}`" not in page] == []


def test_every_page_of_the_docs_is_found_from_the_first():
    first = (ROOT / "README.md").read_text()
    pages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")]
    assert [page for page in pages if f"({page})" not in first] == []


def test_every_link_between_the_docs_leads_somewhere():
    broken = [
        f"{_name(page)}: {target}"
        for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_no_lock_names_a_registry():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text


def test_no_file_names_a_registry_host():
    hosts = [f"{name}.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"))]
    found = [
        f"{_name(path)}: {host}"
        for path in ROOT.rglob("*")
        if path.suffix in {".py", ".md", ".toml", ".txt", ".yml", ".cfg", ""} and path.is_file()
        if not any(part.startswith(".") and part != ".ci" for part in path.relative_to(ROOT).parts)
        for host in hosts
        if host in path.read_text(errors="replace")
    ]
    assert found == []


def test_every_locked_package_has_its_hash():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        pinned = re.split(r"\n(?=\S)", lock.read_text().strip())
        assert [line for line in pinned if "--hash=sha256:" not in line] == []
