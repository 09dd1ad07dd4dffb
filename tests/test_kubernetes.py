"""The values, the volumes and the image's recipe for a hub in a cluster: as far as they can be checked without one."""

from __future__ import annotations

import os
import re
import subprocess
import types
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from traitlets.config.loader import PyFileConfigLoader

import cxkit

ROOT = Path(__file__).parents[1]
HERE = ROOT / "docs" / "kubernetes"
VALUES = yaml.safe_load((HERE / "values.yaml").read_text("utf-8"))
NAMES = yaml.safe_load((Path(__file__).parent / "data" / "zero_to_jupyterhub_names.yaml").read_text("utf-8"))
CLAIMS = {
    one["metadata"]["name"]: one for one in yaml.safe_load_all((HERE / "volumes.yaml").read_text("utf-8"))
}
RECIPE = (HERE / "Dockerfile").read_text("utf-8")
KINDS = {"bool": bool, "int": int, "float": float, "str": str, "list": list, "null": types.NoneType}
LEARNER, INSTRUCTOR = "registry.example.org/cxkit", "registry.example.org/cxkit-instructor"


# --- values ---------------------------------------------------------------------------------------------------


def wrong(value, known, path=""):
    """What the chart would not know, or not take, one line each."""
    if known == "open":
        return []
    if isinstance(known, dict):
        if not isinstance(value, dict):
            return [f"{path} takes names of its own, not {value!r}"]
        found = []
        for name, inner in value.items():
            if name not in known and "*" not in known:
                found.append(f"{path}.{name} is not known")
            else:
                found += wrong(inner, known.get(name, known.get("*")), f"{path}.{name}")
        return found
    if known.startswith("one of: "):
        return [] if value in known.removeprefix("one of: ").split(", ") else [f"{path} cannot be {value!r}"]
    # a bool is an int to Python, but not to the chart
    return (
        [] if type(value) in [KINDS[kind] for kind in known.split("|")] else [f"{path} cannot be {value!r}"]
    )


def test_the_chart_knows_every_name_and_takes_every_value():
    assert wrong(VALUES, NAMES) == []


@pytest.mark.parametrize(
    ("section", "name", "value", "said"),
    [
        ("singleuser", "uuid", 1001, ".singleuser.uuid is not known"),
        ("singleuser", "uid", "1001", ".singleuser.uid cannot be '1001'"),
        ("singleuser", "uid", True, ".singleuser.uid cannot be True"),
        ("cull", "timeout", "1h", ".cull.timeout cannot be '1h'"),
        ("singleuser", "storage", {"type": "shared"}, ".singleuser.storage.type cannot be 'shared'"),
        (
            "prePuller",
            "extraImages",
            {"a": {"name": "b", "tagg": "1"}},
            ".prePuller.extraImages.a.tagg is not known",
        ),
    ],
)
def test_a_mistyped_value_would_be_found(section, name, value, said):
    assert wrong({**VALUES, section: {**VALUES[section], name: value}}, NAMES) == [said]


def test_the_images_are_those_of_this_version():
    image = VALUES["singleuser"]["image"]
    assert (image["name"], image["tag"]) == (LEARNER, cxkit.__version__)
    assert VALUES["prePuller"]["extraImages"] == {
        "instructor": {"name": INSTRUCTOR, "tag": cxkit.__version__}
    }
    assert VALUES["custom"]["instructorImage"] == f"{INSTRUCTOR}:{cxkit.__version__}"
    assert re.findall(r"--target (\w+) -t (\S+)", RECIPE) == [
        ("learner", f"{LEARNER}:{cxkit.__version__}"),
        ("instructor", f"{INSTRUCTOR}:{cxkit.__version__}"),
    ]


