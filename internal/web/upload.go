package web

import (
	"io"
	"mime/multipart"
	"net/http"

	"github.com/oknodesk/okno"
)

// upload keeps one file (field "file") that waits for its form, and names it.
func upload(q *Request) error {
	parts, err := q.HTTP.MultipartReader()
	if err != nil {
		return okno.Refuse(okno.Invalid, "error.form")
	}
	part, err := filePart(parts)
	if err != nil {
		return err
	}
	kept, err := q.keepUpload(part)
	if err != nil {
		return err
	}
	return q.JSON(http.StatusCreated, struct {
		Ref   okno.Ref `json:"ref"`
		Name  string   `json:"name"`
		Size  int64    `json:"size"`
		Image bool     `json:"image"`
	}{kept.Ref, kept.Name, kept.Size, kept.Picture()})
}

// filePart finds the file among the first parts.
func filePart(parts *multipart.Reader) (*multipart.Part, error) {
	for range 10 {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, readingRefused(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
	return nil, okno.Missing("file")
}
