import json
import os
import subprocess
import sys
import threading
import time

import pytest

from personalize.errors import BusyError, WorkspaceError
from personalize.storage import claims
from personalize.storage.claims import Claims


def names_in(root):
    folder = root / ".claims"
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*"))


def of_another_machine(claim):
    (claim.folder / "owner.json").write_text(json.dumps({"host": "far", "process": 7}))


def grow_old(claim, seconds):
    then = time.time() - seconds
    os.utime(claim.folder / "owner.json", (then, then))


def test_a_name_is_claimed_once_until_it_is_released(tmp_path):
    one, other = Claims(tmp_path), Claims(tmp_path)
    claim = one.take("a.mp4")
    with pytest.raises(BusyError, match=rf"a\.mp4: process {os.getpid()} on .* is running it"):
        other.take("a.mp4")
    other.take("b").release()
    claim.release()
    other.take("a.mp4").release()
    assert names_in(tmp_path) == ["a.mp4/000002", "b/000001"]


def test_a_claim_of_a_process_that_was_killed_is_free_at_once(tmp_path):
    code = """if True:
        import os, sys
        from personalize.storage.claims import Claims
        claim = Claims(sys.argv[1]).take("a")
        os.kill(os.getpid(), 9)
    """
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == -9
    Claims(tmp_path).take("a").release()


def test_a_claim_of_another_machine_is_free_when_it_has_been_silent_for_long(tmp_path):
    claim = Claims(tmp_path).take("a")
    of_another_machine(claim)
    with pytest.raises(BusyError, match="a: process 7 on far is running it"):
        Claims(tmp_path).take("a")
    grow_old(claim, claims.PATIENCE + 60)
    new = Claims(tmp_path).take("a")
    with pytest.raises(BusyError, match="a: another process has taken over"):
        claim.check()
    new.check()
    claim.release()
    new.check()  # what one that is past says is not heard
    with pytest.raises(BusyError):
        Claims(tmp_path).take("a")
    new.release()


def test_an_owner_shows_that_it_lives(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "BEAT", 0.01)
    claim = Claims(tmp_path).take("a")
    grow_old(claim, 1000)
    deadline = time.monotonic() + 60
    while time.time() - (claim.folder / "owner.json").stat().st_mtime > 500:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    claim.release()


def test_of_two_that_take_over_one_fails(tmp_path, monkeypatch):
    claim = Claims(tmp_path).take("a")
    of_another_machine(claim)
    grow_old(claim, claims.PATIENCE + 60)
    free = claims._is_free

    def late(newest):  # another process is faster, between the look and the leap
        monkeypatch.setattr(claims, "_is_free", free)
        late.other = Claims(tmp_path).take("a")
        return True

    monkeypatch.setattr(claims, "_is_free", late)
    with pytest.raises(BusyError, match="a: another process was faster"):
        Claims(tmp_path).take("a")
    late.other.check()
    late.other.release()


def test_work_on_a_claim_that_is_lost_stops(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "BEAT", -1.0)
    held = Claims(tmp_path)
    claim = held.take("a")
    held.check()
    (tmp_path / ".claims" / "a" / "000002").mkdir()
    with pytest.raises(BusyError, match="another process has taken over"):
        held.check()
    claim._ended.set()


def test_a_link_in_the_place_of_the_claims_is_refused(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".claims").symlink_to("../outside")
    with pytest.raises(WorkspaceError, match="is a link to"):
        Claims(tmp_path / "out").take("a")
    assert os.listdir(tmp_path / "outside") == []


@pytest.mark.parametrize("content", ["", "[]", "{", '{"host": 1}'])
def test_an_owner_that_cannot_be_read_is_free_when_it_has_been_silent(tmp_path, content):
    claim = Claims(tmp_path).take("a")
    (claim.folder / "owner.json").write_text(content)
    with pytest.raises(BusyError, match="another machine|on 1"):
        Claims(tmp_path).take("a")
    grow_old(claim, claims.PATIENCE + 60)
    Claims(tmp_path).take("a").release()
    claim.release()


def test_who_is_patient_waits_until_an_owner_shows_that_it_lives(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "LOOK", 0.01)
    claim = Claims(tmp_path).take("a")
    of_another_machine(claim)
    grow_old(claim, 5)
    beat = threading.Timer(0.1, os.utime, [claim.folder / "owner.json"])
    beat.start()
    with pytest.raises(BusyError, match="a: process 7 on far is running it"):
        Claims(tmp_path).take("a", patient=True)
    beat.join()
    claim.release()


def test_who_is_patient_takes_over_from_an_owner_that_stays_silent(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "LOOK", 0.01)
    monkeypatch.setattr(claims, "PATIENCE", 1.0)
    claim = Claims(tmp_path).take("a")
    of_another_machine(claim)
    grow_old(claim, 0.5)
    new = Claims(tmp_path).take("a", patient=True)
    assert new.folder.name == "000002"
    new.release()
    claim.release()


def test_who_is_patient_does_not_wait_for_an_owner_of_this_machine(tmp_path):
    claim = Claims(tmp_path).take("a")
    with pytest.raises(BusyError):
        Claims(tmp_path).take("a", patient=True)
    claim.release()
