package notify_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
)

func TestLettersBearTheMailboxsNameSignatureAndKey(t *testing.T) {
	each(t, "en", func(t *testing.T, r *rig) {
		ctx := r.ctx()
		box, err := r.MailboxFor(ctx, "support@desk.example")
		must(t, err)
		must(t, r.SaveSending(ctx, r.ada, box.Ref, okno.Sending{Names: map[string]string{"en": "Lamps", "ru": "Лампы"}, Signatures: map[string]string{"ru": "Ваши лампы"}}))
		must(t, r.MakeSigningKey(ctx, r.ada, box.Ref, "okno", okno.Ed25519))
		must(t, r.SwitchSigning(ctx, r.ada, box.Ref, true))
		s, err := r.Sending(ctx, r.ada, box.Ref)
		must(t, err)
		for lang, want := range map[string]struct{ from, signature string }{"en": {"Lamps", "Supplier support"}, "ru": {"Лампы", "Ваши лампы"}} {
			o := r.byForm(lang, "carl@"+lang+".customer.example", "Lamp", "Dark.")
			must(t, r.Take(ctx, r.ann, o.Number, 0))
			r.letters()
			_, err = r.AddMessage(ctx, r.ann, o.Number, desk.Words{Key: r.key(), Text: "Yes.", Channel: okno.ChannelWeb})
			must(t, err)
			l := to(t, r.letters(), "carl@"+lang+".customer.example")
			if got := l.read.From[0].Name; got != "Ann Agent ("+want.from+")" {
				t.Errorf("%s: from %q", lang, got)
			}
			if !strings.Contains(l.read.Text, want.signature) || strings.Contains(l.read.Text, "Ваши лампы") != (lang == "ru") {
				t.Errorf("%s: %s", lang, l.read.Text)
			}
			found, err := dkim.VerifyWithOptions(bytes.NewReader([]byte(l.raw)), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
				if name != s.DKIM.Name() {
					t.Errorf("asked for %s", name)
				}
				return []string{s.DKIM.Record()}, nil
			}})
			if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != "desk.example" {
				t.Errorf("%s: %+v, %v", lang, found, err)
			}
		}
	})
}
