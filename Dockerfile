# docker build -t paraglot .
# docker run --rm -v paraglot-index:/index -v "$PWD/seeds:/corpus:ro" paraglot index /corpus
# docker run --rm -v paraglot-index:/index paraglot keys create --anonymous
# docker run --read-only -v paraglot-index:/index -p 127.0.0.1:8000:8000 paraglot
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY search search
COPY indexer indexer
COPY api api
RUN python -m venv /opt/paraglot && /opt/paraglot/bin/pip install --no-cache-dir ".[mcp,opensearch]"

FROM python:3.12-slim
RUN useradd --no-log-init --uid 10001 --no-create-home --home-dir /index paraglot \
    && install --directory --owner=10001 --group=10001 /index
COPY --from=build /opt/paraglot /opt/paraglot
# The root may be read-only: nothing is written but the index, with .cache in its folder for the tables of the language
# detector, and Python's own byte code is there already.
ENV PATH=/opt/paraglot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PARAGLOT_INDEX=/index \
    PARAGLOT_LOG_FORMAT=json
USER 10001
WORKDIR /index
VOLUME /index
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["paraglot"]
CMD ["serve", "--host", "0.0.0.0"]
