package trace

import "encoding/binary"

// Numbers of fields in OTLP's trace.proto, resource.proto and common.proto
// (opentelemetry-proto 1.x), whose meaning is frozen.
const (
	requestResourceSpans = 1

	resourceSpansResource = 1
	resourceSpansScope    = 2
	resourceAttributes    = 1
	scopeSpansScope       = 1
	scopeSpansSpans       = 2
	scopeName             = 1

	spanTrace      = 1
	spanID         = 2
	spanParent     = 4
	spanName       = 5
	spanKind       = 6
	spanBegun      = 7
	spanOver       = 8
	spanAttributes = 9
	spanStatus     = 15
	statusCode     = 3
	statusError    = 2

	pairKey     = 1
	pairValue   = 2
	valueText   = 1
	valueNumber = 3
)

// Types on the wire (Protocol Buffers, "Encoding").
const (
	varint  = 0
	fixed64 = 1
	counted = 2 // bytes with their length before
)

func number(to []byte, field, n uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, field<<3|varint), n)
}

func instant(to []byte, field, n uint64) []byte {
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(to, field<<3|fixed64), n)
}

func text[T string | []byte](to []byte, field uint64, content T) []byte {
	to = binary.AppendUvarint(binary.AppendUvarint(to, field<<3|counted), uint64(len(content)))
	return append(to, content...)
}

func attributes(to []byte, field uint64, attrs []Attr) []byte {
	for _, a := range attrs {
		var value []byte
		if a.Text != "" {
			value = text(value, valueText, a.Text)
		} else {
			value = number(value, valueNumber, uint64(a.Number))
		}
		to = text(to, field, text(text(nil, pairKey, a.Key), pairValue, value))
	}
	return to
}

// encode is an ExportTraceServiceRequest of spans that one process recorded.
func encode(of []Attr, spans []*Span) []byte {
	scope := text(nil, scopeSpansScope, text(nil, scopeName, "okno"))
	for _, s := range spans {
		scope = text(scope, scopeSpansSpans, s.encode())
	}
	all := text(nil, resourceSpansResource, attributes(nil, resourceAttributes, of))
	return text(nil, requestResourceSpans, text(all, resourceSpansScope, scope))
}

func (s *Span) encode() []byte {
	b := text(text(nil, spanTrace, s.trace[:]), spanID, s.id[:])
	if s.parent != [8]byte{} {
		b = text(b, spanParent, s.parent[:])
	}
	b = number(text(b, spanName, s.name), spanKind, uint64(s.kind))
	b = instant(instant(b, spanBegun, uint64(s.begun.UnixNano())), spanOver, uint64(s.over.UnixNano()))
	b = attributes(b, spanAttributes, s.attrs)
	if s.failed {
		b = text(b, spanStatus, number(nil, statusCode, statusError))
	}
	return b
}
