package admin_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// queued queues one letter and returns it.
func queued(r *rig, subject string) okno.Letter {
	r.Helper()
	r.must(r.desk.QueueLetters(r.Context(), []desk.Outgoing{{Letter: okno.Letter{
		Kind: okno.LetterInvitation, Origin: subject, From: "support@desk.example", To: "carl@customer.example", Subject: subject,
		MessageID: "<" + subject + "@desk.example>", Bytes: []byte("secret link"), Shown: "Dear Carl <b>…</b>",
	}}}))
	letters, _, err := r.desk.Letters(r.Context(), r.ada, "", "")
	r.must(err)
	return letters[0]
}

func TestLetterThatWasGivenUpIsSentAgain(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		l := queued(r, "Welcome")
		path := "/admin/letters/" + string(l.Ref)
		if code, _ := ada.post(path + "/attempt"); code != 409 {
			r.Errorf("a letter that waits: %d", code)
		}
		l.State, l.Attempts, l.Trouble = okno.LetterFailed, 3, "550 no such mailbox"
		r.must(r.desk.SaveDelivery(r.Context(), l))
		r.shows(ada.page("/admin"), "Letters that could not be sent: 1")
		r.shows(ada.page("/admin/letters?state=failed"), "Welcome", "carl@customer.example", "550 no such mailbox", "Invitation")
		page := ada.page(path)
		r.shows(page, "Dear Carl &lt;b&gt;", "Send again", "Given up")
		if strings.Contains(page, "secret link") {
			r.Error("the page shows the letter's bytes")
		}
		before := r.jobs(desk.PostJobKind)
		ada.saved(path + "/attempt")
		if n := r.jobs(desk.PostJobKind); n != before {
			r.Errorf("%d duties to send, %d before: it would be sent twice", n, before)
		}
		r.shows(ada.page(path), "Waiting")
		if code, _ := ada.get("/admin/letters?state=lost"); code != 404 {
			r.Errorf("a state that is none: %d", code)
		}
	})
}

func TestTheOutboxIsSearchedRetriedAndEmptied(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		l := queued(r, "Welcome")
		l.State, l.Attempts, l.Trouble = okno.LetterDelayed, 1, "451 come back later"
		r.must(r.desk.SaveDelivery(r.Context(), l))
		path := "/admin/letters/" + string(l.Ref)
		r.shows(ada.page("/admin/letters?to=carl@customer.example"), "Welcome", "Send again what was not taken", "Delayed 1", "Attempts: 1 · Next try: Now")
		if page := ada.page("/admin/letters?to=dora@customer.example"); strings.Contains(page, "Welcome") || strings.Contains(page, "Send again what") {
			r.Error("another's letters are found")
		}
		r.shows(ada.page("/admin/letters?mailbox="+firstRef(ada, "mailboxes")), "Find")
		r.shows(ada.page(path), "What the mail server said", "451 come back later", "Do not send", "Next try")
		ada.saved("/admin/letters/attempts")
		r.shows(ada.page(path), "Waiting")
		ada.saved(path + "/cancellation")
		r.shows(ada.page(path), "Cancelled")
		if code, _ := ada.post(path + "/cancellation"); code != 409 {
			r.Errorf("cancelled twice: %d", code)
		}
		if n := r.jobs(desk.PostJobKind); n != 0 {
			r.Errorf("%d duties are left", n)
		}
	})
}

func TestLongListsOfLettersGoOn(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		for i := range 51 {
			queued(r, "Letter"+string(rune('a'+i/10))+string(rune('0'+i%10)))
		}
		page := ada.page("/admin/letters?state=queued")
		next := between(page, `<a class="btn" href="/admin/letters?before`, `"`)
		if strings.Contains(page, "Lettera0") || !strings.Contains(next, "state=queued") {
			r.Fatalf("the first page holds all, or does not go on: %q", next)
		}
		r.shows(ada.page(strings.ReplaceAll("/admin/letters?before"+next, "&amp;", "&")), "Lettera0")
	})
}

func TestTestLetterGoesToTheAddressTyped(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		r.shows(ada.page("/admin/letters/test"), `value="ada@desk.example"`, "--smtp")
		if code, page := ada.post("/admin/letters/test", "to", "ada at desk"); code != 422 || !strings.Contains(page, `value="ada at desk"`) {
			r.Errorf("%d %s", code, page)
		}
		ada.saved("/admin/letters/test", "to", "probe@desk.example")
		if len(r.mailed) != 1 || r.mailed[0] != "probe@desk.example" {
			r.Errorf("%v", r.mailed)
		}
	})
}

