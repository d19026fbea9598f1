// Package assets holds the built styles, scripts and pictures of the pages,
// and serves them under addresses that change with their content.
package assets

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:generate go run ./internal/web/assets/build

//go:embed dist
var dist embed.FS

// Prefix is where Handler expects to stand.
const Prefix = "/static/"

// file is one built file with its smaller forms; nil where they would not be
// smaller.
type file struct {
	kind   string // media type
	tag    string
	plain  []byte
	brotli []byte
	gzip   []byte
}

var (
	byPath = map[string]*file{}  // "/static/app.1f2e3d4c5b.css"
	paths  = map[string]string{} // "app.css" -> its path
)

// A file of an unknown kind is a fault of the build, which no request mends.
func init() {
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		panic("assets: " + err.Error())
	}
	for _, e := range entries {
		name := e.Name()
		if ext := path.Ext(name); ext == ".br" || ext == ".gz" {
			continue
		}
		f := &file{kind: kinds[path.Ext(name)], plain: content(name), brotli: content(name + ".br"), gzip: content(name + ".gz")}
		if f.kind == "" {
			panic("assets: no media type for " + name)
		}
		sum := sha256.Sum256(f.plain)
		f.tag = hex.EncodeToString(sum[:5])
		at := Prefix + strings.TrimSuffix(name, path.Ext(name)) + "." + f.tag + path.Ext(name)
		paths[name] = at
		byPath[at] = f
	}
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
	".ico": "image/x-icon",
	".txt": "text/plain; charset=utf-8",
}

// content is nil for a file that is not there.
func content(name string) []byte {
	b, err := dist.ReadFile("dist/" + name)
	if err != nil {
		return nil
	}
	return b
}

// Path is the address of a built file, as "/static/app.1f2e3d4c5b.css" for
// "app.css". It panics for a name that is not built: a page that names one is
// wrong for every reader.
func Path(name string) string {
	at, ok := paths[name]
	if !ok {
		panic("assets: " + name + " is not built")
	}
	return at
}

// Handler serves what Path names, to be kept for ever, and /favicon.ico for
// browsers that ask for it by themselves, to be kept for a day.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		f, ok := byPath[r.URL.Path]
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		if r.URL.Path == "/favicon.ico" {
			f, ok = byPath[paths["favicon.ico"]], true
			h.Set("Cache-Control", "public, max-age=86400")
		}
		if !ok {
			h.Del("Cache-Control")
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

// Serve answers with a built file under an address that stays the same: the
// caller says how long it may be kept. It panics for a name that is not built.
func Serve(name string, w http.ResponseWriter, r *http.Request) { byPath[Path(name)].serve(w, r) }

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	body, tag := f.plain, f.tag
	if f.brotli != nil || f.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		switch accepted := r.Header.Get("Accept-Encoding"); {
		case f.brotli != nil && accepts(accepted, "br"):
			body, tag = f.brotli, f.tag+"-br"
			h.Set("Content-Encoding", "br")
		case f.gzip != nil && accepts(accepted, "gzip"):
			body, tag = f.gzip, f.tag+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// accepts reports whether an Accept-Encoding header takes the coding
// (RFC 9110, 12.5.3); a weight of zero refuses it.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.TrimPrefix(strings.TrimSpace(weight), "q=")
			return q == "" || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
