// Package backup keeps a whole installation in one file and carries its rows
// from one database to another. The file is a tar packed with zstd: the rows as
// lines of JSON, the attachments, the key, and at its end a manifest with the
// checksum of everything, so that what is torn or changed is noticed before
// anything is restored.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/oknodesk/okno/internal/db"
)

// format is the version of the file's form; a reader refuses a higher one.
const format = 1

// Names of the members.
const (
	manifestName = "manifest.json"
	keyName      = "key"
	rowsDir      = "rows/"
	filesDir     = "files/"
)

// Bounds of what is read back.
const (
	maxManifest = 64 << 20 // bytes
	maxKey      = 64 << 10
	chunkBytes  = 4 << 20 // of rows in one member, and one line beyond it
	maxChunk    = 1 << 30 // one line may hold a large letter
)

// Manifest says what a backup holds. It is the last member of the file.
type Manifest struct {
	Format    int              `json:"format"`
	Made      time.Time        `json:"made"`
	Program   string           `json:"program"`  // version that made it
	Database  string           `json:"database"` // "sqlite" or "postgres": where the rows come from
	Schema    int64            `json:"schema"`   // the newest migration the rows know
	KeyPrint  string           `json:"key_print"`
	KeyInside bool             `json:"key_inside"`
	Tables    []Rows           `json:"tables"`
	Sequences map[string]int64 `json:"sequences"`
	Members   []Member         `json:"members"` // all but attachments, which are named by their checksum
	Files     int64            `json:"files"`
	FileBytes int64            `json:"file_bytes"`
	Damaged   []string         `json:"damaged,omitempty"` // attachments whose bytes were not what their name says when the backup was made
}

// Rows is what a table holds.
type Rows struct {
	Name    string      `json:"name"`
	Columns []db.Column `json:"columns"`
	Count   int64       `json:"rows"`
	Sum     string      `json:"sum"` // of the rows' checksums, whatever their order
}

// Member is one file within the backup.
type Member struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"sha256"`
}

// Print tells one key from another without giving it away.
func Print(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// RowCount is how many rows all tables have.
func (m Manifest) RowCount() (n int64) {
	for _, t := range m.Tables {
		n += t.Count
	}
	return n
}
