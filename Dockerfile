# One image for every role, the web process and the one-off commands.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 UV_LINK_MODE=copy
WORKDIR /src
# What installs and builds stays in this stage; only /opt/tidewatch goes into the image.
RUN python -m venv /opt/build && python -m venv --without-pip /opt/tidewatch
COPY requirements-bootstrap.lock requirements-runtime.lock ./
RUN /opt/build/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-bootstrap.lock
RUN /opt/build/bin/uv pip install --no-cache --python /opt/tidewatch/bin/python \
    --require-hashes -r requirements-runtime.lock
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY streams streams
COPY models models
COPY alerts alerts
COPY agents agents
COPY web web
COPY tidewatch tidewatch
RUN /opt/build/bin/uv build --no-cache --wheel --python /opt/tidewatch/bin/python \
    --require-hashes --build-constraints requirements.lock --out-dir dist && \
    /opt/build/bin/uv pip install --no-cache --python /opt/tidewatch/bin/python --no-deps dist/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/tidewatch tidewatch
COPY --from=build /opt/tidewatch /opt/tidewatch
ENV PATH=/opt/tidewatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    TIDEWATCH_DATA_DIR=/var/lib/tidewatch/data
USER tidewatch
WORKDIR /var/lib/tidewatch
RUN mkdir data
VOLUME /var/lib/tidewatch/data
ENTRYPOINT ["tidewatch"]
CMD ["--help"]
