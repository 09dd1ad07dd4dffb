"""A classroom on one machine: what is looked at before anything is made, and what is made readable for whom."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cxkit.cli import main
from cxkit.grading.classroom import command, environment, furnish, hub, people, place, proxy

ROOT = Path(__file__).parents[1]


@pytest.fixture
def course(tmp_path):
    """A folder that looks like the course's, and that anybody may open."""
    folder = tmp_path / "project"
    for name in ("course/facilitator", "case_studies/one/for_instructors", "solutions/01_tea"):
        (folder / name).mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text("")
    (folder / "course" / "00_start_here.ipynb").write_text("{}")
    (folder / "course" / "facilitator" / "README.md").write_text("for you")
    (folder / "case_studies" / "one" / "for_instructors" / "truth.yaml").write_text("truth")
    (folder / "solutions" / "01_tea" / "01_tea.ipynb").write_text("{}")
    folder.chmod(0o755)
    return folder


@pytest.fixture
def open_world(monkeypatch):
    """pytest's own folders are closed to other users; here they count as open."""
    monkeypatch.setattr(place, "closed_folder", lambda path: None)


# --- before anything is made ----------------------------------------------------------------------------------


def test_a_place_that_others_cannot_enter_is_refused(course, tmp_path):
    closed = tmp_path / "private"
    closed.mkdir(mode=0o700)
    with pytest.raises(ValueError, match="cannot enter"):
        place.plan(closed / "room", course)
    assert list(closed.iterdir()) == []


def test_the_courses_own_folder_is_refused_since_it_holds_the_solutions(course, open_world):
    with pytest.raises(ValueError, match=r"holds the solutions.*--folder /srv/cxkit-classroom"):
        place.plan(course / "classroom", course)


def test_a_folder_with_something_else_in_it_is_refused(course, tmp_path, open_world):
    other = tmp_path / "photos"
    other.mkdir()
    assert place.plan(other, course).users == [], "an empty one will do"
    (other / "cat.png").write_text("")
    with pytest.raises(ValueError, match="Something else lies in"):
        place.plan(other, course)
    place.Place(other, course, ["cx-learner1"]).save()
    assert place.plan(other, course).users == ["cx-learner1"], "a classroom is known by its record"


def test_a_user_of_the_same_name_who_is_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(
        people, "existing", lambda name: Path("/home/anna") if name == "cx-learner1" else None
    )
    here = place.Place(tmp_path, tmp_path)
    people.refuse_strangers(here, ["cx-learner2"])
    with pytest.raises(ValueError, match=r"user cx-learner1 .* already, whose home is /home/anna"):
        people.refuse_strangers(here, ["cx-learner2", "cx-learner1"])


