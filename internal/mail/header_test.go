package mail

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHeaderAloneIsReadAsInTheLetter(t *testing.T) {
	files, err := filepath.Glob("testdata/letters/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, h := Read(raw), ReadHeader(raw)
		if h.MessageID() != l.MessageID || h.ThreadIndex() != l.ThreadIndex {
			t.Errorf("%s: %q, %q; of the whole letter %q, %q", file, h.MessageID(), h.ThreadIndex(), l.MessageID, l.ThreadIndex)
		}
		if own := l.params["charset"] != ""; own && h.Subject() != l.Subject {
			t.Errorf("%s: %q; of the whole letter %q", file, h.Subject(), l.Subject)
		}
	}
}