def test_a_thousand_learners_fit_and_idle_servers_end():
    assert VALUES["hub"]["activeServerLimit"] >= 1000
    assert VALUES["cull"]["enabled"] and 0 < VALUES["cull"]["every"] < VALUES["cull"]["timeout"] <= 7200
    user = VALUES["singleuser"]
    assert 0 < user["cpu"]["guarantee"] <= user["cpu"]["limit"]
    assert user["memory"] == {"limit": "1G", "guarantee": "400M"}, "classroom.md adds these up"
    assert "400 GB" in (ROOT / "course" / "facilitator" / "classroom.md").read_text("utf-8")


def test_learners_reach_no_other_computer():
    policy = VALUES["singleuser"]["networkPolicy"]
    assert policy["enabled"]
    assert set(policy["egressAllowRules"].values()) == {False} and len(policy["egressAllowRules"]) == 3
    assert VALUES["singleuser"]["allowPrivilegeEscalation"] is False


# --- who gets what --------------------------------------------------------------------------------------------


class Group:
    def __init__(self, name):
        self.name = name


def spawner(groups, kind):
    """A spawner as the chart has set it up, before its hook runs; `kind` is how this release keeps volumes."""
    storage = VALUES["singleuser"]["storage"]
    home = {"name": "volume-x", "persistentVolumeClaim": {"claimName": "claim-x"}}
    at_home = {"name": "volume-x", "mountPath": storage["homeMountPath"]}

    def keep(first, more):
        entries = [first, *more]
        return {one["name"]: one for one in entries} if kind is dict else entries

    return SimpleNamespace(
        user=SimpleNamespace(groups=[Group(name) for name in groups]), environment={}, image=f"{LEARNER}:x", uid=1001,
        volumes=keep(home, storage["extraVolumes"]), volume_mounts=keep(at_home, storage["extraVolumeMounts"]),
        init_containers=[],
    )  # fmt: skip


def hook():
    def get_config(name):
        value = VALUES
        for part in name.split("."):
            value = value[part]
        return value

    c = SimpleNamespace(KubeSpawner=SimpleNamespace())
    exec(VALUES["hub"]["extraConfig"]["10-roles"], {"c": c, "get_config": get_config})
    return c.KubeSpawner.pre_spawn_hook


def listed(kept):
    return list(kept.values()) if isinstance(kept, dict) else kept


@pytest.mark.parametrize("kind", [list, dict])
def test_a_learner_gets_neither_the_solutions_nor_the_gradebook(kind):
    one = spawner(["others"], kind)
    before = dict(vars(one))
    hook()(one)
    assert vars(one) == {**before, "environment": {"CXKIT_ROLE": "learner"}}
    assert {claim(volume) for volume in listed(one.volumes)} == {"claim-x", "cxkit-exchange"}


@pytest.mark.parametrize("kind", [list, dict])
def test_an_instructor_gets_them_once_however_often_the_server_starts(kind):
    one = spawner(["others", VALUES["custom"]["instructorGroup"]], kind)
    run = hook()
    run(one)
    run(one)
    assert one.environment == {"CXKIT_ROLE": "instructor"} and one.default_url == "/lab"
    assert (one.image, one.uid) == (f"{INSTRUCTOR}:{cxkit.__version__}", 1000)
    assert [claim(volume) for volume in listed(one.volumes)] == ["claim-x", "cxkit-exchange", "cxkit-course"]
    (owner,) = one.init_containers
    mounted = {mount["name"]: mount["mountPath"] for mount in owner["volumeMounts"]}
    assert mounted == {"exchange": "/exchange", "course": "/course"}
    assert "chmod 1777 /exchange" in owner["command"][-1] and owner["securityContext"] == {"runAsUser": 0}
    for container in (listed(one.volume_mounts), owner["volumeMounts"]):
        assert {mount["name"] for mount in container} <= {volume["name"] for volume in listed(one.volumes)}


def claim(volume):
    return volume["persistentVolumeClaim"]["claimName"]


def test_the_group_of_instructors_is_one_that_the_hub_knows():
    config = VALUES["hub"]["config"]
    people = config["JupyterHub"]["load_groups"][VALUES["custom"]["instructorGroup"]]["users"]
    assert people and set(people) <= set(config["Authenticator"]["admin_users"])
    assert "dummy" not in config["JupyterHub"]["authenticator_class"].lower()


