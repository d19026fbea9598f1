// Package axe carries axe-core, which tests run in a browser to find what
// keeps people from using a page. No program includes it.
package axe

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
)

//go:embed axe.min.js.gz
var packed []byte

// Source is axe-core's script, to be evaluated in the page under test.
func Source() (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), err
}
