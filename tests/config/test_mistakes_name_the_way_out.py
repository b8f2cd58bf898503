"""Mistakes in settings: all at once, each with its key and what to do, and no secret in any."""

from pathlib import Path

import pytest
from tests.config.files import file_of, mistakes_in

from studiolo.config import ConfigurationInvalid, Settings, load


def test_all_mistakes_are_told_together(tmp_path):
    told = mistakes_in(
        """
        hom = "/data"
        [server]
        port = 99999
        [log]
        level = "loud"
        [[deployments]]
        name = "a"
        context = 12
        parallel = 0
        [[deployments]]
        name = "a"
        weights = "w"
        """,
        tmp_path,
        STUDIOLO_LIMITS__QUEUE="many",
        STUDIOLO_SERVER_PORT="3",
    )
    path = tmp_path / "mine.toml"
    assert told == {
        "hom": f"hom = '/data' ({path})\n    is not a setting; did you mean home?",
        "server.port": f"server.port = 99999 ({path})\n"
        "    must be less than or equal to 65535; "
        "change it: Port to listen on; 0 picks a free one. Default: 8600.",
        "log.level": f"log.level = 'loud' ({path})\n"
        "    must be 'debug', 'info', 'warning' or 'error'; "
        "change it: The least that is logged. Default: info.",
        "deployments[0].context": f"deployments[0].context = 12 ({path})\n"
        "    must be greater than or equal to 256; change it: "
        "Tokens of prompt and answer together, for each request; where it is not set, "
        "the double takes as many as the largest model of the catalogue. Default: 4096.",
        "deployments[0].parallel": f"deployments[0].parallel = 0 ({path})\n"
        "    must be greater than or equal to 1; "
        "change it: Requests answered at the same time. Default: 4.",
        "deployments[0].weights": f"deployments[0].weights ({path})\n"
        "    is missing, and llama.cpp needs weights; "
        'set it, for example to "smollm2-135m-instruct"',
        "deployments[].name": f"deployments[].name = 'a' ({path})\n"
        "    stands there 2 times; give every deployment its own name",
        "deployments[].serves": f"deployments[].serves = '*' ({path})\n"
        "    stands there 2 times; let one deployment serve it",
        "limits.queue": "limits.queue = 'many' (environment)\n    must be a whole number; "
        "change it: Requests that may wait for one deployment. Default: 64.",
        "server_port": "server_port = '3' (environment)\n"
        "    is not a setting; did you mean server.port?",
    }


DOUBLE = "[[deployments]]\nname='d'\nengine='double'\n"
CASES = [
    ("a missing name", "[[deployments]]\nweights = 'w'", "deployments[0].name", "is missing"),
    ("an unknown key of a table", "[server]\nprot = 1", "server.prot", "did you mean server.port?"),
    ("a key like nothing", "zzz = 1", "zzz", "docs/configuration.md has all settings"),
    ("no deployments", "deployments = []", "deployments", "is empty"),
    ("deployments that are no list", "deployments = 'x'", "deployments", "is not JSON"),
    ("a deployment that is no table", "deployments = [3]", "deployments[0]", "must be a table"),
    (
        "a pattern that is no text",
        "[[deployments]]\nname = 'a'\nweights = 'w'\nserves = [4]",
        "deployments[0].serves[0]",
        "Model names it answers to",
    ),
    (
        "a private host that is no host",
        "[media]\nprivate_hosts = ['10.0.0.0/8', '*']",
        "media.private_hosts",
        "neither a host name nor a network",
    ),
    (
        "a private network that is none",
        "[media]\nprivate_hosts = ['10.0.0.0/33']",
        "media.private_hosts",
        "'10.0.0.0/33'",
    ),
    (
        "a pace for another engine",
        "[[deployments]]\nname='a'\nweights='w'\ntokens_per_s=5",
        "deployments[0].tokens_per_s",
        "is for the double",
    ),
    (
        "an engine that is none",
        "[[deployments]]\nname='a'\nengine='scripted'",
        "deployments[0].engine",
        "must be",
    ),
    ("serving nothing", "[[deployments]]\nname='a'\nserves=[]", "deployments[0].serves", "empty"),
    ("a table that is a number", "server = 3", "server", "must be a table"),
    ("no truth", "[server]\nstrict_endpoint_routing = 'x'", "server.strict_endpoint_routing", "or"),
    (
        "an unknown family",
        "[[deployments]]\nname='a'\nweights='w'\nfamily='llama'",
        "deployments[0].family",
        "known are chatml",
    ),
    ("no time", "[limits]\nwait_s = 'x'", "limits.wait_s", "must be a number"),
    ("rules without a double", "[double]\nrules = 'r'", "double.rules", "there is none"),
    (
        "refusing without a cassette",
        f"{DOUBLE}[double]\nreplay_only = true",
        "double.replay",
        "is missing, and double.replay_only needs it",
    ),
    (
        "recording nobody",
        f"upstream_key = 'sk-other'\n{DOUBLE}[double]\nrecord = 'c'",
        "double.upstream",
        "is missing, and double.record needs it",
    ),
    (
        "recording without a key",
        f"{DOUBLE}[double]\nrecord = 'c'\nupstream = 'https://a.example'",
        "upstream_key",
        "is missing, and double.record needs it",
    ),
    (
        "an upstream for nothing",
        f"{DOUBLE}[double]\nupstream = 'https://a.example'",
        "double.record",
        "is missing, and double.upstream needs it",
    ),
    (
        "recording and playing at once",
        f"upstream_key = 'sk-other'\n{DOUBLE}[double]\nreplay = 'c'\nrecord = 'c'\nupstream = 'http://a'",
        "double.record",
        "one of them answers",
    ),
    ("a key that is none", "upstream_key = 'k'", "upstream_key", "at least 8 characters"),
    ("an upstream with a password", "[double]\nupstream = 'https://a:b@c'", "double.upstream", ""),
]


