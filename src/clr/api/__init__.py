"""The JSON door: parse, call one act, shape the answer."""

from fastapi import APIRouter

from clr.api import (
    achievements,
    awards,
    evidence,
    issuers,
    learners,
    live,
    operations,
    pathways,
    progress,
)

ROUTERS: tuple[APIRouter, ...] = (
    issuers.router,
    achievements.router,
    pathways.router,
    learners.router,
    awards.router,
    evidence.router,
    progress.router,
    live.router,
    operations.router,
)
"""Every router of the API, in the order of the documentation."""
