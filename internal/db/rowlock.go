package db

// RowLock stands at the end of a SELECT whose rows nobody is to change before
// the transaction ends. On SQLite it is empty: there is one change at a time.
func (tx *Tx) RowLock() string {
	if tx.on.dialect() == Postgres {
		return " FOR SHARE"
	}
	return ""
}

// OneByOne reports whether changes are made one after another, as SQLite has it:
// a row that all of them touch then holds up nobody.
func (tx *Tx) OneByOne() bool { return tx.on.dialect() == SQLite }
