package oknotest_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/app"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// filed opens a ticket with a file, as a customer does.
func filed(ctx context.Context, r *oknotest.Rig, n int) (okno.Number, error) {
	f, token, err := r.Desk.KeepUpload(ctx, okno.Actor{Door: okno.DoorPortal}, "note.txt", strings.NewReader(fmt.Sprint("file ", n)), 1<<20)
	if err != nil {
		return "", err
	}
	by, _, err := r.Desk.ActorOf(ctx, token, okno.DoorPortal)
	if err != nil {
		return "", err
	}
	opened, err := r.Desk.OpenTicket(ctx, by, desk.Opening{Key: fmt.Sprint("load ", n), Name: "Carl", Address: oknotest.Carl,
		Channel: okno.ChannelWeb, Subject: fmt.Sprint("Subject ", n), Text: fmt.Sprint("Text ", n), Uploads: []okno.Ref{f.Ref}})
	return opened.Number, err
}

func TestBackupUnderLoadIsRestoredElsewhereWithAllThatWasAcknowledged(t *testing.T) {
	oknotest.Each(t, oknotest.Options{}, func(t *testing.T, r *oknotest.Rig) {
		acknowledged := map[okno.Number]int{}
		for n := range 20 {
			number, err := filed(t.Context(), r, n)
			if err != nil {
				t.Fatal(err)
			}
			acknowledged[number] = n
		}
		// What is acknowledged meanwhile may be in the backup or not.
		stop := make(chan struct{})
		var load sync.WaitGroup
		for w := range 2 {
			load.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := filed(context.Background(), r, 1000*(w+1)+n); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		file := filepath.Join(t.TempDir(), "okno.backup")
		log := slog.New(slog.DiscardHandler)
		var said bytes.Buffer
		err := app.Backup(t.Context(), r.Config, log, file, false, &said)
		close(stop)
		load.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file has mode %v, %v", info.Mode(), err)
		}
		if err := app.Backup(t.Context(), r.Config, log, file, false, &said); err == nil || !strings.Contains(said.String(), "key") {
			t.Errorf("over a file that is there: %v, said %s", err, &said)
		}
		elsewhere(t, r, file, acknowledged)
	})
}

// elsewhere restores a backup to an installation of its own and looks for all
// that was acknowledged.
func elsewhere(t *testing.T, r *oknotest.Rig, file string, acknowledged map[okno.Number]int) {
	args := []string{"--data", filepath.Join(t.TempDir(), "data")}
	if strings.HasPrefix(r.Config.DB, "postgres") {
		args = append(args, "--db", dbtest.Postgres(t))
	}
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	flags := app.AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	c, err := flags.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if err := app.Restore(t.Context(), c, log, file, false, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := app.Restore(t.Context(), c, log, file, false, io.Discard); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("over what is there: %v", err)
	}
	if err := app.Restore(t.Context(), c, log, file, true, io.Discard); err != nil {
		t.Errorf("over what is there, told to: %v", err)
	}
	h, err := app.Open(t.Context(), c, log, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	token, err := h.Desk.SignIn(t.Context(), oknotest.Ada, oknotest.Password, "", "test")
	if err != nil {
		t.Fatal(err)
	}
	by, _, err := h.Desk.ActorOf(t.Context(), token, okno.DoorWorkspace)
	if err != nil {
		t.Fatal(err)
	}
	for number, n := range acknowledged {
		p, err := h.Desk.Ticket(t.Context(), by, number, 0)
		if err != nil || len(p.Messages) != 1 || p.Messages[0].Text != fmt.Sprint("Text ", n) || len(p.Messages[0].Files) != 1 {
			t.Errorf("ticket %s: %v", number, err)
			continue
		}
		_, content, err := h.Desk.OpenFile(t.Context(), by, p.Messages[0].Files[0].Ref)
		if err != nil {
			t.Errorf("file of ticket %s: %v", number, err)
			continue
		}
		if b, err := io.ReadAll(content); err != nil || string(b) != fmt.Sprint("file ", n) {
			t.Errorf("file of ticket %s: %q, %v", number, b, err)
		}
		content.Close()
	}
}
