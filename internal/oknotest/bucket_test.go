package oknotest_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/oknotest"
)

func TestAttachmentsInABucket(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("attachments"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	defer server.Close()
	bucket := "s3+http://id:secret@" + strings.TrimPrefix(server.URL, "http://") + "/attachments/desk?region=us-east-1"
	r := oknotest.Start(t, oknotest.Options{Args: []string{"--files", bucket}})
	number, err := filed(t.Context(), r, 7)
	if err != nil {
		t.Fatal(err)
	}
	by := r.Agent(oknotest.Ada)
	p, err := r.Desk.Ticket(t.Context(), by, number, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, content, err := r.Desk.OpenFile(t.Context(), by, p.Messages[0].Files[0].Ref)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if b, err := io.ReadAll(content); err != nil || string(b) != "file 7" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if found, err := examined(t, r.Config); len(found["ok attachments"]) != 1 {
		t.Errorf("examined: %v, %v", found, err)
	}
	file := filepath.Join(t.TempDir(), "backup")
	var said bytes.Buffer
	if err := app.Backup(t.Context(), r.Config, slog.New(slog.DiscardHandler), file, false, &said); err != nil || !strings.Contains(said.String(), " 1 attachments of 6 bytes") {
		t.Errorf("backup: %s, %v", &said, err)
	}
	elsewhere(t, r, file, map[okno.Number]int{number: 7}) // on a disk
	said.Reset()
	dir := filepath.Join(t.TempDir(), "files")
	for _, want := range []string{"1 attachments were put, 0", "0 attachments were put, 1"} {
		if err := app.CopyFiles(t.Context(), r.Config, bucket, dir, &said); err != nil || !strings.Contains(said.String(), want) {
			t.Errorf("copied: %s, %v", &said, err)
		}
	}
	if spools, err := filepath.Glob(filepath.Join(r.Config.Data, "spool*")); err != nil || len(spools) != 1 {
		t.Errorf("the data directory holds %v, %v", spools, err)
	}
}
