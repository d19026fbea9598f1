package backup

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
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
			text, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			to = append(to, text...)
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

// readRow is the reverse of appendRow.
func readRow(line []byte, columns []db.Column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(columns) {
		return nil, errRow
	}
	row := make([]any, len(raw))
	for i, c := range columns {
		if string(raw[i]) == "null" {
			continue
		}
		var err error
		switch c.Kind {
		case db.Int:
			row[i], err = strconv.ParseInt(string(raw[i]), 10, 64)
		case db.Text:
			var text string
			err = json.Unmarshal(raw[i], &text)
			row[i] = text
		case db.Bytes:
			var content []byte
			err = json.Unmarshal(raw[i], &content)
			row[i] = content
		default:
			err = errRow
		}
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return row, nil
}

// eachRow reads a table's rows in one reading, by the text of a query.
func eachRow(tx *db.Tx, t db.Table, text string, args []any, visit func(row []any) error) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for i := range row {
			into[i] = &row[i]
		}
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
