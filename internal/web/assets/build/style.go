package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// styles are made of the classes that app.css names itself, not of those the
// pages happen to use: a page's edit must not make the styles stale.
func styles(out built) error {
	bin, err := filepath.Abs(modules + "/.bin/tailwindcss")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "assets")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "app.css")
	var said bytes.Buffer
	tailwind := exec.Command(bin, "--input", "app.css", "--output", made, "--minify")
	tailwind.Dir = sources
	tailwind.Stdout, tailwind.Stderr = &said, &said
	if err := tailwind.Run(); err != nil {
		return fmt.Errorf("tailwindcss: %w\n%s", err, said.String())
	}
	out["app.css"], err = os.ReadFile(made)
	return err
}
