package store

import (
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

const fileColumns = `id, ref, message, name, type, size, hash, contentid, width, height`

func scanFile(row db.Scanner) (okno.File, error) {
	var f okno.File
	err := row.Scan(&f.ID, &f.Ref, &f.Message, &f.Name, &f.Type, &f.Size, &f.Hash, &f.ContentID, &f.Width, &f.Height)
	return f, err
}

// AddFile keeps what is known of a file whose bytes are already durable, as a
// message's (f.Message) or as a session's upload, and sets its ID.
func (tx Tx) AddFile(f *okno.File, s okno.SessionID, at time.Time) error {
	id, err := insert(tx, `INSERT INTO file (ref, message, session, name, type, size, hash, contentid, width, height, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		f.Ref, f.Message, s, f.Name, f.Type, f.Size, f.Hash, f.ContentID, f.Width, f.Height, micro(at))
	f.ID = okno.FileID(id)
	return err
}

// FilesOf are a message's files in the order they came.
func (tx Tx) FilesOf(m okno.MessageID) ([]okno.File, error) {
	return tx.AskFilesOf(m).All()
}

// AskFilesOf is FilesOf for later.
func (tx Tx) AskFilesOf(m okno.MessageID) *db.Asked[okno.File] {
	return db.Ask(tx.Tx, scanFile, `SELECT `+fileColumns+` FROM file WHERE message = ? AND message > 0 ORDER BY id`, m)
}

// FileByRef is one file; whether the asker may see it is for the caller to
// decide.
func (tx Tx) FileByRef(ref okno.Ref) (f okno.File, session okno.SessionID, err error) {
	f, err = found(db.First(tx.Tx, func(row db.Scanner) (okno.File, error) {
		var f okno.File
		err := row.Scan(&f.ID, &f.Ref, &f.Message, &f.Name, &f.Type, &f.Size, &f.Hash, &f.ContentID, &f.Width, &f.Height, &session)
		return f, err
	}, `SELECT `+fileColumns+`, session FROM file WHERE ref = ?`, ref))
	return f, session, err
}

// TakeUpload makes a session's upload a message's file; false: it is not
// there, another's, or already taken.
func (tx Tx) TakeUpload(ref okno.Ref, s okno.SessionID, m okno.MessageID) (bool, error) {
	n, err := tx.Exec(`UPDATE file SET message = ? WHERE ref = ? AND session = ? AND message = 0 AND held = 0`, m, ref, s)
	return n == 1, err
}

// UploadsOf are a session's uploads that wait for their form, and their size
// together.
func (tx Tx) UploadsOf(s okno.SessionID) (n int, size int64, err error) {
	_, err = db.First(tx.Tx, func(row db.Scanner) (int, error) { return n, row.Scan(&n, &size) },
		`SELECT COUNT(*), COALESCE(SUM(size), 0) FROM file WHERE session = ? AND message = 0`, s)
	return n, size, err
}

// UploadsWaiting are the uploads of all sessions that wait for their form, and
// their size together; it counts no further than to limit.
func (tx Tx) UploadsWaiting(limit int) (n int, size int64, err error) {
	_, err = db.First(tx.Tx, func(row db.Scanner) (int, error) { return n, row.Scan(&n, &size) },
		`SELECT COUNT(*), COALESCE(SUM(size), 0) FROM (SELECT size FROM file WHERE message = 0 LIMIT ?) AS waiting`, limit)
	return n, size, err
}

// DropUploads forgets uploads that waited since before a moment for a form
// that never came; it returns how many.
func (tx Tx) DropUploads(before time.Time) (int64, error) {
	return tx.Exec(`DELETE FROM file WHERE message = 0 AND held = 0 AND created < ?`, micro(before))
}

// HashUsed reports whether anything still needs the bytes of that hash.
func (tx Tx) HashUsed(hash string) (bool, error) {
	return tx.exists(`SELECT 1 FROM file WHERE hash = ?
		UNION ALL SELECT 1 FROM kept_letter WHERE blob = ? AND blob <> '' UNION ALL SELECT 1 FROM letter WHERE blob = ? AND blob <> ''
		UNION ALL SELECT 1 FROM person WHERE picture = ? AND picture <> '' LIMIT 1`, hash, hash, hash, hash)
}
