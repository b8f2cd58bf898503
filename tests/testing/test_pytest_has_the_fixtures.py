"""The plugin in a run of pytest of its own: its fixtures, and that it costs nothing unused."""

import os
import subprocess
import sys
import tomllib
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
UNUSED = """
import sys


def test_nothing_was_imported():
    assert "studiolo.testing.plugin" in sys.modules
    ours = [name for name in sys.modules if name.startswith("studiolo")]
    assert sorted(ours) == ["studiolo", "studiolo.testing", "studiolo.testing.plugin"]
"""


def _run(folder: Path, tests: str) -> str:
    (folder / "test_it.py").write_text(tests)
    (folder / "rules.toml").write_text('[[rule]]\nanswer = "of the run"\n')
    (folder / "pytest.ini").write_text("[pytest]\nstudiolo_rules = rules.toml\n")
    plugin = ["-p", "studiolo.testing.plugin", "-p", "no:randomly", "-W", "ignore"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, "test_it.py"],
        cwd=folder,
        # By its name alone, whether or not this environment has it as an entry point.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
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


def test_unused_it_costs_nothing(tmp_path: Path) -> None:
    assert "1 passed" in _run(tmp_path, UNUSED)


def test_pytest_finds_the_plugin_by_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"studiolo": "studiolo.testing.plugin"}
