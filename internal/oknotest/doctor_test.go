package oknotest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/oknotest"
)

// nameServer answers for desk.example what records say, until the test ends.
func nameServer(t *testing.T, records ...string) (address string) {
	t.Helper()
	on, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: on, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		a := new(dns.Msg)
		a.SetReply(q)
		for _, text := range records {
			rr, err := dns.NewRR(text)
			if err == nil && rr.Header().Name == q.Question[0].Name && rr.Header().Rrtype == q.Question[0].Qtype {
				a.Answer = append(a.Answer, rr)
			}
		}
		_ = w.WriteMsg(a)
	})}
	ready := make(chan struct{})
	server.NotifyStartedFunc = func() { close(ready) }
	over := make(chan error, 1)
	go func() { over <- server.ActivateAndServe() }()
	<-ready
	t.Cleanup(func() {
		_ = server.Shutdown()
		<-over
	})
	return on.LocalAddr().String()
}

// examined is what okno doctor says, by "level what".
func examined(t *testing.T, c *app.Config) (found map[string][]string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = app.Doctor(t.Context(), c, slog.New(slog.DiscardHandler), true, true, &out)
	found = map[string][]string{}
	for lines := json.NewDecoder(&out); lines.More(); {
		var x struct{ Level, What, Say, Do string }
		if err := lines.Decode(&x); err != nil {
			t.Fatal(err)
		}
		found[x.Level+" "+x.What] = append(found[x.Level+" "+x.What], x.Say)
		if x.Level == "fail" && x.Do == "" {
			t.Errorf("%s fails and nothing is said to do", x.What)
		}
	}
	return found, err
}

func TestDoctorFindsWhatIsWrongWhileTheServerRuns(t *testing.T) {
	names := nameServer(t, `desk.example. 60 IN MX 10 mx.desk.example.`, `desk.example. 60 IN TXT "v=spf1 mx -all"`)
	oknotest.Each(t, oknotest.Options{Args: []string{"--dns", names}}, func(t *testing.T, r *oknotest.Rig) {
		if _, err := filed(t.Context(), r, 1); err != nil {
			t.Fatal(err)
		}
		r.Settle()
		if err := os.Chmod(r.Config.Data, 0o700); err != nil {
			t.Fatal(err)
		}
		found, err := examined(t, r.Config)
		if err != nil {
			t.Errorf("of a sound house: %v, %v", err, found)
		}
		for _, want := range []string{"ok server", "ok configuration", "ok directory", "ok key", "ok base URL", "ok schema", "ok integrity", "ok counters", "ok rows",
			"ok attachments", "ok jobs", "ok mail out", "ok domain desk.example", "warn domain desk.example", "warn base URL"} {
			if len(found[want]) == 0 {
				t.Errorf("lacks %q: %v", want, found)
			}
		}
		if got := found["warn domain desk.example"]; len(got) != 1 || got[0] != "no DMARC record" {
			t.Errorf("of the domain: %v", got)
		}
		files, err := filepath.Glob(filepath.Join(r.Config.Data, "files", "*", "*", "*"))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		content, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], bytes.ToUpper(content), 0o600); err != nil { // of the same length
			t.Fatal(err)
		}
		found, _ = examined(t, r.Config)
		if got := strings.Join(found["fail attachments"], "; "); !strings.Contains(got, "1 are not what they were: "+filepath.Base(files[0])) {
			t.Errorf("of a changed attachment: %q", got)
		}
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(t.TempDir(), files[0]); err != nil { // opened, it cannot be read, whoever asks
			t.Fatal(err)
		}
		found, _ = examined(t, r.Config)
		if got := strings.Join(found["fail attachments"], "; "); !strings.Contains(got, "1 cannot be read: "+filepath.Base(files[0])) || len(found["ok attachments"]) == 0 {
			t.Errorf("of an attachment that cannot be read: %q, and what was found beside it: %q", got, found["ok attachments"])
		}
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		if err := r.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO counter (department, kind, assignee, n) VALUES (1, 'new', 0, 2)`)
			if err == nil {
				_, err = tx.Exec(`INSERT INTO participant (ticket, person) VALUES (999999, 1)`)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(r.Config.KeyFile, 0o644); err != nil {
			t.Fatal(err)
		}
		found, err = examined(t, r.Config)
		var refusal *app.Refusal
		if !errors.As(err, &refusal) || refusal.Exit != 1 {
			t.Errorf("of a broken house: %v", err)
		}
		for what, word := range map[string]string{"fail attachments": filepath.Base(files[0]), "warn counters": "department 1, new, assignee 0: +2", "fail rows": "1 of participant refer to a ticket that is not there", "fail key": "can be read by others"} {
			if got := strings.Join(found[what], "; "); !strings.Contains(got, word) {
				t.Errorf("%s: %q, want %q", what, got, word)
			}
		}
		if err := app.Recount(context.Background(), r.Config, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		if found, _ = examined(t, r.Config); len(found["ok counters"]) != 1 {
			t.Errorf("after counting anew: %v", found["warn counters"])
		}
	})
}
