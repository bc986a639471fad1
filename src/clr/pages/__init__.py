"""The pages door: what people see, written on the server; whatever a page can do, the API can."""

from fastapi import APIRouter

from clr.pages import composing, demo, employer, learner, public

ROUTERS: tuple[APIRouter, ...] = (
    learner.router,
    composing.router,
    employer.router,
    public.router,
    demo.router,
)
"""Every router of the pages; they come after the API's, which lets pages' readers pass."""
