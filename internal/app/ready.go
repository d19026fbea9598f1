package app

import (
	"context"
	"io"
	"net/url"
	"time"
)

const (
	askReady  = "ready"
	readyTime = 8 * time.Second // a server that says nothing for so long is not ready
)

// Ready asks the server that runs on the data whether it can do its work, and
// returns what /readyz says on this machine. The error is ErrNotRunning, a
// *Refusal with exit code 1 and what is missing, or that no answer came in time.
func Ready(ctx context.Context, c *Config) (said string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	answer, err := Ask(ctx, c.Data, askReady, nil, nil)
	return string(answer), err
}

// readyTo is the running server's answer: the pages must be answered, too.
func (h *House) readyTo(ctx context.Context, answer io.Writer, _ io.Reader, _ url.Values) error {
	if err := h.pagesAnswer(ctx); err != nil {
		return &Refusal{Exit: 1, Text: "not ready: pages\npages: " + err.Error()}
	}
	ready, said := h.Web.Readiness(ctx)
	if !ready {
		return &Refusal{Exit: 1, Text: said}
	}
	_, err := io.WriteString(answer, said)
	return err
}
