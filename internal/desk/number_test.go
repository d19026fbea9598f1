package desk_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/oknodesk/okno"
)

// write changes how new tickets are numbered.
func (r *rig) write(prefix string, digits int, random bool) error {
	r.t.Helper()
	s, err := r.Settings(r.ctx())
	must(r.t, err)
	s.NumberPrefix, s.NumberDigits, s.RandomNumbers = prefix, digits, random
	return r.SaveSettings(r.ctx(), r.admin, s)
}

func TestR13NumbersAreCountedOrDrawnAndOlderOnesGoOnResolving(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		given := map[okno.Number]bool{}
		gives := func(form string) {
			t.Helper()
			for i := range 5 {
				n := r.open("carl@customer.example", fmt.Sprint("Lamp ", form, i))
				if !regexp.MustCompile("^" + form + "$").MatchString(string(n)) {
					t.Errorf("%s, want %s", n, form)
				}
				if given[n] {
					t.Errorf("%s is given twice", n)
				}
				given[n] = true
			}
		}
		gives("10000[1-5]")
		must(t, r.write("SD-", 8, false))
		gives("SD-00100(00[6-9]|010)")
		must(t, r.write("", 7, true))
		gives("[1-9][0-9]{6}")
		must(t, r.write("A", 6, true))
		gives("A[1-9][0-9]{5}")
		must(t, r.write("", 0, false))
		gives("1000(1[1-9]|2[0-9])")
		for n := range given {
			if p, err := r.Ticket(t.Context(), r.ann, n, 0); err != nil || p.Ticket.Number != n {
				t.Errorf("%s: %v", n, err)
			}
			// A number never gives access by itself.
			if _, err := r.Ticket(t.Context(), okno.Nobody("en"), n, 0); okno.ReasonOf(err) != okno.NotFound {
				t.Errorf("%s opens by its number: %v", n, err)
			}
		}
	})
}

func TestR13FormatsThatCannotBeReadAreRefused(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for prefix, digits := range map[string]int{"sd-": 6, "1A": 6, "-": 6, "A-B-": 6, "ЗАЯВКА": 6, "A B": 6, "ABCDEFGHI": 6, "A#": 6, "": 5, "A": 13, "B": -1} {
			if err := r.write(prefix, digits, false); okno.ReasonOf(err) != okno.Invalid {
				t.Errorf("%q with %d digits: %v", prefix, digits, err)
			}
		}
	})
}

func TestR13NumbersAreFoundAsTheyAreTyped(t *testing.T) {
	for typed, want := range map[string]okno.Number{"100001": "100001", " #100001 ": "100001", "# 100001": "100001", "№\u00a0100001": "100001", "sd-00100001": "SD-00100001", "": ""} {
		if got := okno.TypedNumber(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}
