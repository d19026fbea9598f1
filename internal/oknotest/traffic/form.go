package traffic

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
)

// Form is a filled form, sent as a browser sends one with a file field.
type Form struct {
	Fields   [][2]string
	FileName string // of the field "file"; empty: nothing was chosen
	File     []byte
}

// Opening is the filled form of a new ticket.
func Opening(key, address, subject, text string) Form {
	return Form{Fields: [][2]string{{"_key", key}, {"email", address}, {"name", "Carl Customer"}, {"phone", ""}, {"subject", subject}, {"text", text}}}
}

// Browser sends forms and asks for pages. It follows no redirects: they are an
// answer. It is safe for concurrent use unless it keeps cookies.
type Browser struct {
	URL  string // begins every address
	HTTP http.Client
}

// NewBrowser keeps up to so many connections.
func NewBrowser(url string, connections int) *Browser {
	return &Browser{URL: url, HTTP: http.Client{
		Timeout:       answerTime,
		Transport:     &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Submit sends a form from an address of the world, as the proxy before us
// tells it. It returns the answer with its body read; an error means that
// nobody knows what became of the form.
func (b *Browser) Submit(ctx context.Context, path string, f Form, from string) (status int, page string, err error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, field := range f.Fields {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return 0, "", err
		}
	}
	file, err := w.CreateFormFile("file", f.FileName)
	if err != nil {
		return 0, "", err
	}
	if _, err := file.Write(f.File); err != nil {
		return 0, "", err
	}
	if err := w.Close(); err != nil {
		return 0, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL+path, &body)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", b.URL)
	if from != "" {
		req.Header.Set("X-Forwarded-For", from)
	}
	return b.ask(req)
}

// Get asks for a page.
func (b *Browser) Get(ctx context.Context, path string) (status int, page string, err error) {
	return b.GetFrom(ctx, path, "")
}

// GetFrom is Get from an address of the world, as the proxy before us tells it.
func (b *Browser) GetFrom(ctx context.Context, path, from string) (status int, page string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL+path, nil)
	if err != nil {
		return 0, "", err
	}
	if from != "" {
		req.Header.Set("X-Forwarded-For", from)
	}
	return b.ask(req)
}

func (b *Browser) ask(req *http.Request) (status int, page string, err error) {
	req.Header.Set("Accept", "text/html")
	res, err := b.HTTP.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, io.LimitReader(res.Body, maxPage)); err != nil {
		return 0, "", err
	}
	return res.StatusCode, text.String(), nil
}

// maxPage bounds what is read of an answer, in bytes.
const maxPage = 64 << 20

// Somewhere is one of many addresses of the world, for whoever is counted by
// his address.
func Somewhere(n int) string { return fmt.Sprintf("2001:db8:%x:%x::1", n>>16&0xffff, n&0xffff) }
