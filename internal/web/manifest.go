package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/oknodesk/okno/internal/web/assets"
)

// manifest lets the pages be put on a home screen under the product's name.
func manifest(q *Request) error {
	if err := q.settle(); err != nil {
		return err
	}
	type icon struct {
		Source string `json:"src"`
		Sizes  string `json:"sizes"`
		Type   string `json:"type"`
	}
	body, err := json.Marshal(struct {
		Name    string `json:"name"`
		Short   string `json:"short_name"`
		Start   string `json:"start_url"`
		Display string `json:"display"`
		Lang    string `json:"lang"`
		Icons   []icon `json:"icons"`
	}{q.Settings.Product, q.Settings.Product, "/", "standalone", q.Settings.Lang,
		[]icon{{assets.Path("mark.svg"), "any", "image/svg+xml"}}})
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	h := q.Writer.Header()
	h.Set("Content-Type", "application/manifest+json")
	h.Set("Cache-Control", "public, max-age=3600")
	q.Writer.WriteHeader(http.StatusOK)
	_, _ = q.Writer.Write(body)
	return nil
}

// static gives the built styles, scripts and icons; their names hold their
// content, so a browser keeps them for ever.
func static(q *Request) error {
	assets.Handler().ServeHTTP(q.Writer, q.HTTP)
	return nil
}
