package db_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
)

type (
	number int64
	word   string
	upper  struct{ text string }
)

func (u *upper) Scan(v any) error {
	u.text = fmt.Sprintf("%T %v", v, v)
	return nil
}

func TestAColumnGoesOnlyIntoWhatHoldsIt(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	scan := func(column string, dest any) error {
		return d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT ` + column).Scan(dest) })
	}
	text, seven := "", int64(7)
	for _, c := range []struct {
		column string
		dest   any
		want   string
	}{
		{"7", new(int64), "7"}, {"7", new(number), "7"}, {"7", new(uint8), "7"}, {"7", new(float64), "7"}, {"7", new(any), "7"},
		{"1", new(bool), "true"}, {"0", new(bool), "false"}, {"1.5", new(float32), "1.5"},
		{"'слово'", new(string), "слово"}, {"'слово'", new(word), "слово"}, {"''", new(word), ""},
		{"'{}'", new(json.RawMessage), "[123 125]"}, {"x'00ff'", new([]byte), "[0 255]"}, {"x'6162'", new(string), "ab"},
		{"7", new(upper), "{int64 7}"}, {"'a'", new(upper), "{string a}"}, {"NULL", new(upper), "{<nil> <nil>}"},
		{"NULL", &[]byte{1}, "[]"}, {"NULL", new(any), "<nil>"},
	} {
		if err := scan(c.column, c.dest); err != nil {
			t.Errorf("%s into %T: %v", c.column, c.dest, err)
		} else if got := fmt.Sprint(reflect.ValueOf(c.dest).Elem()); got != c.want {
			t.Errorf("%s into %T is %s, want %s", c.column, c.dest, got, c.want)
		}
	}
	absent, there := &seven, (*int64)(nil)
	if err := scan("NULL", &absent); err != nil || absent != nil {
		t.Errorf("NULL into a pointer: %v %v", absent, err)
	}
	if err := scan("8", &there); err != nil || there == nil || *there != 8 {
		t.Errorf("8 into a pointer: %v %v", there, err)
	}
	for column, dest := range map[string]any{
		"300": new(uint8), "-1": new(uint64), "2": new(bool), "'7'": new(int64), "1.5": new(int64), "NULL": &text, "7": &text, "8, 9": new(int64), "9": seven,
	} {
		if err := scan(column, dest); err == nil {
			t.Errorf("%s went into %T", column, dest)
		}
	}
}
