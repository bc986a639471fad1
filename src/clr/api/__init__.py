"""The JSON door: parse, call one act, shape the answer."""

from fastapi import APIRouter

from clr.api import (
    achievements,
    awards,
    credentials,
    evidence,
    exceptions,
    exchanging,
    forecasts,
    graphs,
    issuers,
    jobs,
    learners,
    live,
    operations,
    pathways,
    progress,
    public,
    records,
    shares,
    verify,
    wellknown,
)

ROUTERS: tuple[APIRouter, ...] = (
    issuers.router,
    achievements.router,
    pathways.router,
    exchanging.router,
    exchanging.adoption,
    forecasts.router,
    jobs.router,
    learners.router,
    awards.router,
    exceptions.router,
    credentials.router,
    evidence.router,
    progress.router,
    graphs.router,
    records.router,
    shares.router,
    public.router,
    public.files,
    verify.router,
    wellknown.router,
    wellknown.definitions,
    live.router,
    operations.router,
)
"""Every router of the API, in the order of the documentation."""