const rawLetter = "From: Carl <carl@customer.example>\r\nSubject: Hello\r\n\r\n<script>alert(1)</script> \x00\xff end\r\n"

// kept keeps a letter as it would come in and returns it.
func kept(r *rig, raw string) okno.KeptLetter {
	r.Helper()
	boxes, err := r.desk.Mailboxes(r.Context(), r.ada)
	r.must(err)
	_, err = r.desk.KeepLetter(r.Context(), okno.KeptLetter{Mailbox: boxes[0].ID, MessageID: "<1@customer.example>", EnvelopeFrom: "carl@customer.example",
		EnvelopeTo: "support@desk.example", Source: "smtp", Raw: []byte(raw)})
	r.must(err)
	letters, _, err := r.desk.KeptLetters(r.Context(), r.ada, "", "")
	r.must(err)
	return letters[0]
}

func TestRawLetterIsOnlyText(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		k := kept(r, rawLetter)
		k.State = okno.KeptFailed
		k.Trace = []okno.Verdict{{Step: "read", Verdict: "mended", Reason: "<i>odd</i>"}, {Step: "newStep", Verdict: "unheard", Reason: ""}}
		r.must(r.desk.SaveVerdicts(r.Context(), k))
		r.shows(ada.page("/admin"), "Incoming letters that could not be read: 1")
		path := "/admin/kept/" + string(k.Ref)
		page := ada.page(path)
		r.shows(page, "&lt;script&gt;alert(1)&lt;/script&gt;", "read after mending", "&lt;i&gt;odd", "newStep", "unheard", "Read again", "What the program reads in it", "{&#34;size&#34;: 88, &#34;html&#34;: &#34;&lt;b&gt;&#34;}")
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "\x00") {
			r.Error("the letter is more than text")
		}
		res, err := ada.Get(r.url + path + "/raw")
		r.must(err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		r.must(err)
		h := res.Header
		if string(body) != rawLetter || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") ||
			h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" {
			r.Errorf("%q %v", body, h)
		}
	})
}

func TestLongRawLetterIsCutOnThePageOnly(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		k := kept(r, "Subject: Long\r\n\r\n"+strings.Repeat("abcdefghij ", 20<<10)+"THE END\r\n")
		path := "/admin/kept/" + string(k.Ref)
		page := ada.page(path)
		r.shows(page, "Only the first")
		if strings.Contains(page, "THE END") || !strings.Contains(ada.page(path+"/raw"), "THE END") {
			r.Error("the page holds the end, or the file does not")
		}
	})
}

func TestKeptLetterIsReadAgain(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		k := kept(r, rawLetter)
		r.must(r.db.Write(r.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM job WHERE kind = ?`, desk.IntakeJobKind)
			return err
		}))
		ada.saved("/admin/kept/" + string(k.Ref) + "/reading")
		if n := r.jobs(desk.IntakeJobKind); n != 1 {
			r.Errorf("%d letters are to be read", n)
		}
	})
}

func TestDeadDutyIsTriedAgain(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		r.must(r.db.Write(r.Context(), func(tx *db.Tx) error {
			return jobs.Put(tx, r.desk.Now(), jobs.New{Kind: "notify", V: 1, Payload: desk.FactJob{Event: 1}})
		}))
		r.fail("notify", errors.New("<b>no template</b>"))
		r.shows(ada.page("/admin"), "Duties that were given up: 1")
		page := ada.page("/admin/jobs")
		r.shows(page, "Tell people by letter", "&lt;b&gt;no template")
		job := between(page, `name="job" value="`, `"`)
		ada.saved("/admin/jobs", "job", job)
		if n := r.jobs("notify"); n != 1 {
			r.Errorf("%d wait", n)
		}
		if code, _ := ada.post("/admin/jobs", "job", job); code != 404 {
			r.Errorf("one that is not dead: %d", code)
		}
		if code, _ := ada.post("/admin/jobs", "job", "1 OR 1"); code != 404 {
			r.Errorf("no number: %d", code)
		}
	})
}
