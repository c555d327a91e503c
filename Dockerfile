# personalize on a CPU, with all that it needs; nothing is downloaded when it runs.
#
#   docker build -t personalize .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" personalize run clip.mp4 --out out
FROM python:3.11-slim

RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu torch==2.13.0

WORKDIR /src
COPY setup.cfg pyproject.toml constraints.txt README.md LICENSE ./
COPY personalize personalize
COPY propagation propagation
RUN grep -v '^torch' constraints.txt > /tmp/constraints.txt \
    && pip install --no-cache-dir --constraint /tmp/constraints.txt . \
    && rm -rf /src/*

ENV HOME=/tmp XDG_CACHE_HOME=/tmp/cache
WORKDIR /work
STOPSIGNAL SIGTERM
ENTRYPOINT ["personalize"]
CMD ["--help"]
