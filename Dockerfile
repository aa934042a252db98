# linked-accounts as an image: one process that is not root, needs no compiler, and writes only to its volume.
#
#   docker build -t linked-accounts .
#   docker run --read-only --publish 50051:50051 --volume linked-accounts:/var/lib/linked-accounts \
#     --volume "$PWD/callers.toml:/callers.toml:ro" --env LINKED_ACCOUNTS_CALLERS=/callers.toml \
#     --env LINKED_ACCOUNTS_PLAINTEXT_CALLERS=true linked-accounts
#
# callers.toml says who may call (`linked-accounts callers new NAME --scope quotes` begins one); without it the service
# refuses to listen on anything but its own loopback, and says so. LINKED_ACCOUNTS_PLAINTEXT_CALLERS says that a mesh or a
# proxy does TLS; instead of it give LINKED_ACCOUNTS_TLS_CERTIFICATE and LINKED_ACCOUNTS_TLS_KEY. Health needs no caller.
#
# Own rules: --volume "$PWD/rules:/rules:ro" --env LINKED_ACCOUNTS_RULES=/rules. Flags of `serve` go after the name.

FROM python:3.12-slim-bookworm AS build

RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

# CPPFLAGS: what the rules engine needs on Python 3.13, and harmless before; so the base can move on.
ENV CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject \
    LDFLAGS=-Wl,--strip-debug \
    PIP_CONSTRAINT=/build/.constraints.txt \
    PIP_BUILD_CONSTRAINT=/build/.constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# The one dependency that is compiled, in a layer that only a change of versions makes anew.
COPY .constraints.txt ./
RUN python -m pip wheel --quiet --no-deps --wheel-dir /wheels durable-rules

COPY pyproject.toml README.md ./
COPY protos protos
COPY rules rules
COPY service service
RUN python -m pip wheel --quiet --no-deps --wheel-dir /wheels . \
    && python -m venv --without-pip /opt/linked-accounts \
    && python -m pip --python /opt/linked-accounts/bin/python install --quiet --compile --find-links /wheels linked-accounts


FROM python:3.12-slim-bookworm

LABEL org.opencontainers.image.title="linked-accounts" \
      org.opencontainers.image.description="A rules-engine service over gRPC: what a seller's linked stores are charged"

RUN groupadd --system --gid 10001 linked-accounts \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/linked-accounts \
       --shell /usr/sbin/nologin linked-accounts \
    && install --directory --owner 10001 --group 10001 --mode 0750 /var/lib/linked-accounts

COPY --from=build /opt/linked-accounts /opt/linked-accounts

ENV PATH=/opt/linked-accounts/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LINKED_ACCOUNTS_DATA_DIR=/var/lib/linked-accounts

USER 10001:10001
WORKDIR /var/lib/linked-accounts
VOLUME /var/lib/linked-accounts
EXPOSE 50051
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["linked-accounts", "healthcheck"]

# Both in exec form: the service itself gets SIGTERM, and drains.
ENTRYPOINT ["linked-accounts"]
CMD ["serve", "--host", "0.0.0.0"]
