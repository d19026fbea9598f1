// Command build makes the pages' styles, scripts and pictures from their
// sources, into the folder that the program embeds. It needs Node and npm.
//
//	go run ./internal/web/assets/build          build
//	go run ./internal/web/assets/build -check   compare with what is there
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Folders, from the root of the repository.
const (
	room    = "internal/web/assets"
	sources = room + "/src"
	target  = room + "/dist"
	modules = sources + "/node_modules"
	checker = room + "/axe/axe.min.js.gz"
)

// built are files by name.
type built map[string][]byte

func main() {
	check := flag.Bool("check", false, "only compare what is there with what would be built")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	if _, err := os.Stat(sources); err != nil {
		return fmt.Errorf("run it from the root of the repository: %w", err)
	}
	if err := install(); err != nil {
		return err
	}
	out := built{}
	for _, make := range []func(built) error{scripts, styles, pictures, licences} {
		if err := make(out); err != nil {
			return err
		}
	}
	if err := pack(out); err != nil {
		return err
	}
	axe, err := accessibility()
	if err != nil {
		return err
	}
	if check {
		return compare(out, axe)
	}
	if err := os.WriteFile(checker, axe, 0o644); err != nil {
		return err
	}
	return write(out)
}

// accessibility is axe-core for the tests, which no page is given.
func accessibility() ([]byte, error) {
	script, err := os.ReadFile(modules + "/axe-core/axe.min.js")
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	err = zip(&packed, script)
	return packed.Bytes(), err
}

// install fetches the locked packages unless exactly they are there. It is not
// "npm ci", which refuses a lock that lacks the parts of other systems.
func install() error {
	want, err := os.ReadFile(sources + "/package-lock.json")
	if err != nil {
		return err
	}
	stamp := modules + "/.locked"
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, want) {
		return nil
	}
	npm := exec.Command("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = sources
	npm.Stdout, npm.Stderr = os.Stderr, os.Stderr
	if err := npm.Run(); err != nil {
		return fmt.Errorf("npm install: %w", err)
	}
	return os.WriteFile(stamp, want, 0o644)
}

func write(out built) error {
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if err := os.WriteFile(filepath.Join(target, name), out[name], 0o644); err != nil {
			return err
		}
		if packed, ok := out[name+".br"]; ok {
			fmt.Printf("%-14s %7d  brotli %6d\n", name, len(out[name]), len(packed))
		}
	}
	return nil
}

// compare says every file that is not as it would be built.
func compare(out built, axe []byte) error {
	var stale []string
	if have, err := os.ReadFile(checker); err != nil || !bytes.Equal(have, axe) {
		stale = append(stale, checker)
	}
	for name, want := range out {
		have, err := os.ReadFile(filepath.Join(target, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !bytes.Equal(have, want) {
			stale = append(stale, name)
		}
	}
	entries, err := os.ReadDir(target)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, ok := out[e.Name()]; !ok {
			stale = append(stale, e.Name()+" (too many)")
		}
	}
	if len(stale) > 0 {
		slices.Sort(stale)
		return fmt.Errorf("not as built from the sources, run make assets: %s", strings.Join(stale, ", "))
	}
	return nil
}
