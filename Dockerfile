# Two stages: the compilers and caches of the first are not in the second.

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md ./
COPY collector ./collector
COPY translators ./translators
RUN python -m venv /opt/builder \
 && /opt/builder/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /dist /src
RUN python -m venv --without-pip /opt/collector-proxy \
 && /opt/builder/bin/pip --python /opt/collector-proxy/bin/python install --no-cache-dir /dist/*.whl
# PyPI has another package with a top-level "translators"; beside ours it would overwrite it.
RUN /opt/collector-proxy/bin/python -c "from importlib.metadata import packages_distributions as owners; assert set(owners()['translators']) == {'collector-proxy'}, owners()['translators']"

FROM python:3.12-slim
LABEL org.opencontainers.image.title="collector-proxy" \
      org.opencontainers.image.description="Takes OpenTelemetry spans from any OTLP exporter and delivers them to LangSmith as runs."
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin collector \
 && install -d -m 0700 -o 10001 /var/lib/collector-proxy
COPY --from=build /opt/collector-proxy /opt/collector-proxy
ENV PATH=/opt/collector-proxy/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    JOURNAL_DIR=/var/lib/collector-proxy/journal \
    DEAD_LETTER_DIR=/var/lib/collector-proxy/dead-letters
VOLUME /var/lib/collector-proxy
USER 10001
EXPOSE 4318
# Not /ready: an engine that replaces what is unhealthy would do so again and again while the
# disk is full. Asks where HTTP_PORT says; a port from a file or a flag needs a check of its own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + (os.environ.get('HTTP_PORT') or '4318') + '/live', timeout=2)"]
ENTRYPOINT ["collector-proxy"]
