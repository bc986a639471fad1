"""Who may do what, told as a table of people and deeds."""

import pytest

from clr.errors import NotAllowed, NotFound
from clr.registrar.policy import (
    ABSENT,
    TABLE,
    WHOLE_INSTITUTION,
    Allowed,
    Caller,
    Deed,
    Role,
    may,
    require,
)

AMY = Caller("prs_amy", "Amy", "lrn_amy", frozenset())


def staff(role: Role, issuer: str = "") -> Caller:
    return Caller("prs_1", "Sam Staff", None, frozenset({(role, issuer)}))


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEARNER])
def test_a_role_for_one_issuer_never_reaches_another(role: Role, deed: Deed):
    here = may(staff(role, "iss_a"), deed, issuer="iss_a", learner="lrn_amy")
    assert isinstance(here, Allowed) == (role in TABLE[deed] and deed not in WHOLE_INSTITUTION)
    if deed is Deed.SEE_CATALOGUE:
        return
    assert not isinstance(may(staff(role, "iss_a"), deed, issuer="iss_b"), Allowed)


def test_a_learner_reaches_herself_alone():
    for deed in Deed:
        if deed is not Deed.SEE_CATALOGUE:
            assert not isinstance(may(AMY, deed, learner="lrn_ben", issuer="iss_a"), Allowed), deed
    assert isinstance(may(AMY, Deed.COMPOSE, learner="lrn_amy"), Allowed)
    assert isinstance(may(AMY, Deed.SEE_LEARNER, learner="lrn_amy"), Allowed)


def test_nobody_but_the_learner_composes_her_record():
    for role in Role:
        assert not isinstance(may(staff(role), Deed.COMPOSE, learner="lrn_amy"), Allowed), role


def test_what_may_not_be_seen_is_absent_and_the_rest_is_refused():
    for deed in Deed:
        expected = NotFound if deed in ABSENT else NotAllowed
        with pytest.raises(expected):
            require(Caller("prs_x", "Nobody", None, frozenset()), deed, issuer="iss_a", learner="lrn_amy")
