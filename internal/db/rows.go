package db

// Scanner is a row whose columns can be read: Rows and Row.
type Scanner interface {
	Scan(dest ...any) error
}

// cursor reads the rows of a query, as sql.Rows does.
type cursor interface {
	Scanner
	Next() bool
	Err() error
	Close() error
}

// Rows are the rows of a query, as in database/sql.
type Rows struct {
	rows cursor
	tx   *Tx
	text string
	err  error
}

// Next steps to the next row; at the end, or on an error, the rows are closed.
func (r *Rows) Next() bool {
	if r.rows.Next() {
		return true
	}
	r.leave()
	return false
}

// Scan copies the row's columns into dest, as sql.Rows.Scan does; 0 and 1 go
// into a bool.
func (r *Rows) Scan(dest ...any) error { return r.rows.Scan(dest...) }

// Err returns what ended the rows early, if anything did.
func (r *Rows) Err() error { return r.err }

// Close ends the reading; it may be called again.
func (r *Rows) Close() error {
	err := r.rows.Close()
	r.leave()
	if r.err != nil {
		return r.err
	}
	return err
}

func (r *Rows) leave() {
	if r.tx.open == r {
		r.tx.open = nil
	}
	if err := r.rows.Err(); err != nil && r.err == nil {
		r.err = r.tx.fail(r.text, err)
	}
}

// Row is the first row of a query.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row's columns into dest; ErrNotFound when there is no row.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNotFound
	}
	if err := r.rows.Scan(dest...); err != nil {
		r.rows.Close()
		return err
	}
	return r.rows.Close()
}

// Collect reads all rows of a query, each by scan. It holds them all: the
// query bounds them.
func Collect[T any](tx *Tx, scan func(Scanner) (T, error), sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// First reads the first row of a query by scan; ErrNotFound when there is none.
func First[T any](tx *Tx, scan func(Scanner) (T, error), sql string, args ...any) (T, error) {
	return scan(tx.QueryRow(sql, args...))
}
