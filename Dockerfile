# The server without a database of its own: docker-compose.yml puts a PostGIS beside it.

FROM node:22-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-bookworm AS server
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=frontend /src/frontend/dist ./frontend/dist
ARG VERSION=docker
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /fourmaps ./server

FROM debian:bookworm-slim
# The client programs are for `fourmaps backup` and `restore`; their version is that of the database in docker-compose.yml.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client-15 tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/fourmaps --create-home fourmaps
COPY --from=server /fourmaps /usr/local/bin/fourmaps
USER fourmaps
WORKDIR /var/lib/fourmaps
ENV FOURMAPS_DATA=/var/lib/fourmaps FOURMAPS_LISTEN=0.0.0.0:8080
VOLUME /var/lib/fourmaps
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["fourmaps", "ready"]
ENTRYPOINT ["fourmaps"]
CMD ["serve"]
