package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/oknodesk/okno/internal/db"
)

func TestADatabaseThatOthersCouldReadIsClosedToThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	must(t, os.WriteFile(path, nil, 0o600))
	must(t, os.Chmod(path, 0o644)) // whatever the umask
	d, err := db.Open(t.Context(), "sqlite:"+path, db.Options{})
	must(t, err)
	must(t, d.Migrate(t.Context(), schema))
	for _, one := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(one); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", filepath.Base(one), info.Mode(), err)
		}
	}
	must(t, d.Close())
}
