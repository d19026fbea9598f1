package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"strconv"

	"github.com/oknodesk/okno/internal/db"
)

// sum is the sum of checksums of rows: two tables with the same rows have the
// same one, whatever order each database keeps them in.
type sum struct {
	words [4]uint64
	rows  int64
}

func (s *sum) add(line []byte) {
	h := sha256.Sum256(line)
	var carry uint64
	for i := range s.words {
		s.words[i], carry = bits.Add64(s.words[i], binary.LittleEndian.Uint64(h[8*i:]), carry)
	}
	s.rows++
}

func (s *sum) String() string {
	var b [32]byte
	for i, w := range s.words {
		binary.LittleEndian.PutUint64(b[8*i:], w)
	}
	return hex.EncodeToString(b[:])
}

// appendRow writes a row as one line of JSON; bytes become base64.
func appendRow(to []byte, columns []db.Column, row []any) ([]byte, error) {
	to = append(to, '[')
	for i, v := range row {
		if i > 0 {
			to = append(to, ',')
		}
		switch v := v.(type) {
		case nil:
			to = append(to, "null"...)
		case int64:
			to = strconv.AppendInt(to, v, 10)
		case string:
			var err error
			if to, err = appendText(to, v); err != nil {
				return nil, err
			}
		case []byte:
			to = append(to, '"')
			to = base64.StdEncoding.AppendEncode(to, v)
			to = append(to, '"')
		default:
			return nil, fmt.Errorf("column %s holds a %T", columns[i].Name, v)
		}
	}
	return append(to, ']', '\n'), nil
}

var errRow = errors.New("a row has not the form of its table")

// readRow is the reverse of appendRow. Another form of JSON is no row.
func readRow(line []byte, columns []db.Column) ([]any, error) {
	rest, ok := bytes.CutPrefix(bytes.TrimRight(line, "\n"), []byte{'['})
	if !ok {
		return nil, errRow
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		raw := value(rest)
		end := byte(',')
		if i == len(columns)-1 {
			end = ']'
		}
		if len(raw) == 0 || len(rest) == len(raw) || rest[len(raw)] != end {
			return nil, errRow
		}
		rest = rest[len(raw)+1:]
		var err error
		if row[i], err = readValue(raw, c.Kind); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	if len(rest) > 0 {
		return nil, errRow
	}
	return row, nil
}

// value is what begins a line's rest, up to the comma or bracket behind it.
func value(rest []byte) []byte {
	if len(rest) == 0 || rest[0] != '"' {
		return rest[:max(0, bytes.IndexAny(rest, ",]"))]
	}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '"':
			return rest[:i+1]
		}
	}
	return nil
}

func readValue(raw []byte, kind db.Kind) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	if kind == db.Int {
		return strconv.ParseInt(string(raw), 10, 64)
	}
	if raw[0] != '"' {
		return nil, errRow
	}
	if inner := raw[1 : len(raw)-1]; kind == db.Bytes {
		return base64.StdEncoding.AppendDecode([]byte{}, inner)
	} else if kind != db.Text {
		return nil, errRow
	}
	return readText(raw)
}

// eachRow reads a table's rows in one reading, by the text of a query. The row
// is visit's until it returns.
func eachRow(tx *db.Tx, t db.Table, text string, args []any, visit func(row []any) error) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	row, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range t.Columns { // an empty BLOB is read as nil by some drivers' words
			if b, ok := row[i].([]byte); ok && c.Kind == db.Text {
				row[i] = string(b)
			}
		}
		if err := visit(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sumOf reads a whole table for its sum.
func sumOf(tx *db.Tx, t db.Table) (sum, error) {
	var s sum
	var line []byte
	err := eachRow(tx, t, t.Select(), nil, func(row []any) (err error) {
		if line, err = appendRow(line[:0], t.Columns, row); err == nil {
			s.add(line)
		}
		return err
	})
	return s, err
}
