# Targets with a "##" behind them are listed by plain "make".
SHELL := /bin/bash
GO ?= go
FUZZTIME ?= 20s
SOAKTIME ?= 30m

.PHONY: help run build test check format generate assets fuzz bench soak screenshots
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: ## start a desk with sample data on http://127.0.0.1:8080
	$(GO) run ./cmd/okno serve --demo

build: ## make the program bin/okno
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/okno ./cmd/okno

test: ## run every test; installs what the tests need (Debian, root or sudo)
	@.ci/test

check: ## form, vet, staticcheck, generated files up to date, rooms
	@.ci/check

format: ## gofmt and templ fmt
	gofmt -w $$(git ls-files '*.go' | grep -v '_templ\.go$$')
	$(GO) tool templ fmt internal

generate: ## make the *_templ.go files from the .templ files
	@.ci/generate

assets: ## build styles and scripts into internal/web/assets/dist (needs Node)
	$(GO) run ./internal/web/assets/build

fuzz: ## fuzz every parser for FUZZTIME (20s) each
	@.ci/fuzz $(FUZZTIME)

bench: ## measure the running program beside what this machine can do; about ten minutes
	$(GO) run ./internal/oknotest/bench $(BENCHFLAGS)

soak: ## kill, starve and flood the running program for up to SOAKTIME (30m)
	@set -o pipefail; OKNO_TEST_SOAK=$(SOAKTIME) $(GO) test -json -count=1 -timeout 0 -run '^TestSoak' ./... | $(GO) run ./internal/oknotest/summary

screenshots: ## take the pictures in docs/screenshots and the guide from the running program
	@set -o pipefail; OKNO_TEST_SCREENSHOTS=$(CURDIR)/docs/screenshots $(GO) test -json -count=1 -run '^Test(Screenshots|R1TheGuidesPictures)' ./... | $(GO) run ./internal/oknotest/summary
