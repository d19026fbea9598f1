package db

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxArgs is SQLite's and, nearly, PostgreSQL's limit for one statement.
const maxArgs = 32766

var errTime = errors.New("times are stored as integers: pass microseconds")

// plainArgs turns the values callers have into the few both databases take
// alike: int64, float64, string, []byte, nil.
func plainArgs(args []any) ([]any, error) {
	if len(args) > maxArgs {
		return nil, fmt.Errorf("%d arguments, %d allowed", len(args), maxArgs)
	}
	plain := make([]any, len(args))
	for i, a := range args {
		v, err := plainArg(a)
		if err != nil {
			return nil, fmt.Errorf("argument %d (%T): %w", i+1, a, err)
		}
		plain[i] = v
	}
	return plain, nil
}

func plainArg(a any) (any, error) {
	switch v := a.(type) {
	case nil, int64, float64:
		return v, nil
	case string:
		return plainText(v)
	case []byte:
		return plainBytes(v), nil
	case json.RawMessage:
		return plainText(string(v))
	case time.Time, *time.Time, time.Duration, *time.Duration:
		return nil, errTime
	case driver.Valuer:
		if r := reflect.ValueOf(a); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil, nil
		}
		inner, err := v.Value()
		if err != nil {
			return nil, err
		}
		if _, again := inner.(driver.Valuer); again {
			return nil, errors.New("its Value is a Valuer again")
		}
		return plainArg(inner)
	}
	return plainKind(reflect.ValueOf(a))
}

func plainKind(r reflect.Value) (any, error) {
	switch r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return nil, nil
		}
		return plainArg(r.Elem().Interface())
	case reflect.Bool:
		if r.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if r.Uint() > math.MaxInt64 {
			return nil, errors.New("too large for a 64-bit integer")
		}
		return int64(r.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return r.Float(), nil
	case reflect.String:
		return plainText(r.String())
	case reflect.Slice:
		if r.Type().Elem().Kind() == reflect.Uint8 {
			return plainBytes(r.Bytes()), nil
		}
	}
	return nil, errors.New("not a value a column can hold")
}

// plainText refuses what PostgreSQL's text cannot hold, on SQLite as well, so
// that a fault does not wait for the larger installation to show.
func plainText(s string) (any, error) {
	if !utf8.ValidString(s) {
		return nil, errors.New("text is not valid UTF-8")
	}
	if strings.IndexByte(s, 0) >= 0 {
		return nil, errors.New("text has a NUL byte")
	}
	return s, nil
}

func plainBytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// Padded are ids for "IN (…)", filled up.
func Padded[ID any](ids []ID) []any {
	filled := Filled(ids)
	args := make([]any, len(filled))
	for i, id := range filled {
		args[i] = id
	}
	return args
}

// Filled are some rows, the last of them repeatedly, up to a power of two, so that there
// are few texts for many counts: each is compiled, or planned, once for a connection.
// Of none there are none.
func Filled[Row any](rows []Row) []Row {
	if len(rows) == 0 {
		return nil
	}
	last, full := len(rows)-1, 1<<bits.Len(uint(len(rows)-1))
	return append(slices.Clip(rows), slices.Repeat(rows[last:], full-len(rows))...)
}

// Batches cuts rows for "VALUES …" into parts of 32 or, at the end, of lower
// powers of two: few texts for many counts, as with Padded.
func Batches[Row any](rows []Row) iter.Seq[[]Row] {
	return func(yield func([]Row) bool) {
		for len(rows) > 0 {
			n := min(1<<(bits.Len(uint(len(rows)))-1), mostRows)
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

const mostRows = 32 // of one statement
