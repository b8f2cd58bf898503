"""`--double` keeps the doubles that are set, and puts doubles in the place of all others."""

import pytest

from studiolo.config import ConfigurationInvalid, Settings, doubled, layers, settle

# deployments as TOML, deployments in the environment, manner, what each is, whose place is taken
CASES = [
    ("", "", {}, [{"name": "double", "family": "qwen3", "serves": ("*",)}], ()),
    (
        "",
        "",
        {"tokens_per_s": 50.0},
        [{"name": "double", "tokens_per_s": 50, "serves": ("*",)}],
        (),
    ),
    (
        "[[deployments]]\nname='own'\nengine='double'\ncontext=500\nparallel=2\n"
        "first_token_s=0.2\nserves='a'",
        "",
        {},
        [{"name": "own", "context": 500, "parallel": 2, "first_token_s": 0.2, "family": "auto"}],
        (),
    ),
    (
        "[[deployments]]\nname='own'\nengine='double'\nfirst_token_s=0.2\ntokens_per_s=9",
        "",
        {"first_token_s": 0.0},
        [{"first_token_s": 0, "tokens_per_s": 9}],
        (),
    ),
    (
        "[[deployments]]\nname='real'\nweights='w'\nthreads=2\ncontext=512\nserves='b'\n"
        "[[deployments]]\nname='own'\nengine='double'\nserves='a'",
        "",
        {},
        [
            {"name": "real", "weights": None, "threads": None, "family": "qwen3", "serves": ("b",)},
            {"name": "own", "serves": ("a",)},
        ],
        ("real",),
    ),
    (
        "[[deployments]]\nname='real'\nweights='w'",
        '[{"name": "q", "engine": "double", "tokens_per_s": 5}]',
        {},
        [{"name": "q", "tokens_per_s": 5}],
        (),
    ),
    ("", '[{"name": "q", "weights": "w"}]', {}, [{"name": "q", "serves": ("*",)}], ("q",)),
]


def _given(folder, text, variable):
    path = folder / "mine.toml"
    path.write_text(text)
    return layers(file=path, environment={"STUDIOLO_DEPLOYMENTS": variable})


@pytest.mark.parametrize(("text", "variable", "manner", "made", "replaced"), CASES)
def test_deployments_are_doubles(text, variable, manner, made, replaced, tmp_path):
    sources, others = doubled(_given(tmp_path, text, variable), manner)
    settings: Settings = settle(sources)
    assert others == replaced
    assert len(settings.deployments) == len(made)
    for deployment, wanted in zip(settings.deployments, made, strict=True):
        assert deployment.engine == "double"
        assert {name: getattr(deployment, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "variable", "key"),
    [
        ("", "no JSON", "deployments"),
        ("", '{"name": "q"}', "deployments"),
        ("deployments = 'x'", "", "deployments"),
        ("deployments = []", "", "deployments"),
        ("deployments = [3]", "", "deployments[0]"),
        ("[[deployments]]\nweights = 'w'", "", "deployments[0].name"),
        ("[[deployments]]\nname = 'q'\nengine='double'\npace=1", "", "deployments[0].pace"),
    ],
)
def test_what_are_no_deployments_is_a_mistake_where_it_stands(text, variable, key, tmp_path):
    sources, _ = doubled(_given(tmp_path, text, variable), {})
    with pytest.raises(ConfigurationInvalid) as caught:
        settle(sources)
    (mistake,) = caught.value.mistakes
    assert mistake.key == key
    assert mistake.origin in ("", "environment" if variable else str(tmp_path / "mine.toml"))
