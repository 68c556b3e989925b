# The image of `syncd serve`. From the checkout: docker build --tag syncd:0.1.0 .
#
# The base is named by its tag and not by a digest: its fixes come with the next build, and a digest that nobody renews
# is an old system with a seal on it. Whoever rebuilds by a robot that renews digests should put one here.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
# Without pip in it: what runs cannot install anything.
RUN python -m venv --without-pip /opt/syncd
COPY requirements/ requirements/
# Before our own code, so that a change of it fetches nothing anew. Compiled below, all at once.
RUN pip --python /opt/syncd/bin/python install --no-compile --require-hashes -r requirements/runtime.txt
# The build backend and what it needs, by the hashes of the developers' list: pip refuses if one of them is missing.
RUN awk '/^[a-z]/ { wanted = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } wanted' \
      requirements/dev.txt > backend.txt \
 && pip install --no-compile --require-hashes -r backend.txt
COPY pyproject.toml README.md LICENSE ./
COPY syncd/ syncd/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && pip --python /opt/syncd/bin/python install --no-compile --no-deps --no-index dist/*.whl
# Nobody may write beside the code when it runs. By hash and unchecked: no time of a file can make them stale.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/syncd/lib

FROM python:${PYTHON}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="syncd" \
      org.opencontainers.image.description="Keeps a Markdown roadmap and the issues of GitHub and GitLab in step" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/syncd /opt/syncd
# The one folder that is written. A new volume takes its mode from here, and whose the roadmap is decides as which user
# the container runs: so any user may, as in /tmp. What syncd writes into it is for its own user alone.
RUN install --directory --mode=1777 /var/lib/syncd
ENV PATH=/opt/syncd/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/var/lib/syncd \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SYNCD_STATE=/var/lib/syncd/state.db
# Where syncd.yaml is looked for.
WORKDIR /etc/syncd
# By number: who checks that it is not root need not read /etc/passwd.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["syncd", "healthcheck"]
ENTRYPOINT ["syncd"]
CMD ["serve"]