def test_shared_volumes_are_made_and_can_be_written_by_many():
    assert set(CLAIMS) == {"cxkit-exchange", "cxkit-course"}
    for one in CLAIMS.values():
        assert one["kind"] == "PersistentVolumeClaim" and one["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_nbgrader_looks_where_the_volumes_are(role, monkeypatch):
    home = VALUES["singleuser"]["storage"]["homeMountPath"]
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("CXKIT_ROLE", role)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(HERE)).load_config()
    (mount,) = VALUES["singleuser"]["storage"]["extraVolumeMounts"]
    assert config.Exchange.root == mount["mountPath"]
    assert config.CourseDirectory.course_id == "cxkit"
    one = spawner([VALUES["custom"]["instructorGroup"]], list)
    hook()(one)
    course = next(mount["mountPath"] for mount in one.volume_mounts if mount["name"] == "course")
    if role == "instructor":
        assert config.CourseDirectory.root == course
    else:
        assert "root" not in config.CourseDirectory and config.Exchange.assignment_dir == f"{home}/exercises"


# --- the image ------------------------------------------------------------------------------------------------


def stages():
    """{stage: its instructions}, each as (word, the rest)."""
    found = {}
    for line in re.sub(r"\\\n", " ", RECIPE).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            base, name = re.fullmatch(r"(\S+) AS (\w+)", rest).groups()
            found[name] = [(word, base)]
        else:
            found[name].append((word, rest))
    return found


def copied(stage):
    """What a stage takes from the folder of the course."""
    for word, rest in stages()[stage]:
        if word == "COPY" and "--from" not in rest:
            yield from (part for part in rest.split()[:-1] if not part.startswith("--"))


def test_the_recipe_copies_what_is_there_and_what_is_let_through():
    lines = (HERE / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    let_through = tuple(line[1:] for line in lines if line.startswith("!"))
    assert "*" in lines and not {"gradebook.db", "submitted", "tests", ".git"} & set(let_through)
    for name in let_through:
        assert (ROOT / name).exists(), name
    for stage in stages():
        for source in copied(stage):
            assert (ROOT / source).exists(), source
            assert source in let_through or source.startswith("docs/kubernetes/"), source


def test_no_learners_image_holds_a_solution():
    assert not any(source.startswith(("solutions", "nbgrader_config")) for source in copied("learner"))
    kept = [rest for word, rest in stages()["learner"] if word == "COPY" and "--from=environment" in rest]
    assert [each.split()[1:] for each in kept] == [
        ["/opt/cxkit/environment", "/opt/cxkit/environment"],
        ["/opt/cxkit/learner", "/opt/cxkit/desk"],
    ]
    assert "solutions" not in list(copied("environment"))
    removed = next(rest for word, rest in stages()["environment"] if rest.startswith("rm -r "))
    for hidden in removed.split()[2:]:
        assert list(ROOT.glob(hidden.removeprefix("learner/"))), hidden
    assert "solutions" in list(copied("instructor"))


def test_packages_are_locked_and_the_base_has_a_version():
    for name, instructions in stages().items():
        _, base = instructions[0]
        assert base in stages() or re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+[\w.-]*", base), name
    installs = [rest for part in stages().values() for word, rest in part if "pip install" in rest]
    assert len(installs) == 2
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)


def test_nobody_works_as_root_and_learners_are_not_instructors():
    last = {name: [rest for word, rest in part if word == "USER"][-1:] for name, part in stages().items()}
    assert last == {"environment": [], "learner": ["1001"], "instructor": ["1000"]}
    assert VALUES["singleuser"]["uid"] == 1001
    people = re.findall(r"(\w+):x:(\d+):(\d+)::(/home/\w+):", RECIPE.replace(r"\n", " "))
    group, home = str(VALUES["singleuser"]["fsGid"]), VALUES["singleuser"]["storage"]["homeMountPath"]
    assert people == [("jovyan", "1000", group, home), ("jovyan", "1001", group, home)]
    assert VALUES["singleuser"]["cmd"] == ["cxkit-start"] and 'CMD ["cxkit-start"]' in RECIPE


