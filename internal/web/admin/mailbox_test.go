package admin_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

const imapPassword = "Zebra-Quagga-17"

func fetchForm(department string, more ...string) []string {
	return append([]string{"address", "help@desk.example", "department", department, "lang", "en", "fetch", "yes", "host", "imap.desk.example", "port", "993",
		"security", "tls", "user", "help", "folder", "INBOX", "after", "seen"}, more...)
}

func TestMailboxPasswordIsKeptSealedAndShownNowhere(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		department := firstRef(ada, "departments")
		ada.saved("/admin/mailboxes", fetchForm(department, "password", imapPassword)...)
		list := ada.page("/admin/mailboxes")
		r.shows(list, "help@desk.example", "imap.desk.example", "Not fetched yet")
		before, _, _ := strings.Cut(list, `">help@desk.example`)
		path := "/admin/mailboxes/" + before[strings.LastIndex(before, "/")+1:]
		page := ada.page(path)
		r.shows(page, "A password is kept")
		_, wrong := ada.post(path, with(fetchForm(department, "password", imapPassword, "version", version(page)), "port", "x")...)
		_, tested := ada.post(path+"/test", fetchForm(department, "password", imapPassword)...)
		r.shows(wrong, `id="f-port-error"`)
		for _, p := range []string{list, page, wrong, tested} {
			if strings.Contains(p, imapPassword) {
				r.Error("a page shows the password")
			}
		}
		r.must(r.db.Read(r.Context(), func(tx *db.Tx) error {
			rows, err := db.Collect(tx, func(row db.Scanner) (s []byte, err error) {
				var fetching string
				err = row.Scan(&s, &fetching)
				return append(s, fetching...), err
			}, `SELECT password, fetching FROM mailbox WHERE password IS NOT NULL`)
			if len(rows) != 1 || bytes.Contains(bytes.Join(rows, nil), []byte(imapPassword)) {
				t.Errorf("the database holds it in clear: %q", rows)
			}
			return err
		}))
		ada.saved(path, fetchForm(department, "name", "Help", "version", version(page))...)
		boxes, err := r.desk.FetchedMailboxes(r.Context())
		r.must(err)
		if len(boxes) != 1 || boxes[0].Fetch.Password != imapPassword {
			r.Error("an empty password took the kept one away")
		}
	})
}

func TestFetchingIsTriedAsTyped(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		department := firstRef(ada, "departments")
		code, page := ada.post("/admin/mailboxes/test", fetchForm(department, "password", imapPassword)...)
		if code != 200 || len(r.tested) != 1 || r.tested[0].Password != imapPassword || r.tested[0].Security != okno.TLS {
			r.Fatalf("%d %v", code, r.tested)
		}
		r.shows(page, "3 letters", "1 unread", `value="imap.desk.example"`, `value="help@desk.example"`)
		_, page = ada.post("/admin/mailboxes/test", with(fetchForm(department), "host", "nowhere.example")...)
		r.shows(page, "There is no such mail server. Check its name.", "connect: lookup nowhere.example: no such host", `value="nowhere.example"`)
		if boxes, err := r.desk.Mailboxes(r.Context(), r.ada); err != nil || len(boxes) != 1 {
			r.Errorf("a test saved something: %v %v", boxes, err)
		}
	})
}

func TestKeptPasswordIsNotTriedElsewhere(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		department := firstRef(ada, "departments")
		path := "/admin/mailboxes/" + firstRef(ada, "mailboxes")
		form := fetchForm(department, "version", version(ada.page(path)))
		ada.saved(path, append(form, "password", imapPassword)...)
		ada.post(path+"/test", form...)
		ada.post(path+"/test", with(form, "host", "imap.thief.example")...)
		if len(r.tested) != 2 || r.tested[0].Password != imapPassword || r.tested[1].Password != "" {
			r.Error("the kept password went elsewhere, or nowhere")
		}
	})
}

func TestARoundIsAskedForAtEveryProcess(t *testing.T) {
	each(t, func(r *rig) {
		asked := make(chan string, 1)
		defer r.db.Listen(desk.RoundTopic, func(ref string) {
			if ref != "" { // "" is said when the listening begins
				asked <- ref
			}
		})()
		ada := r.as("ada@desk.example")
		ref := firstRef(ada, "mailboxes")
		ada.post("/admin/mailboxes/" + ref + "/round")
		r.shows(ada.page("/admin/mailboxes"), "are not fetched")
		ada.saved("/admin/mailboxes/"+ref, fetchForm(firstRef(ada, "departments"), "version", version(ada.page("/admin/mailboxes/"+ref)))...)
		ada.saved("/admin/mailboxes/" + ref + "/round")
		if got := <-asked; got != ref {
			r.Errorf("a round of %q was asked for", got)
		}
	})
}

func TestADeliveryKeyIsShownOnceAndKeptSealed(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		ref := firstRef(ada, "mailboxes")
		path := "/admin/mailboxes/" + ref
		r.shows(ada.page(path), "No key: nobody can")
		code, page := ada.post(path+"/key", "do", "make")
		_, key, err := r.desk.DeliveryKey(r.Context(), okno.Ref(ref))
		r.must(err)
		if code != 200 || !strings.Contains(page, string(key)) || len(key) < 40 {
			r.Errorf("%d: the key %q is not shown", code, key)
		}
		r.shows(page, "/mail/in/"+ref)
		if again := ada.page(path); strings.Contains(again, string(key)) || !strings.Contains(again, "There is a key") {
			r.Error("the key is shown again")
		}
		r.must(r.db.Read(r.Context(), func(tx *db.Tx) error {
			var kept []byte
			err := tx.QueryRow(`SELECT delivery FROM mailbox WHERE ref = ?`, ref).Scan(&kept)
			if bytes.Contains(kept, key) {
				r.Error("the database holds it in clear")
			}
			return err
		}))
		ada.saved(path+"/key", "do", "drop")
		if _, _, err := r.desk.DeliveryKey(r.Context(), okno.Ref(ref)); okno.ReasonOf(err) != okno.NotFound {
			r.Errorf("the key is still good: %v", err)
		}
	})
}

func TestWrongFieldsOfAMailboxAreNamed(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		code, page := ada.post("/admin/mailboxes", "address", "help", "lang", "en", "department", "x", "fetch", "yes", "protocol", "gopher", "port", "70000", "security", "ssl", "after", "archive")
		if code != 422 {
			r.Errorf("%d", code)
		}
		for _, field := range []string{"address", "department", "protocol", "host", "user", "port", "security", "archive"} {
			r.shows(page, `id="f-`+field+`-error"`)
		}
		code, page = ada.post("/admin/mailboxes", "address", "SUPPORT@desk.example", "lang", "en", "department", firstRef(ada, "departments"))
		if code != 422 {
			r.Errorf("an address that is taken: %d", code)
		}
		r.shows(page, `id="f-address-error"`)
		_, page = ada.post("/admin/mailboxes", with(fetchForm(firstRef(ada, "departments"), "protocol", "pop3"), "after", "archive")...)
		r.shows(page, `id="f-after-error"`, "POP3 cannot move letters", `<option value="pop3" selected`)
	})
}
