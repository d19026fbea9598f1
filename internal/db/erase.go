package db

// Overwriting runs fn, within the transaction, so that whatever it deletes is
// overwritten in SQLite's file as soon as the change gets there. Otherwise only
// what stands in pages that are written anyway is, since the rest would cost a
// write of its own. PostgreSQL keeps what was deleted until it is vacuumed.
func (tx *Tx) Overwriting(fn func() error) error {
	if tx.on.dialect() != SQLite {
		return fn()
	}
	if _, err := tx.Exec(`PRAGMA secure_delete=ON`); err != nil {
		return err
	}
	err := fn()
	if _, off := tx.Exec(`PRAGMA secure_delete=FAST`); err == nil {
		err = off
	}
	return err
}
