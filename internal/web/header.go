package web

import "net/http"

// pagePolicy is the content security policy of every page: nothing inline,
// nothing from elsewhere.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// framePolicy is that of a message's HTML, which came from anyone: only there
// do inline styles live, and no script at all. The sandbox stands here too,
// for whoever opens the address directly.
const framePolicy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"

// filePolicy is that of an attachment's bytes.
const filePolicy = "sandbox; default-src 'none'"

// viewPolicy is that of a PDF that is looked at: the browser's own viewer shows
// it, apart from our pages, and it may fetch and run nothing. A sandbox would
// keep the viewer out.
const viewPolicy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const permissions = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

// headers stands in front of everything that is answered; a handler of files
// or messages replaces the policy by its own.
func (s *Server) headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", permissions)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if s.front.base != nil && s.front.base.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
