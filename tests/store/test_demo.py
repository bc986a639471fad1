"""The demonstration: real acts, the promised states, kept between starts, and never mistaken for the real thing."""

import json

import pytest

from clr.app import open_service
from clr.cli import OPERATOR
from clr.demo import building
from clr.demo.northfield import LEARNERS
from clr.errors import Conflict
from clr.registrar import authoring, holdings, people, tracking
from clr.registrar.people import Who
from clr.settings import Settings
from clr.store.sessions import reading


@pytest.fixture
def demonstration(settings: Settings) -> Settings:
    ours = building.settings_of(settings)
    building.build(ours, fresh=False)
    return ours


def status(snapshot, key: str, pathway: str, at) -> tuple[str, dict]:
    learner = people.known(snapshot, Who(email=LEARNERS[key]))
    found = tracking.progress_of(snapshot, OPERATOR, learner, at=at)
    entry = next(entry for entry in found if entry.pathway.draft.name == pathway)
    return entry.progress.status.value, tracking.progress_json(snapshot, entry)


def test_forty_learners_stand_where_the_story_says(demonstration: Settings):
    service = open_service(demonstration, demo=True)
    now = service.clock()
    with reading(service.engine) as snapshot:
        everybody = people.find_learners(
            snapshot, OPERATOR, email=None, external_id=None, after=None, limit=100
        )
        assert len(everybody) == 40
        assert len(authoring.published(snapshot)) == 7
        assert status(snapshot, "learner_2", "Critical Thinking", now)[0] == "complete"
        assert status(snapshot, "complete", "French B.A. Marketable Skills", now)[0] == "complete"
        _, tree = status(snapshot, "eligible", "Critical Thinking", now)
        essential = tree["requirement"]["parts"][0]["parts"][0]
        assert (essential["eligible"], essential["says"]) == (
            True,
            "Essential Knowledge: Critical Thinking: ready to be assessed",
        )
        _, tree = status(snapshot, "half_met", "Critical Thinking", now)
        public = tree["requirement"]["parts"][0]["parts"][1]["parts"][0]["parts"][0]
        assert (public["kind"], public["earned"], public["parts"][0]["earned"]) == ("at_least", 1, 1)
        states = {
            key: {award.state for award in holdings.awards_of(snapshot, OPERATOR, learner, at=now)}
            for key in ("revoked", "lapsed")
            if (learner := people.known(snapshot, Who(email=LEARNERS[key])))
        }
        assert states == {"revoked": {"live", "revoked"}, "lapsed": {"live", "expired"}}
    service.engine.dispose()


def test_a_second_start_keeps_the_data_and_renews_the_tokens(demonstration: Settings):
    before = json.loads((demonstration.data_dir / building.FILE).read_text())
    building.build(demonstration, fresh=False)
    after = json.loads((demonstration.data_dir / building.FILE).read_text())
    assert after["ids"] == before["ids"]
    assert set(after["tokens"]) == {"admin", "author", "issuer_a", "issuer_b", "learner_1", "learner_2"}


def test_a_demonstration_begun_anew_has_other_ids(tmp_path):
    ours = building.settings_of(Settings(data_dir=tmp_path))
    building.build(ours, fresh=False)
    before = (ours.data_dir / building.FILE).read_text()
    building.build(ours, fresh=True)
    assert json.loads(before)["ids"] != json.loads((ours.data_dir / building.FILE).read_text())["ids"]


def test_fresh_deletes_nothing_but_a_demonstration(tmp_path):
    ours = building.settings_of(Settings(data_dir=tmp_path))
    ours.data_dir.mkdir()
    (ours.data_dir / "thesis.txt").write_text("mine")
    with pytest.raises(Conflict, match="holds something that is no demonstration"):
        building.build(ours, fresh=True)
    assert (ours.data_dir / "thesis.txt").exists()


def test_a_service_refuses_the_keys_of_a_demonstration(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / building.MARK).touch()
    with pytest.raises(Conflict, match="belong to a demonstration"):
        building.require_no_demo(Settings(data_dir=tmp_path))
