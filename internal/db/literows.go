package db

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	"github.com/ncruces/go-sqlite3"
)

// liteRows are the rows of a statement. At their end they give it back by
// themselves.
type liteRows struct {
	st   *liteStatement
	err  error
	over bool
}

func (r *liteRows) Next() bool {
	if r.over {
		return false
	}
	if r.st.Step() {
		return true
	}
	r.err = r.st.Err()
	r.finish()
	return false
}

func (r *liteRows) Err() error { return r.err }

func (r *liteRows) Close() error {
	r.finish()
	return r.err
}

func (r *liteRows) finish() {
	if r.over {
		return
	}
	r.over = true
	err := r.st.Reset() // says once more what ended the rows
	if r.err == nil {
		r.err = err
	}
	if err := r.st.forget(); err != nil {
		r.err = errors.Join(r.err, err)
	}
}

// Scan copies the row's columns into dest: a number into any kind of number that
// holds it, text and bytes into any kind of either, 0 and 1 into a bool, NULL
// into a pointer, bytes, an any or what scans by itself.
func (r *liteRows) Scan(dest ...any) error {
	if r.over {
		return errors.New("there is no row to scan")
	}
	if len(dest) != r.st.columns {
		return fmt.Errorf("%d columns scanned into %d destinations", r.st.columns, len(dest))
	}
	for i, d := range dest {
		if err := r.st.scan(i, d); err != nil {
			return fmt.Errorf("column %d (%s): %w", i+1, r.st.ColumnName(i), err)
		}
	}
	return r.st.Err()
}

// scan serves what most columns are without a value in between.
func (st *liteStatement) scan(i int, dest any) error {
	kind := st.ColumnType(i)
	if _, itself := dest.(sql.Scanner); itself || kind != sqlite3.INTEGER && kind != sqlite3.TEXT {
		return assign(dest, st.value(i))
	}
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return assign(dest, st.value(i))
	}
	to := p.Elem()
	switch {
	case kind == sqlite3.INTEGER && putInt(to, st.ColumnInt64(i)):
	case kind == sqlite3.TEXT && to.Kind() == reflect.String:
		to.SetString(st.ColumnText(i))
	default:
		return assign(dest, st.value(i))
	}
	return nil
}

// value is a column as int64, float64, string, []byte or nil.
func (st *liteStatement) value(i int) any {
	switch st.ColumnType(i) {
	case sqlite3.INTEGER:
		return st.ColumnInt64(i)
	case sqlite3.FLOAT:
		return st.ColumnFloat(i)
	case sqlite3.TEXT:
		return st.ColumnText(i)
	case sqlite3.BLOB:
		return st.ColumnBlob(i, []byte{})
	}
	return nil
}

// assign puts a column's value into what dest points to; it may keep v.
func assign(dest, v any) error {
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(v)
	case *any:
		*d = v
		return nil
	}
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("%T is not a place for a value", dest)
	}
	to := p.Elem()
	switch {
	case v == nil && (to.Kind() == reflect.Pointer || isBytes(to)):
		to.SetZero()
		return nil
	case to.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Interface(), v)
	}
	if !put(to, v) {
		return fmt.Errorf("%T does not go into %T", v, dest)
	}
	return nil
}

func isBytes(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8
}

// put sets a variable; false: v does not fit into it.
func put(to reflect.Value, v any) bool {
	switch v := v.(type) {
	case int64:
		return putInt(to, v)
	case float64:
		if to.CanFloat() {
			to.SetFloat(v)
			return true
		}
	case string:
		if to.Kind() == reflect.String {
			to.SetString(v)
			return true
		}
		if isBytes(to) {
			to.SetBytes([]byte(v))
			return true
		}
	case []byte:
		if isBytes(to) {
			to.SetBytes(v)
			return true
		}
		if to.Kind() == reflect.String {
			to.SetString(string(v))
			return true
		}
	}
	return false
}

func putInt(to reflect.Value, n int64) bool {
	switch {
	case to.CanInt() && !to.OverflowInt(n):
		to.SetInt(n)
	case to.CanUint() && n >= 0 && !to.OverflowUint(uint64(n)):
		to.SetUint(uint64(n))
	case to.CanFloat():
		to.SetFloat(float64(n))
	case to.Kind() == reflect.Bool && (n == 0 || n == 1):
		to.SetBool(n == 1)
	default:
		return false
	}
	return true
}
