"""The plugin in a run of pytest of its own: its fixtures, and that it costs nothing unused."""

import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = """
import os
import sys

import dashscope
import openai
import pytest


def say(text):
    client = openai.OpenAI()
    messages = [{"role": "user", "content": text}]
    answer = client.chat.completions.create(model="qwen-plus", messages=messages)
    client.close()
    return answer.choices[0].message.content


def test_rules_of_one_test(studiolo_env, asked):
    studiolo_env.rules({"user": "hi", "answer": "of this test"})
    assert say("hi") == "of this test"
    assert asked.once(model="qwen-plus", user="hi").rule == "rule 1"


def test_rules_of_the_run_are_there_again(studiolo_env, asked):
    asked.never()
    assert say("hi") == "of the run"


def test_dashscope_is_led_there_too(studiolo_env, asked):
    response = dashscope.Generation.call(
        model="qwen-plus", messages=[{"role": "user", "content": "hi"}], result_format="message"
    )
    assert response.output.choices[0].message.content == "of the run"
    asked.once(dialect="dashscope")


def test_the_environment_is_as_before():
    assert "OPENAI_BASE_URL" not in os.environ
    assert "127.0.0.1" not in dashscope.base_http_api_url


def test_a_server_of_its_own(studiolo, studiolo_factory):
    other = studiolo_factory(rules='[[rule]]\\nanswer = "of another"\\n')
    assert other.url != studiolo.url


def test_a_failure_shows_what_was_asked(studiolo_env, asked):
    say("hi")
    asked.once(user="ho")
"""
RULES = '[[rule]]\nanswer = "of the run"\n'
UNUSED = """
import sys


def test_nothing_was_imported():
    assert "studiolo.testing.plugin" in sys.modules
    ours = [name for name in sys.modules if name.startswith("studiolo")]
    assert sorted(ours) == ["studiolo", "studiolo.testing", "studiolo.testing.plugin"]
"""


DIES = """
import os
import signal


def test_one(studiolo_env):
    assert "http" in studiolo_env.url


def test_that_ends_it(studiolo_env):
    os.kill(studiolo_env._process.pid, signal.SIGKILL)


def test_that_comes_after(studiolo, asked):
    asked.never()


def test_that_stops_it(studiolo):
    studiolo.stop()


def test_that_comes_after_that(studiolo, asked):
    asked.never()
"""
OWN = """
def test_own(studiolo_factory):
    studiolo_factory(options=["--no-such"])
"""
PROXIED = """
import openai
import pytest

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def proxy(monkeypatch):
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_of_anyio(studiolo_env, asked):
    studiolo_env.rules({"answer": "there"})
    async with openai.AsyncOpenAI(max_retries=0) as client:
        answer = await client.chat.completions.create(
            model="qwen-plus", messages=[{"role": "user", "content": "hi"}]
        )
    assert answer.choices[0].message.content == "there"
    asked.once(user="hi")


def test_of_dashscope(studiolo_env, asked):
    import dashscope

    response = dashscope.Generation.call(model="qwen-plus", prompt="hi", result_format="message")
    assert response.status_code == 200
    asked.once(user="hi")
"""
UNITTEST = """
import os
import unittest
from unittest.mock import patch

import openai

import studiolo.testing


class Greeting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(studiolo.testing.double(rules={"answer": "hello"}))
        cls.enterClassContext(patch.dict(os.environ, cls.server.environment))

    def test_it(self):
        with openai.OpenAI() as client:
            answer = client.completions.create(model="qwen-plus", prompt="hi")
        self.assertEqual(answer.choices[0].text, "hello")
        self.assertEqual(self.server.last_request().user, "hi")
"""


