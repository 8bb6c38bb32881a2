"""What the process counts, for Prometheus."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from quart import Blueprint, Response

from .parts import parts

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
async def metrics() -> Response:
    return Response(generate_latest(parts().hub.metrics.registry), content_type=CONTENT_TYPE_LATEST)
