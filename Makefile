# One Network, Four Maps. `make` lists what can be made.

BIN      := bin/fourmaps
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
MODULES  := frontend/node_modules/.package-lock.json
DIST     := frontend/dist/index.html
SCREEN   := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/tsconfig.json -type f 2>/dev/null)
# The version is pinned here; go keeps it in its cache after the first time.
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.7.0

export FOURMAPS_BIN := $(CURDIR)/$(BIN)

.DEFAULT_GOAL := help
.PHONY: help run dev build frontend server test test-go test-frontend test-browser check generate bench screenshots clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, start: http://127.0.0.1:8080
	@scripts/install run
	@$(MAKE) --no-print-directory build
	@exec $(BIN) serve

dev: ## the same with live reload: Vite for the frontend, a new build for every saved Go file
	@scripts/install run
	@$(MAKE) --no-print-directory build
	@exec scripts/dev

build: frontend server ## build the frontend and bin/fourmaps

frontend: $(DIST)

$(MODULES): frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): $(MODULES) $(SCREEN)
	cd frontend && npm run --silent build -- --logLevel warn
	@touch $@ frontend/dist/.gitkeep

# go decides by itself what is to be built again.
server:
	go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./server

test: ## every test: Go with the race detector on a real PostGIS, frontend, browser
	@scripts/install test
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory test-go test-frontend test-browser

# The race detector where goroutines are; what only computes takes several times as long with it and has no races.
CONCURRENT := ./server/... ./tiles/... ./bench ./geo/format/osm ./geo/road

test-go: ## Go tests on a real PostGIS, with the race detector wherever goroutines are
	go test -race -timeout 10m $(CONCURRENT)
	go test ./data/... ./geo/...
	go test -run 'TestMemory|TestDemo|TestExportComesBack' ./server/files ./server/store ./server/intake

test-frontend: $(MODULES) ## frontend unit tests
	cd frontend && npm test

test-browser: $(MODULES) ## browser tests of bin/fourmaps, as built
	cd frontend && npm run e2e

check: $(MODULES) ## formatting, vet, staticcheck, eslint, types, generated files
	@test -z "$$(gofmt -l data frontend/*.go geo server tiles bench 2>/dev/null | tee /dev/stderr)"
	go vet ./...
	$(STATICCHECK) ./...
	cd frontend && npm run lint
	cd frontend && npm run typecheck
	@$(MAKE) --no-print-directory server
	@scripts/generated check

generate: $(MODULES) server ## make the generated files again
	@scripts/generated write

bench: ## measure tiles, GeoJSON, freshness and memory against a bare handler
	@scripts/install bench
	@$(MAKE) --no-print-directory build
	go run ./bench

screenshots: ## pictures of the demonstration in both languages and three sizes
	@scripts/install test
	@$(MAKE) --no-print-directory build
	cd frontend && npm run screenshots

clean: ## remove what was built; the data in var stays
	rm -rf bin frontend/node_modules frontend/test-results
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