@pytest.mark.parametrize("options", [[], ["--remove", "--yes"]])
def test_without_root_the_command_changes_nothing(options, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(subprocess, "run", lambda *a, **b: pytest.fail("a program was started"))
    assert main(["classroom", "--folder", str(tmp_path / "room"), *options]) == 1
    said = capsys.readouterr().err
    assert "sudo" in said or "Linux" in said
    assert "Nothing was changed." in said and list(tmp_path.iterdir()) == []


def test_all_is_looked_at_before_the_first_user_is_made(course, tmp_path, open_world, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setattr(people, "make_users", lambda *a: pytest.fail("a user was made"))
    monkeypatch.setattr(people, "existing", lambda name: None)
    monkeypatch.setattr(proxy, "find_proxy", lambda: ["proxy"])
    room = tmp_path / "room"
    with pytest.raises(ValueError, match="There is no exercise “09_none”"):
        command.open_classroom(room, 2, ["09_none"], 0)
    with pytest.raises(ValueError, match="1 to 50 learners, not 51"):
        command.open_classroom(room, 51, [], 0)
    with pytest.raises(ValueError, match="Port 99999 is taken or not allowed"):
        command.open_classroom(room, 2, [], 99999)
    monkeypatch.setattr(proxy, "find_proxy", lambda: (_ for _ in ()).throw(ValueError("no node")))
    with pytest.raises(ValueError, match="no node"):
        command.open_classroom(room, 2, [], 0)
    assert not room.exists()


def test_half_a_classroom_is_taken_away_again(course, tmp_path, open_world, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setattr(people, "existing", lambda name: None)
    monkeypatch.setattr(proxy, "find_proxy", lambda: ["proxy"])
    monkeypatch.setattr(
        people, "_tool", lambda *words: (_ for _ in ()).throw(ValueError("useradd is broken"))
    )
    monkeypatch.setattr(command, "only_one", lambda place: contextlib.nullcontext())
    room = tmp_path / "room"
    with pytest.raises(ValueError, match="useradd is broken"):
        command.open_classroom(room, 2, [], 0)
    assert not room.exists()
    assert stat.S_IMODE(course.stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("there", "says"),
    [({}, "Install “nodejs” and “npm”"), ({"node": "v16.1.0"}, "node 18 or newer"), ({"node": "v20.1.0"}, "Install “npm”")],
)  # fmt: skip
def test_what_is_missing_for_the_proxy_is_named(there, says, tmp_path, monkeypatch):
    for name, version in there.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(ValueError, match=says):
        proxy.find_proxy()


def test_the_proxy_and_all_its_parts_are_pinned_by_checksum_without_addresses():
    folder = Path(proxy.__file__).parent
    asked, locked = (json.loads((folder / name).read_text("utf-8")) for name in proxy.PINS)
    parts = {name: part for name, part in locked["packages"].items() if name}
    assert locked["packages"][""]["dependencies"] == asked["dependencies"]
    assert parts[f"node_modules/{proxy.NAME}"]["version"] == asked["dependencies"][proxy.NAME]
    assert all(part["integrity"].startswith("sha512-") and "resolved" not in part for part in parts.values())
    assert len(parts) > 10
    assert int(parts[f"node_modules/{proxy.NAME}"]["engines"]["node"].strip(">= ")) == proxy.LEAST_NODE


# --- what is made ---------------------------------------------------------------------------------------------


def test_the_courses_folder_is_closed_and_opened_again(course, tmp_path, open_world):
    (tmp_path / "room").mkdir()
    here = place.Place(tmp_path / "room", course)
    assert "can no longer open" in place.close_project(here)
    assert stat.S_IMODE(course.stat().st_mode) == 0o750
    again = place.find(here.folder)
    assert place.close_project(again) == "" and again.mode == 0o755, "the second start remembers the first"
    place.open_project(again)
    assert stat.S_IMODE(course.stat().st_mode) == 0o755


def test_homes_hold_what_each_may_have_and_are_closed(course, tmp_path, monkeypatch):
    monkeypatch.setattr(furnish, "_ids", lambda user: (os.getuid(), os.getgid()))
    here = place.Place(tmp_path / "room", course)
    (course / "course" / "my_answers.ipynb").write_text("the instructor's own")
    for user in (place.INSTRUCTOR, "cx-learner1"):
        furnish.make_home(here, user)
    learner = {
        path.relative_to(here.home("cx-learner1")).as_posix() for path in here.home("cx-learner1").rglob("*")
    }
    assert learner == {
        "course",
        "course/00_start_here.ipynb",
        "case_studies",
        "case_studies/one",
        "exercises",
    }
    teacher = here.home(place.INSTRUCTOR)
    for name in (
        "course/facilitator/README.md",
        "case_studies/one/for_instructors/truth.yaml",
        "nbgrader_config.py",
    ):
        assert (teacher / name).is_file()
    assert (teacher / "solutions/01_tea/01_tea.ipynb").is_file() and not list(teacher.rglob("my_*"))
    for home in (teacher, here.home("cx-learner1")):
        assert all(not path.stat().st_mode & 0o077 for path in [home, *home.rglob("*")])
    assert not list(here.hub.iterdir()), "nothing half is left"


def test_the_twin_can_be_read_by_all_and_names_its_own_python(tmp_path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "lib" / "site-packages" / "p.dist-info").mkdir(parents=True)
    (old / "bin").mkdir()
    secret = old / "lib" / "site-packages" / "private.py"
    secret.write_text("x = 1")
    secret.chmod(0o600)
    shared = old / "lib" / "site-packages" / "shared.py"
    shared.write_text("y = 2")
    shared.chmod(0o644)
    (old / "lib" / "site-packages" / "link.py").symlink_to("shared.py")
    (old / "bin" / "tool").write_text(f"#!{old}/bin/python3.11\nprint()\n")
    (old / "bin" / "long").write_text(
        f"#!/bin/sh\n'''exec' \"{old}/bin/python\" \"$0\" \"$@\"\n' '''\nprint()\n"
    )
    monkeypatch.setattr(sys, "prefix", str(old))
    environment.copy_open(old / "lib", new / "lib")
    environment._commands(new / "bin", Path("/usr/bin/python3"))
    copy = new / "lib" / "site-packages"
    assert stat.S_IMODE((copy / "private.py").stat().st_mode) == 0o644
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600, "the original stays as it was"
    assert (copy / "shared.py").samefile(shared), "no second copy on the disk"
    assert (copy / "link.py").is_symlink() and (copy / "link.py").read_text() == "y = 2"
    assert (new / "bin" / "tool").read_text() == f"#!{new}/bin/python3.11\nprint()\n"
    assert f"'''exec' \"{new}/bin/python\"" in (new / "bin" / "long").read_text()
    assert (new / "bin" / "python3").resolve() == (new / "bin" / "python").resolve()


def test_the_hub_lets_each_person_in_with_their_own_password_alone(tmp_path):
    import asyncio

    from traitlets.config import Config

    (tmp_path / "environment" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    here = place.Place(tmp_path, tmp_path)
    users = [place.INSTRUCTOR, "cx-learner1", "cx-learner2"]
    passwords = hub.write_settings(here, users, 8000, ["node", "proxy"])
    settings = here.hub / "settings.json"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600 and stat.S_IMODE(here.hub.stat().st_mode) == 0o700
    assert len(set(passwords.values())) == 3 and passwords != hub.write_settings(here, users, 8000, ["p"])
    passwords = hub.write_settings(here, users, 8000, ["node", "proxy"])

    c = Config()
    hub.configure(c, str(settings))
    assert c.JupyterHub.bind_url == "http://127.0.0.1:8000" and "127.0.0.1" in c.JupyterHub.hub_bind_url
    assert c.Authenticator.allowed_users == set(users)
    door = c.JupyterHub.authenticator_class()
    tried = [(user, passwords[other]) for user in users for other in users] + [("root", ""), (users[1], "")]
    let_in = [
        (user, word)
        for user, word in tried
        if asyncio.run(door.authenticate(None, {"username": user, "password": word}))
    ]
    assert let_in == [(user, passwords[user]) for user in users]
    roles = {}
    for user in users:
        spawner = SimpleNamespace(user=SimpleNamespace(name=user))
        c.Spawner.pre_spawn_hook(spawner)
        roles[user] = (
            Path(spawner.environment["JUPYTER_CONFIG_PATH"]).name,
            spawner.default_url,
            len(spawner.args),
        )
        assert spawner.environment["CXKIT_HOME"].startswith(str(here.home(user)))
    assert roles == {
        users[0]: ("instructor", "/lab", 1),
        users[1]: ("learner", "/tree", 0),
        users[2]: ("learner", "/tree", 0),
    }


def test_the_two_profiles_are_where_the_hub_looks_for_them():
    for role in hub.FIRST_PAGE:
        assert (
            ROOT / "src" / "cxkit" / "frontend" / "profiles" / role / "jupyter_server_config.json"
        ).is_file()


# --- the end --------------------------------------------------------------------------------------------------


def test_remove_asks_and_knows_what_is_a_classroom(tmp_path, monkeypatch, capsys):
    with pytest.raises(ValueError, match="There is no classroom in"):
        command.remove(tmp_path, yes=True)
    (tmp_path / "room").mkdir()
    place.Place(tmp_path / "room", tmp_path).save()
    monkeypatch.setattr("builtins.input", lambda question: "no")
    assert command.remove(tmp_path / "room", yes=False) == 1
    assert "Nothing was removed." in capsys.readouterr().out and (tmp_path / "room").is_dir()


def test_a_classroom_that_is_open_cannot_be_opened_twice(tmp_path, monkeypatch):
    here = place.Place(tmp_path, tmp_path)
    monkeypatch.setattr(command, "LOCK", tmp_path / "lock")
    with (
        command.only_one(here),
        pytest.raises(ValueError, match="open on this machine already"),
        command.only_one(here),
    ):
        pytest.fail("it was opened twice")
    with command.only_one(here):
        pass


def test_a_user_with_another_home_is_somebody_else_whose_programs_go_on(monkeypatch):
    here = place.Place(Path("/nowhere"), Path("/nowhere"), ["root"])
    monkeypatch.setattr(people, "existing", lambda name: Path("/root"))
    assert people._processes(here) == []