def test_a_linter_of_recipes_finds_no_fault():
    from dockerfile_doctor.models import Severity
    from dockerfile_doctor.parser import parse
    from dockerfile_doctor.rules import analyze

    found = [one for one in analyze(parse(RECIPE)) if one.severity is not Severity.INFO]
    assert found == []
    bad = analyze(parse("FROM python\nRUN apt-get install curl\nUSER root\n"))
    assert [one for one in bad if one.severity is not Severity.INFO], "the linter does look"


def test_the_image_holds_the_packages_that_the_tests_ran_with():
    def blocks(path):
        text = re.sub(r"(?m)^(#|--).*\n", "", path.read_text("utf-8"))
        return set(re.split(r"\n(?=\S)", text.strip()))

    image, run = blocks(HERE / "requirements.lock"), blocks(ROOT / "requirements.lock")
    assert run < image
    hub = [one.split(" ")[0] for one in image if one.startswith("jupyterhub==")]
    # the hub of chart 4.4.0 is JupyterHub 5.5
    assert len(hub) == 1 and hub[0].startswith("jupyterhub==5.5.")
    said = (HERE / "values.yaml").read_text("utf-8")
    assert "version 4.4.0 (JupyterHub 5.5)" in said and "--version 4.4.0" in said
    assert "--version 4.4.0" in (ROOT / "course" / "facilitator" / "classroom.md").read_text("utf-8")


# --- the start of a person's server ---------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path):
    """Run start.sh as in the image, with a server that only says how it was called."""
    environment, desk, home = tmp_path / "environment", tmp_path / "desk", tmp_path / "home"
    profiles = environment / "lib" / "python3.11" / "site-packages" / "cxkit" / "frontend" / "profiles"
    for folder in (profiles, environment / "bin", desk / "course", home):
        folder.mkdir(parents=True)
    (desk / "course" / "00_start_here.ipynb").write_text("lesson")
    (desk / "nbgrader_config.py").write_text("settings")
    server = environment / "bin" / "jupyterhub-singleuser"
    server.write_text('#!/bin/sh\necho "$JUPYTER_CONFIG_PATH"\nfor each in "$@"; do echo "$each"; done\n')
    server.chmod(0o755)

    def run(role):
        env = {"HOME": str(home), "PATH": f"{server.parent}:{os.environ['PATH']}", "CXKIT_ROLE": role,
               "CXKIT_DESK": str(desk), "CXKIT_ENVIRONMENT": str(environment)}  # fmt: skip
        done = subprocess.run(["sh", HERE / "start.sh", "--a=b c"], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    run.home, run.profiles = home, profiles
    return run


def test_a_learner_finds_the_course_at_the_first_start_and_the_own_work_at_the_next(start):
    assert start("learner") == [str(start.profiles / "learner"), "--a=b c"]
    lesson = start.home / "course" / "00_start_here.ipynb"
    assert lesson.read_text() == "lesson" and (start.home / "exercises").is_dir()
    lesson.write_text("my answers")
    start("learner")
    assert lesson.read_text() == "my answers"
    assert not list(start.home.glob(".new-*"))


def test_an_instructor_works_in_the_shared_folder_and_sees_formgrader(start):
    profile, frame, last = start("instructor")
    assert profile == str(start.profiles / "instructor") and last == "--a=b c"
    assert eval(frame.removeprefix("--ServerApp.tornado_settings=")) == {
        "headers": {"Content-Security-Policy": "frame-ancestors 'self'"}
    }
    assert (start.home / "cxkit" / "nbgrader_config.py").read_text() == "settings"
    assert not (start.home / "course").exists()
