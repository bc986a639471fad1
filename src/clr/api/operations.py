"""For whoever runs the service: is it alive, is it ready."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel import select

from clr.store.tables import Catalogue
from clr.web.access import Snapshot
from clr.web.acts import ActRoute

router = APIRouter(tags=["operations"], route_class=ActRoute)


class Health(BaseModel):
    """The service answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """The service can do its work: the database answers in the shape this version needs."""

    status: Literal["ready"] = "ready"
    catalogue_version: int


@router.get("/healthz")
def healthz() -> Health:
    """Say that the process is alive."""
    return Health()


@router.get("/readyz")
def readyz(snapshot: Snapshot) -> Readiness:
    """Say that the database answers and is migrated."""
    return Readiness(catalogue_version=snapshot.exec(select(Catalogue.version)).one())