@pytest.mark.parametrize(
    ("text", "key", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_mistake_names_its_key_and_the_way_out(text, key, said, tmp_path):
    assert said in mistakes_in(text, tmp_path)[key]


def test_patterns_may_be_given_twice_neither_as_list_nor_as_text(tmp_path):
    text = """
    [[deployments]]
    name = "a"
    weights = "w"
    serves = "qwen-plus, x"
    [[deployments]]
    name = "b"
    weights = "w"
    serves = ["qwen-plus"]
    """
    assert list(mistakes_in(text, tmp_path)) == ["deployments[].serves"]


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ('api_key = "sk-geheim mit Leerzeichen"', {}),
        ("", {"STUDIOLO_API_KEY": "geheim"}),
        ('server_secret = "geheim"', {}),
        ('hom = "sk-geheim"', {}),
        ("upstream_key = ['geheim']", {}),
    ],
)
def test_no_secret_is_ever_shown(text, environment, tmp_path):
    (told,) = mistakes_in(text, tmp_path, **environment).values()
    assert "(hidden)" in told
    assert "geheim" not in told


@pytest.mark.parametrize("name", ["first_token_s", "tokens_per_s"])
def test_what_is_no_secret_is_shown(name, tmp_path):
    told = mistakes_in(f"[[deployments]]\nname='a'\nengine='double'\n{name} = -1", tmp_path)
    assert f"{name} = -1 " in told[f"deployments[0].{name}"]


def test_the_key_is_not_in_the_text_of_the_settings():
    assert "geheim" not in repr(Settings(home=Path("/data"), api_key="sk-geheim"))


def test_long_values_are_cut(tmp_path):
    (told,) = mistakes_in(f'hom = "{"x" * 500}"', tmp_path).values()
    assert "…" in told
    assert len(told) < 200


def test_a_file_that_is_not_there_is_a_mistake_only_if_it_was_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    load(environment={})
    with pytest.raises(ConfigurationInvalid, match=r"--config = nowhere\.toml\n.*cannot be read"):
        load(file=Path("nowhere.toml"), environment={})
    with pytest.raises(ConfigurationInvalid, match=r"STUDIOLO_CONFIG = nowhere\.toml"):
        load(environment={"STUDIOLO_CONFIG": "nowhere.toml"})


def test_a_file_that_is_not_toml_tells_the_place(tmp_path):
    with pytest.raises(ConfigurationInvalid, match=r"is not TOML: .*line 1"):
        load(file=file_of(tmp_path, "server: 3"), environment={})
