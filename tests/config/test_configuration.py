"""Settings: the strongest source wins, and what is not set has its default."""

from pathlib import Path

import pytest
from tests.config.files import file_of, mistakes_in

from studiolo.config import DeploymentSettings, Settings, double_settings, layers, load, origin


def test_without_any_source_one_llama_cpp_serves_every_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(environment={})
    assert settings.home == Path("~/.local/share/studiolo").expanduser()
    assert settings.api_key is None
    assert settings.server.port == 8600
    assert settings.deployments == (
        DeploymentSettings(
            name="default", weights="smollm2-135m-instruct", family="smollm2", serves=("*",)
        ),
    )


def test_flags_win_over_environment_over_file_over_defaults(tmp_path):
    path = file_of(tmp_path, "[server]\nhost = 'file'\nport = 1\ndrain_s = 5")
    environment = {"STUDIOLO_SERVER__PORT": "2", "STUDIOLO_SERVER__HOST": "environment"}
    sources = layers({"server": {"host": "flag"}}, file=path, environment=environment)
    settings = load({"server": {"host": "flag"}}, file=path, environment=environment)
    assert settings.server.host == "flag"
    assert settings.server.port == 2
    assert settings.server.drain_s == 5
    assert settings.server.strict_endpoint_routing is True
    assert [origin(sources, ("server", key)) for key in ("host", "port", "drain_s", "x")] == [
        "flag",
        "environment",
        str(path),
        "default",
    ]


def test_the_file_of_the_working_directory_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studiolo.toml").write_text("[server]\nport = 7")
    assert load(environment={}).server.port == 7


def test_the_environment_may_name_thefile_of(tmp_path):
    path = file_of(tmp_path, "[server]\nport = 7")
    assert load(environment={"STUDIOLO_CONFIG": str(path)}).server.port == 7


def test_lists_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(
        environment={
            "STUDIOLO_SERVER__CORS_ORIGINS": "https://a.example, https://b.example",
            "STUDIOLO_DEPLOYMENTS": '[{"name": "q", "weights": "w", "serves": "qwen-*,q"}]',
        }
    )
    assert settings.server.cors_origins == ("https://a.example", "https://b.example")
    assert settings.deployments == (
        DeploymentSettings(name="q", weights="w", serves=("qwen-*", "q")),
    )


@pytest.mark.parametrize(
    ("variable", "home"),
    [
        ({"STUDIOLO_HOME": "/data"}, Path("/data")),
        ({"STUDIOLO_HOME": "~/data"}, Path("~/data").expanduser()),
        ({"STUDIOLO_HOME": ""}, Path("~/.local/share/studiolo").expanduser()),
        ({"XDG_DATA_HOME": "/xdg"}, Path("/xdg/studiolo")),
        ({"XDG_DATA_HOME": "not/absolute"}, Path("~/.local/share/studiolo").expanduser()),
    ],
)
def test_home_is_where_the_environment_says(variable, home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(environment=variable).home == home


def test_empty_variables_are_not_set(tmp_path):
    path = file_of(tmp_path, "api_key = 'sk-x'\n[server]\nport = 7")
    empty = ("STUDIOLO_API_KEY", "STUDIOLO_SERVER__PORT", "STUDIOLO_CONFIG", "STUDIOLO_ANYTHING")
    settings = load(file=path, environment=dict.fromkeys(empty, ""))
    assert (settings.api_key, settings.server.port) == ("sk-x", 7)


def test_what_kubernetes_says_of_a_service_of_our_name_is_no_setting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for service in ("STUDIOLO", "STUDIOLO_API"):
        told = {
            f"{service}_SERVICE_HOST": "10.0.0.7",
            f"{service}_SERVICE_PORT": "8600",
            f"{service}_SERVICE_PORT_HTTP": "8600",
            f"{service}_PORT": "tcp://10.0.0.7:8600",
            f"{service}_PORT_8600_TCP": "tcp://10.0.0.7:8600",
            f"{service}_PORT_8600_TCP_PROTO": "tcp",
            f"{service}_PORT_8600_TCP_PORT": "8600",
            f"{service}_PORT_8600_TCP_ADDR": "10.0.0.7",
        }
        assert load(environment=told) == load(environment={})


def test_a_port_that_a_person_gave_is_still_a_mistake(tmp_path):
    assert "is not a setting" in mistakes_in("", tmp_path, STUDIOLO_PORT="9000")["port"]


def test_the_double_needs_no_weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (deployment,) = load(double_settings(), environment={}).deployments
    assert (deployment.engine, deployment.weights, deployment.serves) == ("double", None, ("*",))


def test_settings_cannot_be_changed():
    settings = Settings(home=Path("/data"))
    with pytest.raises(ValueError, match="frozen"):
        settings.server.port = 1
