package oknotest_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/smtp"
	"net/textproto"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/locale"
)

// served runs an opened house until the test ends.
func served(t *testing.T, h *app.House) {
	t.Helper()
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		h.Close()
	})
}

func TestReadOnlyDeskIsReadAndCopiedAndChangesNothing(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	data := unpacked(t, "sqlite")
	lite, pg := "sqlite:"+filepath.Join(data, "okno.db"), dbtest.Postgres(t)
	open := func(args ...string) (*app.House, error) {
		return app.Open(t.Context(), configured(t, append([]string{"--data", data, "--lang", "ru"}, args...)...), log, time.Now)
	}
	var refusal *app.Refusal
	if _, err := open("--read-only"); !errors.As(err, &refusal) || refusal.Exit != app.ExitConfig {
		t.Errorf("over tables of an older program: %v", err)
	}
	h, err := open() // brings the tables up to date
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.Desk.SignIn(t.Context(), "admin@okno.example", "open-the-window", "", "test")
	if err != nil {
		t.Fatal(err)
	}
	rows, counts := standing(t, h.DB)
	h.Close()

	lock, err := app.ShareData(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if h, err = open("--read-only", "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served(t, h)
	onlyRead(t, "http://"+h.Addr(), token, rows["ticket"][0])
	notTaken(t, h)
	if _, err := app.ResetPerson(t.Context(), h.Config, log, "admin@okno.example"); !errors.As(err, &refusal) || refusal.Exit != app.ExitTempFail || !strings.Contains(refusal.Text, "только читать") {
		t.Errorf("a command that changes: %v", err)
	}
	if _, err := app.LockData(data, time.Now()); !errors.Is(err, app.ErrLocked) {
		t.Errorf("beside one that may change things: %v", err)
	}
	if err := app.CopyDB(t.Context(), configured(t, "--data", data), log, lite, pg, false, io.Discard); err != nil {
		t.Errorf("a copy of what is only read: %v", err)
	}
	if now, counted := standing(t, h.DB); !maps.Equal(counts, counted) || len(now["event"]) != len(rows["event"]) {
		t.Errorf("of %v rows there are now %v", counts, counted)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	copied, err := app.Open(t.Context(), configured(t, "--data", data, "--db", pg, "--read-only"), log, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if _, counted := standing(t, copied.DB); !maps.Equal(counts, counted) {
		t.Errorf("the copy has %v, want %v", counted, counts)
	}
	if err := app.CopyDB(t.Context(), configured(t, "--data", data), log, pg, "sqlite:"+filepath.Join(t.TempDir(), "back.db"), false, io.Discard); err != nil {
		t.Errorf("back, while PostgreSQL is only read: %v", err)
	}
}

// onlyRead looks at pages, and tries to change something in either language.
func onlyRead(t *testing.T, url, token, ticket string) {
	ask := func(method, path, lang, accept string) (int, string, http.Header) {
		q, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader("login=admin@okno.example&password=open-the-window&assignee=me&version=4"))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Accept", accept)
		q.Header.Set("Cookie", "okno="+token+"; okno-lang="+lang)
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, string(b), a.Header
	}
	number, _, _ := strings.Cut(ticket[1:], " ")
	for _, path := range []string{"/", "/open", "/tickets", "/profile", "/desk?view=open", "/desk?q=принтер", "/desk/tickets/" + number, "/admin", "/admin/letters", "/admin/settings"} {
		if status, page, _ := ask("GET", path, "ru", "text/html"); status != http.StatusOK || !strings.Contains(page, locale.New("ru", time.UTC).T("ui.readonly")) {
			t.Errorf("%s: %d, or nothing says that it is only read", path, status)
		}
	}
	for _, path := range []string{"/login", "/logout", "/desk/tickets/" + number + "/assignee", "/theme"} {
		status, said, h := ask("POST", path, "ru", "application/json, text/plain")
		if status != http.StatusServiceUnavailable || !strings.Contains(said, "только читать") || h.Get("Retry-After") == "" {
			t.Errorf("POST %s: %d, again after %q", path, status, h.Get("Retry-After"))
		}
	}
}

// notTaken sends a letter, which is to come again later.
func notTaken(t *testing.T, h *app.House) {
	var support string
	if err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT address FROM mailbox ORDER BY id LIMIT 1`).Scan(&support)
	}); err != nil {
		t.Fatal(err)
	}
	err := smtp.SendMail(h.MailAddrs()[0], nil, "carl@customer.example", []string{support}, []byte("From: carl@customer.example\r\nSubject: Later\r\n\r\nPlease.\r\n"))
	var answer *textproto.Error
	if !errors.As(err, &answer) || answer.Code/100 != 4 {
		t.Errorf("a letter was answered %v", err)
	}
}
