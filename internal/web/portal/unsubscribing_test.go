package portal_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

// A mail program posts without a cookie, an origin or a page seen before (RFC
// 8058); following the link alone, as scanners do, changes nothing.
func TestLettersAreSwitchedOffByOneClickAndNotByALink(t *testing.T) {
	each(t, func(h *house) {
		p, err := h.desk.Sender(h.Context(), "Carl", "carl@customer.example", "en")
		h.must(err)
		token := h.desk.NoLettersToken(p.ID, okno.MatterClosed)
		ask := func(method, token, body string) (int, string) {
			q, err := http.NewRequestWithContext(h.Context(), method, h.url+"/off/"+token, strings.NewReader(body))
			h.must(err)
			q.Header.Set("Accept-Language", "en")
			if body != "" {
				q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			said, err := http.DefaultClient.Do(q)
			h.must(err)
			defer said.Body.Close()
			page, err := io.ReadAll(said.Body)
			h.must(err)
			return said.StatusCode, string(page)
		}
		on := func() bool {
			p, err := h.desk.KnownSender(h.Context(), "carl@customer.example")
			h.must(err)
			return p.Switches.On(okno.MatterClosed, okno.WayLetter)
		}
		if code, page := ask("GET", token, ""); code != http.StatusOK || !strings.Contains(page, "A ticket is closed") || !strings.Contains(page, "Do not send them") || !on() {
			h.Errorf("the link: %d, on: %v", code, on())
		}
		if code, _ := ask("POST", token, "List-Unsubscribe=One-Click"); code != http.StatusOK || on() {
			h.Errorf("one click: %d, on: %v", code, on())
		}
		if code, _ := ask("POST", token+"x", "List-Unsubscribe=One-Click"); code != http.StatusNotFound {
			h.Errorf("a forged one: %d", code)
		}
	})
}
