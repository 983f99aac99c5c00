# The image of every process of ours: bots, shipper, extractor, divergence detector, watchdog.
# Locked dependencies, no compiler, no root, and nothing that is only for development.

FROM python:3.11.14-slim-bookworm AS build
ARG UV_VERSION=0.13.9
# Behind a company proxy: --build-arg UV_SYSTEM_CERTS=true, with its certificate in the base image.
ARG UV_SYSTEM_CERTS=false
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PIP_NO_CACHE_DIR=1
RUN pip install --disable-pip-version-check --root-user-action=ignore "uv==${UV_VERSION}"
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache --python /usr/local/bin/python3

FROM python:3.11.14-slim-bookworm
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp
# Volumes take their owner from these directories when they are made.
RUN groupadd --gid 10001 pmm \
    && useradd --uid 10001 --gid pmm --no-create-home --shell /usr/sbin/nologin pmm \
    && mkdir -p /state /calibration /shipper \
        /secrets/influx /secrets/grafana /secrets/exchange /secrets/alertmanager /secrets/chain \
    && chown -R pmm:pmm /state /calibration /shipper /secrets
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY bot bot
COPY exporters exporters
COPY extractor extractor
COPY alerting alerting
COPY docker docker
RUN python -m compileall -q bot exporters extractor alerting
USER 10001:10001
ENTRYPOINT ["python", "-m"]
CMD ["bot", "--help"]
