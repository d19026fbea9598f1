package mail_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/oknodesk/okno/internal/mail"
)

// A record is published and found as a verifier does; what is signed verifies,
// what was changed on the way does not.
func TestSignedLettersVerify(t *testing.T) {
	for name, ofRSA := range map[string]bool{"rsa": true, "ed25519": false} {
		t.Run(name, func(t *testing.T) {
			private, public, err := mail.NewSigningKey(ofRSA)
			if err != nil {
				t.Fatal(err)
			}
			key, err := mail.ReadSigningKey("desk.example", "okno", private)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := mail.Write(mail.Outgoing{
				From: mail.Address{Name: "Поддержка", Addr: "support@desk.example"}, To: mail.Address{Addr: "carl@customer.example"},
				Date: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Subject: "Лампа не горит и не загорается, сколько её ни включай, вот уже который день подряд", MessageID: "a@desk.example", Text: "Ответ.\n", HTML: "<p>Ответ.</p>", AutoSubmitted: "auto-generated",
			})
			if err != nil {
				t.Fatal(err)
			}
			signed, err := key.Sign(raw)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasSuffix(signed, raw) || !bytes.HasPrefix(signed, []byte("DKIM-Signature: ")) {
				t.Fatal("the letter itself was changed")
			}
			verify := func(letter []byte) error {
				found, err := dkim.VerifyWithOptions(bytes.NewReader(letter), &dkim.VerifyOptions{LookupTXT: func(at string) ([]string, error) {
					if at != "okno._domainkey.desk.example" {
						t.Errorf("asked for %s", at)
					}
					return []string{"v=DKIM1; k=" + name + "; p=" + public}, nil
				}})
				if err != nil || len(found) != 1 {
					t.Fatalf("%d signatures: %v", len(found), err)
				}
				return found[0].Err
			}
			if err := verify(signed); err != nil {
				t.Error(err)
			}
			refolded := strings.Replace(string(signed), "To: <carl@customer.example>", "To:   <carl@customer.example> ", 1)
			if refolded == string(signed) {
				t.Fatal("nothing was folded anew")
			}
			if err := verify([]byte(refolded)); err != nil {
				t.Errorf("spaces added by a relay: %v", err)
			}
			if verify(bytes.Replace(signed, []byte("Auto-Submitted: auto-generated"), []byte("Auto-Submitted: no"), 1)) == nil {
				t.Error("a changed field goes unnoticed")
			}
			if verify(append(signed, "More.\r\n"...)) == nil {
				t.Error("added words go unnoticed")
			}
		})
	}
}
