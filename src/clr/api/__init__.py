"""The JSON door: parse, call one act, shape the answer."""

from fastapi import APIRouter

from clr.api import operations

ROUTERS: tuple[APIRouter, ...] = (operations.router,)
"""Every router of the API, in the order of the documentation."""
