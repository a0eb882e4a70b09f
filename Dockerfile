# Winnow in a container: docs/operations.md says how to run it.
#   docker build -t winnow . && docker run -p 8000:8000 -v winnow:/data winnow

# Not the slim one: it has the C compiler that makes the inner loops fast.
FROM python:3.11 AS build
WORKDIR /opt/winnow
RUN python -m venv /opt/venv
# The locked requirements come first: they change seldom, so this layer is built seldom.
COPY requirements.txt ./
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY pyproject.toml hatch_build.py README.md ./
COPY app ./app
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e .

FROM python:3.11-slim
LABEL org.opencontainers.image.title="Winnow" \
      org.opencontainers.image.description="A self-hosted comment spam filter that says why" \
      org.opencontainers.image.version="0.1.0"
WORKDIR /opt/winnow
COPY --from=build /opt/venv /opt/venv
# pyproject.toml, README.md and app as they were installed.
COPY --from=build /opt/winnow /opt/winnow
# What winnow retrain measures with; it needs WINNOW_MODELS to name a folder that can be written.
COPY training_data ./training_data
COPY models ./models
# Made here, so that a new volume belongs to the user below.
RUN mkdir -m 700 /data && chown 10001:10001 /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WINNOW_HOME=/data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# The first start migrates the database, so it gets a little longer.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["winnow", "serve", "--host", "0.0.0.0", "--port", "8000"]
