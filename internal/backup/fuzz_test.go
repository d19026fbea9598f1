package backup_test

import (
	"archive/tar"
	"bytes"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/oknodesk/okno/internal/backup"
)

// packed is a file of one member.
func packed(f *testing.F, name, content string) []byte {
	var file bytes.Buffer
	z, err := zstd.NewWriter(&file)
	if err != nil {
		f.Fatal(err)
	}
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o600}); err != nil {
		f.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	return file.Bytes()
}

// FuzzVerify: whatever the file, there is an answer and nothing else happens.
func FuzzVerify(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(packed(f, "manifest.json", `{"format":1}`))
	f.Add(packed(f, "manifest.json", `{"format":1,"members":[{"name":"key","size":1,"sha256":""}]}`))
	f.Add(packed(f, "rows/ticket-000001.jsonl", "[1]\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if m, err := backup.Verify(t.Context(), bytes.NewReader(file), nil); err == nil && m.Format != 1 && m.Format > 0 {
			t.Errorf("form %d is taken", m.Format)
		}
	})
}
