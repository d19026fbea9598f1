package web

import (
	"fmt"
	"io"
	"net/url"
)

// maxLogo is the largest logo, in bytes; the desk keeps it small.
const maxLogo = 8 << 20

// logo shows the installation's own.
func logo(q *Request) error {
	media, r, err := q.server.source.Logo(q.Context())
	if err != nil {
		return err
	}
	defer r.Close()
	bytes, err := io.ReadAll(io.LimitReader(r, maxLogo))
	if err != nil {
		return fmt.Errorf("the logo: %w", err)
	}
	return q.sendPicture(media, bytes)
}

// Logo is where the installation's logo is; empty: it has none. Its content
// stands in the address, so that a new one is seen at once.
func (q *Request) Logo() string {
	if q.Settings.Logo == "" {
		return ""
	}
	return "/logo?" + url.Values{"of": {q.Settings.Logo[:min(12, len(q.Settings.Logo))]}}.Encode()
}
