package desk_test

import (
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

// TestAddressesThatCannotBeComparedAreNobodys: taken as they are, two of them
// would be one person's.
func TestAddressesThatCannotBeComparedAreNobodys(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.open("carl@customer.example", "Lamp")
		for _, address := range []string{"carl@[192.0.2.1]", `"` + strings.Repeat("lamp ", 13) + `x"@customer.example`, "carl@почта-.рф"} {
			for what, ask := range map[string]func() error{
				"a form": func() error {
					_, err := r.OpenTicket(r.ctx(), okno.Nobody("en"), desk.Opening{
						Key: "open " + address, Name: "Carl", Address: address, Channel: okno.ChannelWeb, Subject: "Lamp", Text: "It is dark.", Lang: "en",
					})
					return err
				},
				"an account": func() error {
					return r.Register(r.ctx(), desk.Registration{Name: "Carl", Address: address, Password: password, Lang: "en"})
				},
				"a link": func() error { return r.RequestAccess(r.ctx(), "en", address, string(n)) },
				"a participant": func() error {
					_, err := r.AddMessage(r.ctx(), r.ann, n, desk.Words{Key: "cc " + address, Text: "See.", Channel: okno.ChannelWeb, Participants: []string{address}})
					return err
				},
			} {
				if err := ask(); okno.ReasonOf(err) != okno.Invalid || !strings.Contains(err.Error(), "error.address.wrong") {
					t.Errorf("%s for %.30s: %v", what, address, err)
				}
			}
		}
	})
}
