package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/oknodesk/okno"
)

// Bounds of what a form may bring.
const (
	maxForm   = 1 << 20 // bytes of a form without files
	maxValues = 2 << 20 // bytes of the typed values of a form with files
	maxParts  = 1000
	maxName   = 255 // bytes of a field's name

	// filesAllowed stands for filesBody until the limit is known.
	filesAllowed = -1
	// filesAtOnce is how many files of the largest size one form may bring.
	filesAtOnce = 4
)

// filesBody is the most that is read of a form with files, in bytes: beyond
// the largest file, so that a form with one too large is still read to its end
// and can be shown again with all that was typed.
func (s *Server) filesBody() int64 { return filesAtOnce*s.maxUpload + maxValues }

// Form is what was typed and sent.
type Form struct {
	values url.Values
	// Files came with this very form and are kept as uploads; their refs are
	// also among Uploads.
	Files []okno.File
}

// Get is the first value of a field as it was sent; empty: none.
func (f *Form) Get(field string) string { return f.values.Get(field) }

// Word is the first value of a one-line field, without space around it.
func (f *Form) Word(field string) string { return strings.TrimSpace(f.values.Get(field)) }

// Text is a text field's value with the line ends of a file (browsers send
// those of the network).
func (f *Form) Text(field string) string {
	return strings.ReplaceAll(f.values.Get(field), "\r\n", "\n")
}

// All are the values of a field of which there may be several.
func (f *Form) All(field string) []string { return f.values[field] }

// Has reports whether the field was sent: a ticked box, the button pressed.
func (f *Form) Has(field string) bool { return f.values.Has(field) }

// Uploads are the refs of the files that belong to the form: those sent before
// it (field "upload") and those it brought.
func (f *Form) Uploads() []okno.Ref {
	var refs []okno.Ref
	for _, v := range f.values["upload"] {
		refs = append(refs, okno.Ref(v))
	}
	for _, file := range f.Files {
		refs = append(refs, file.Ref)
	}
	return refs
}

// Form reads the form that was sent. It is never nil: with a refusal (a file
// that is too large, more than may be sent) it holds everything that could be
// read, so that the form can be shown again with what was typed.
func (q *Request) Form() (*Form, error) {
	if q.form != nil {
		return q.form, nil
	}
	q.form = &Form{values: url.Values{}}
	media, params, err := mime.ParseMediaType(q.HTTP.Header.Get("Content-Type"))
	switch {
	case q.HTTP.Header.Get("Content-Type") == "" && q.HTTP.ContentLength == 0:
		return q.form, nil // a button without fields
	case err == nil && media == "application/x-www-form-urlencoded":
		return q.form, q.readFields()
	case err == nil && media == "multipart/form-data" && params["boundary"] != "":
		return q.form, q.readParts(multipart.NewReader(q.HTTP.Body, params["boundary"]))
	}
	return q.form, okno.Refuse(okno.Invalid, "error.form")
}

func (q *Request) readFields() error {
	raw, err := io.ReadAll(q.HTTP.Body)
	if err != nil {
		return readingRefused(err)
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return okno.Refuse(okno.Invalid, "error.form")
	}
	q.form.values = values
	return nil
}

// readParts takes the parts one by one; files go to the desk as they come and
// never stand in memory. A file that is refused does not end the reading.
func (q *Request) readParts(parts *multipart.Reader) error {
	var refused okno.Errors
	budget := int64(maxValues)
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			return refused.Err()
		}
		if err != nil {
			return joined(refused, readingRefused(err))
		}
		if n == maxParts || len(part.FormName()) > maxName {
			return joined(refused, okno.Refuse(okno.TooLarge, "error.form.large"))
		}
		if part.FileName() != "" {
			if err := refused.Add(q.keepFile(part)); err != nil {
				return err
			}
			continue
		}
		if isFile(part) {
			continue // a file field in which nothing was chosen
		}
		value, err := io.ReadAll(io.LimitReader(part, budget+1))
		if err != nil {
			return joined(refused, readingRefused(err))
		}
		if budget -= int64(len(value)); budget < 0 {
			return joined(refused, okno.Refuse(okno.TooLarge, "error.form.large"))
		}
		q.form.values.Add(part.FormName(), string(value))
	}
}

func isFile(part *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	_, named := params["filename"]
	return err == nil && named
}

func (q *Request) keepFile(part *multipart.Part) error {
	if q.Route.body <= maxForm {
		return okno.Refuse(okno.Invalid, "error.form")
	}
	if len(q.form.Files) == okno.MaxFiles {
		return &okno.Error{Reason: okno.Invalid, Key: "error.files.many", Field: "file", Args: []any{"Max", okno.MaxFiles}}
	}
	file, err := q.keepUpload(part)
	if err != nil {
		return err
	}
	q.form.Files = append(q.form.Files, file)
	return nil
}

// keepUpload keeps a file until its form is sent. A visitor who had no session
// has one from here on, since what he uploads is his alone.
func (q *Request) keepUpload(part *multipart.Part) (okno.File, error) {
	settle, err := q.allot()
	if err != nil {
		return okno.File{}, err
	}
	file, token, err := q.server.source.KeepUpload(q.Context(), q.Actor, part.FileName(), part, q.server.maxUpload)
	settle(file.Size)
	var cut *http.MaxBytesError
	if errors.As(err, &cut) || errors.Is(err, io.ErrUnexpectedEOF) {
		return file, readingRefused(err)
	}
	if err != nil {
		return file, fmt.Errorf("keep an upload: %w", err)
	}
	if token != "" {
		q.SetSession(token)
		return file, q.identify()
	}
	return file, nil
}

// readingRefused says why a body could not be read: it went over its bound, or
// it is not what it says it is. Neither is a failure of ours.
func readingRefused(err error) error {
	var cut *http.MaxBytesError
	if errors.As(err, &cut) {
		return &okno.Error{Reason: okno.TooLarge, Key: "error.form.large", Field: "file"}
	}
	return okno.Refuse(okno.Invalid, "error.form")
}

func joined(refused okno.Errors, err error) error {
	if other := refused.Add(err); other != nil {
		return other
	}
	return refused.Err()
}