def _run(folder: Path, tests: str, *options: str, rules: str = RULES, **variables: str) -> str:
    (folder / "test_it.py").write_text(tests)
    (folder / "rules.toml").write_text(rules)
    (folder / "pytest.ini").write_text("[pytest]\nstudiolo_rules = rules.toml\n")
    plugin = ["-p", "studiolo.testing.plugin", "-p", "no:randomly", "-W", "ignore"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, *options, "test_it.py"],
        cwd=folder,
        # By its name alone, whether or not this environment has it as an entry point.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_the_fixtures_do_what_they_say(tmp_path: Path) -> None:
    told = _run(tmp_path, TESTS)
    assert "1 failed, 5 passed" in told, told
    assert "AssertionError: asked once: user='ho'" in told
    assert "user is 'hi', not 'ho'" in told
    assert "_faults" not in told


def test_a_double_that_died_is_told_once_and_the_next_test_has_a_fresh_one(tmp_path: Path) -> None:
    told = _run(tmp_path, DIES, "-W", "default::studiolo.testing.plugin.DoubleRestarted")
    assert "5 passed, 1 warning, 1 error" in told, told
    assert "ERROR at teardown of test_that_ends_it" in told
    # At the error and at the warning, and again where the summary at the end is not cut short.
    body, _, _summary = told.partition("short test summary info")
    assert body.count("it was ended by SIGKILL") == 2, told
    assert "DoubleRestarted: the double had ended, and a fresh one is at http://127" in told
    assert "plugin.py" not in told.partition("ERROR at teardown")[2].partition("warnings summ")[0]


def test_rules_that_are_wrong_are_the_error_of_the_fixture(tmp_path: Path) -> None:
    told = _run(tmp_path, DIES, rules='[[rule]]\nanser = "x"\n')
    assert "5 errors" in told, told
    assert f"2 mistakes in {tmp_path / 'rules.toml'}:" in told
    assert "rule[1].anser (line 2) is unknown here; did you mean answer?" in told
    assert "During handling" not in told
    assert "plugin.py" not in told


def test_a_double_of_a_tests_own_that_does_not_start_is_shown_in_the_test(tmp_path: Path) -> None:
    told = _run(tmp_path, OWN)
    assert "ServerFailed: the double did not start: it ended with status 2" in told
    assert "No such option" in told
    assert "test_it.py:3: ServerFailed" in told
    assert "process.py" not in told


def test_a_proxy_is_not_asked_for_the_double(tmp_path: Path) -> None:
    assert "2 passed" in _run(tmp_path, PROXIED, "-p", "anyio.pytest_plugin")


def test_a_home_that_cannot_be_written_and_odd_settings_make_no_difference(tmp_path: Path) -> None:
    told = _run(
        tmp_path,
        DIES,
        "-p",
        "no:cacheprovider",
        "-k",
        "test_one",
        HOME="/nonexistent",
        PYTHONWARNINGS="error",
        STUDIOLO_SERVER__PORT="none",
        FORCE_COLOR="1",
    )
    assert "1 passed" in re.sub(r"\x1b\[[0-9;]*m", "", told), told


def test_two_runs_at_once_have_a_double_each(tmp_path: Path) -> None:
    """Workers of pytest-xdist are such runs."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor() as pool:
        for told in pool.map(lambda folder: _run(folder, DIES), folders):
            assert "5 passed, 1 error" in told, told


def test_unittest_uses_the_context_manager(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(UNITTEST)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "unittest", "-q", "test_it"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Ran 1 test" in done.stderr
    assert done.returncode == 0, done.stderr


def test_unused_it_costs_nothing(tmp_path: Path) -> None:
    assert "1 passed" in _run(tmp_path, UNUSED)


def test_what_is_imported_unused_is_next_to_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import pytest\nimport studiolo.testing.plugin"],
        capture_output=True,
        text=True,
        check=True,
    )
    after = done.stderr.partition("| pytest\n")[2].splitlines()
    assert [line.rpartition("|")[2].strip() for line in after] == [
        "studiolo",
        "studiolo.testing",
        "studiolo.testing.plugin",
    ]


def test_pytest_finds_the_plugin_by_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"studiolo": "studiolo.testing.plugin"}
