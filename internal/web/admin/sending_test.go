package admin_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/oknodesk/okno/internal/mail"
)

const relayPassword = "Okapi-Tapir-23"

func relayForm(more ...string) []string {
	return append([]string{"name_en", "Sales", "name_ru", "Продажи", "signature_en", "Your sales", "relay", "yes", "host", "relay.desk.example", "port", "587",
		"security", "starttls", "user", "sales", "connections", "2", "per_minute", "30"}, more...)
}

func TestAMailboxHasItsOwnRelayNameAndSignature(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		box := "/admin/mailboxes/" + firstRef(ada, "mailboxes")
		r.shows(ada.page(box), box+"/sending")
		ada.saved(box+"/sending", relayForm("password", relayPassword)...)
		page := ada.page(box + "/sending")
		r.shows(page, "Продажи", "Your sales", "relay.desk.example", "A password is kept")
		_, wrong := ada.post(box+"/sending", with(with(relayForm("version", version(page), "password", relayPassword), "port", "x"), "connections", "99")...)
		r.shows(wrong, `id="f-port-error"`, `id="f-connections-error"`, "A number from 1 to 20.")
		_, tried := ada.post(box+"/sending/test", relayForm("version", version(page))...)
		r.shows(tried, "The mail server answers.")
		_, elsewhere := ada.post(box+"/sending/test", with(relayForm("version", version(page)), "host", "nowhere.example")...)
		r.shows(elsewhere, "no such host")
		if len(r.relays) != 2 || r.relays[0].Password != relayPassword || r.relays[1].Password != "" {
			r.Errorf("tried: %d relays; a kept password goes only where it went before", len(r.relays))
		}
		for _, p := range []string{page, wrong, tried, elsewhere} {
			if strings.Contains(p, relayPassword) {
				r.Error("a page shows the password")
			}
		}
		_, sent := ada.post(box+"/sending/letter", "to", "no address")
		r.shows(sent, `id="f-to-error"`)
		ada.post(box+"/sending/letter", "to", "carl@customer.example")
		if len(r.mailed) != 1 || r.mailed[0] != "carl@customer.example" {
			r.Errorf("mailed to %v", r.mailed)
		}
	})
}

var recordForm = regexp.MustCompile(`v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]+`)

func TestASigningKeyIsMadePublishedCheckedAndSwitchedOn(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		at := "/admin/mailboxes/" + firstRef(ada, "mailboxes") + "/sending"
		_, wrong := ada.post(at+"/key", "selector", "Not a label", "kind", "rsa")
		r.shows(wrong, "Latin letters, digits and hyphens")
		ada.saved(at+"/key", "selector", "okno1", "kind", "rsa")
		page := ada.page(at)
		r.shows(page, "okno1._domainkey.desk.example", "Letters are not signed yet")
		record := recordForm.FindString(strings.ReplaceAll(page, "&#43;", "+"))
		_, missing := ada.post(at + "/key/check")
		r.shows(missing, "The DNS has no record under okno1._domainkey.desk.example")
		r.records = map[string]string{"okno1._domainkey.desk.example": "v=DKIM1; p=other"}
		_, other := ada.post(at + "/key/check")
		r.shows(other, "v=DKIM1; p=other")
		r.records["okno1._domainkey.desk.example"] = record
		_, good := ada.post(at + "/key/check")
		r.shows(good, "The DNS has this key")

		box, err := r.desk.MailboxFor(r.Context(), "support@desk.example")
		r.must(err)
		raw := []byte("From: support@desk.example\r\nSubject: Lamp\r\n\r\nYes.\r\n")
		signed := func() bool {
			out, err := r.desk.Sign(r.Context(), box.ID, raw)
			r.must(err)
			return mail.Read(out).Header.Get("DKIM-Signature") != ""
		}
		if signed() {
			r.Error("letters are signed before the record is published")
		}
		ada.saved(at+"/key/state", "do", "on")
		r.shows(ada.page(at), "Letters are signed")
		if !signed() {
			r.Error("letters are not signed")
		}
		ada.saved(at+"/key/state", "do", "drop")
		if signed() || !strings.Contains(ada.page(at), "Make a key") {
			r.Error("the key is still there")
		}
	})
}
