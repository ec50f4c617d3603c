"""`/health` and `/metrics`: for whatever watches the web process."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams.errors import BrokerUnavailable
from streams.topics import Topic, existing_topics
from web.api.dependencies import UsedIndex, UsedSettings
from web.keys import Read

router = APIRouter(tags=["operation"])


@router.get("/health", responses={503: {"description": "Something is not reachable; the body says what."}})
async def health(index: UsedIndex, settings: UsedSettings) -> JSONResponse:
    """Say whether the index and the broker are reachable."""
    found = await index.check()
    try:
        topics = await existing_topics(settings, [settings.named(Topic.NEWS_RAW)])
        broker = "reachable" if topics else "without topics: run `tidewatch init`"
    except BrokerUnavailable as error:
        broker = str(error)
    well = found.reachable and broker == "reachable"
    body = {"status": "ok" if well else "unavailable", "index": found.detail, "broker": broker}
    return JSONResponse(body, status_code=200 if well else 503)


@router.get("/metrics", dependencies=[Read])
def metrics() -> Response:
    """Give the metrics of the web process for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
