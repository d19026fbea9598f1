package admin

import (
	"errors"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
)

// advice says in the reader's words what is wrong with a mail server and what
// to look at, then what was said itself, which its administrators ask for.
// What nobody foresaw is said alone.
func advice(l *locale.Locale, trouble okno.Trouble, said string) string {
	if trouble == "" {
		return said
	}
	return l.T("admin.advice", "Advice", l.T("admin.advice."+string(trouble)), "Said", said)
}

// adviceOn is advice on an error of a mail server's.
func adviceOn(l *locale.Locale, err error) string {
	var of okno.ServerError
	if told := (*okno.ServerError)(nil); errors.As(err, &told) {
		of = *told
	}
	return advice(l, of.Trouble, err.Error())
}
