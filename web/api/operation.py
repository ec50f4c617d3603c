"""`/health` and `/metrics`: for whatever watches the web process."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.api.dependencies import UsedProbe
from web.api.views import HealthView
from web.keys import Read

router = APIRouter(tags=["operation"])


@router.get("/health", responses={503: {"model": HealthView, "description": "Something is away; the body says what."}})
async def health(probe: UsedProbe, response: Response) -> HealthView:
    """Say whether the index and the broker answer; needs no key."""
    found = await probe.check()
    if not found.well:
        response.status_code = 503
    return HealthView(status="ok" if found.well else "unavailable", index=found.index.detail, broker=found.broker)


@router.get("/metrics", dependencies=[Read], response_class=PlainTextResponse)
def metrics() -> Response:
    """Give the metrics of the web process for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
