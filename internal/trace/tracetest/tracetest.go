// Package tracetest takes traces as a collector does, for tests.
package tracetest

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// Span is one that came, as OTLP's trace.proto has it.
type Span struct {
	Trace, ID, Parent string // hexadecimal
	Name              string
	Kind              uint64
	Begun, Over       uint64
	Failed            bool
	Attrs, Of         map[string]string // of the span, of the program
}

// Collector is one that runs until the test ends.
type Collector struct {
	URL string

	mu    sync.Mutex
	spans []Span
	raw   []byte
}

// Collect begins to take traces at any path.
func Collect(t testing.TB) *Collector {
	c := &Collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("a collector was sent %s: %v", r.Header.Get("Content-Type"), err)
		}
		spans, err := read(body)
		if err != nil {
			t.Errorf("a collector cannot read what it was sent: %v", err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.spans, c.raw = append(c.spans, spans...), append(c.raw, body...)
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// Spans are all that came so far.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span(nil), c.spans...)
}

// Raw are the bytes of all that came so far.
func (c *Collector) Raw() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.raw)
}

// fields shows each field of a message: a number, or bytes.
func fields(b []byte, visit func(field protowire.Number, n uint64, content []byte) error) error {
	for len(b) > 0 {
		field, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		var n uint64
		var content []byte
		switch kind {
		case protowire.VarintType:
			n, size = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			n, size = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			content, size = protowire.ConsumeBytes(b)
		default:
			return fmt.Errorf("field %d is of type %d", field, kind)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		if err := visit(field, n, content); err != nil {
			return err
		}
	}
	return nil
}

// read is an ExportTraceServiceRequest.
func read(body []byte) (all []Span, err error) {
	err = fields(body, func(_ protowire.Number, _ uint64, resourceSpans []byte) error {
		of := map[string]string{}
		return fields(resourceSpans, func(field protowire.Number, _ uint64, content []byte) error {
			if field == 1 {
				return fields(content, func(_ protowire.Number, _ uint64, pair []byte) error { return attribute(pair, of) })
			}
			return fields(content, func(field protowire.Number, _ uint64, content []byte) error {
				if field != 2 {
					return nil
				}
				s, err := span(content)
				s.Of = of
				all = append(all, s)
				return err
			})
		})
	})
	return all, err
}

func span(b []byte) (Span, error) {
	s := Span{Attrs: map[string]string{}}
	err := fields(b, func(field protowire.Number, n uint64, content []byte) error {
		switch field {
		case 1:
			s.Trace = hex.EncodeToString(content)
		case 2:
			s.ID = hex.EncodeToString(content)
		case 4:
			s.Parent = hex.EncodeToString(content)
		case 5:
			s.Name = string(content)
		case 6:
			s.Kind = n
		case 7:
			s.Begun = n
		case 8:
			s.Over = n
		case 9:
			return attribute(content, s.Attrs)
		case 15:
			return fields(content, func(field protowire.Number, n uint64, _ []byte) error {
				s.Failed = field == 3 && n == 2
				return nil
			})
		default:
			return fmt.Errorf("a span has a field %d", field)
		}
		return nil
	})
	return s, err
}

func attribute(pair []byte, into map[string]string) error {
	var key, value string
	err := fields(pair, func(field protowire.Number, _ uint64, content []byte) error {
		if field == 1 {
			key = string(content)
			return nil
		}
		return fields(content, func(field protowire.Number, n uint64, content []byte) error {
			if value = string(content); field == 3 {
				value = fmt.Sprint(n)
			}
			return nil
		})
	})
	into[key] = value
	return err
}
