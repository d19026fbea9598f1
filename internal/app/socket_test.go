package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// serve answers on dir until the test ends, and checks that it ends cleanly.
func serve(t *testing.T, dir string, c *Control) {
	t.Helper()
	l, err := c.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(ctx, l, time.Minute) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	})
}

func TestRunningServerCarriesOutACommand(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	dir := t.TempDir()
	c := NewControl()
	c.Handle("mail receive", 100, func(_ context.Context, answer io.Writer, body io.Reader, args url.Values) error {
		letter, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(answer, "%s for %s", letter, args.Get("mailbox"))
		return err
	})
	serve(t, dir, c)
	answer, err := Ask(t.Context(), dir, "mail receive", url.Values{"mailbox": {"help@example.org"}}, strings.NewReader("a letter"))
	if err != nil || string(answer) != "a letter for help@example.org" {
		t.Errorf("answer %q, error %v", answer, err)
	}
}

func TestCommandIsRefused(t *testing.T) {
	dir := t.TempDir()
	c := NewControl()
	c.Handle("nobody", 0, func(context.Context, io.Writer, io.Reader, url.Values) error {
		return fmt.Errorf("reset: %w", &Refusal{Exit: ExitNoUser, Text: "there is no such person"})
	})
	c.Handle("broken", 0, func(context.Context, io.Writer, io.Reader, url.Values) error { return errors.New("it broke") })
	c.Handle("read", 10, func(_ context.Context, _ io.Writer, body io.Reader, _ url.Values) error {
		_, err := io.Copy(io.Discard, body)
		return err
	})
	c.Handle("write", 0, func(_ context.Context, answer io.Writer, _ io.Reader, _ url.Values) error {
		_, err := answer.Write(make([]byte, maxAnswer+1))
		return err
	})
	serve(t, dir, c)
	for name, want := range map[string]Refusal{
		"nobody":  {ExitNoUser, "there is no such person"},
		"broken":  {ExitSoftware, "it broke"},
		"read":    {ExitDataErr, "larger than 10 bytes"},
		"write":   {ExitSoftware, "the answer is larger than 1048576 bytes"},
		"unknown": {ExitUnavailable, "the running server does not know this command; is it an older version?"},
	} {
		answer, err := Ask(t.Context(), dir, name, nil, strings.NewReader("more than ten bytes"))
		var refusal *Refusal
		if !errors.As(err, &refusal) || *refusal != want || answer != nil {
			t.Errorf("%s: answer %q, error %#v", name, answer, err)
		}
	}
}

func TestNobodyAnswersWithoutAServer(t *testing.T) {
	body := strings.NewReader("a letter")
	if _, err := Ask(t.Context(), t.TempDir(), "setup", nil, body); !errors.Is(err, ErrNotRunning) {
		t.Errorf("error is %v, want ErrNotRunning", err)
	}
	if body.Len() != len("a letter") {
		t.Error("the body was read although nobody took it")
	}
}

func TestBodyStaysOpenWithoutAServer(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Ask(t.Context(), t.TempDir(), "mail receive", nil, r); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("error is %v, want ErrNotRunning", err)
	}
	w.Close()
	if _, err := io.ReadAll(r); err != nil {
		t.Errorf("the body cannot be read any more: %v", err)
	}
}

func TestSocketIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, NewControl())
	info, err := os.Stat(socketPath(dir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v (%v)", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("the directory holds %v (%v), want the socket only", files, err)
	}
}

func ask(dir string) error {
	_, err := Ask(context.Background(), dir, "backup too", nil, nil)
	return err
}

func TestCommandInHandIsFinishedWhenTheServerStops(t *testing.T) {
	dir := t.TempDir()
	c := NewControl()
	begun, finish := make(chan bool), make(chan bool)
	c.Handle("backup", 0, func(_ context.Context, answer io.Writer, _ io.Reader, _ url.Values) error {
		close(begun)
		<-finish
		_, err := io.WriteString(answer, "done")
		return err
	})
	l, err := c.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(ctx, l, time.Minute) }()
	asked := make(chan error, 1)
	go func() {
		answer, err := Ask(context.Background(), dir, "backup", nil, nil)
		if err == nil && string(answer) != "done" {
			err = fmt.Errorf("answer %q", answer)
		}
		asked <- err
	}()
	<-begun
	stop()
	for !errors.Is(ask(dir), ErrNotRunning) { // until it takes no more commands
	}
	select {
	case err := <-ended:
		close(finish)
		t.Fatalf("Serve ended (%v) with a command in hand", err)
	default:
	}
	close(finish)
	if err := <-asked; err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := Ask(t.Context(), dir, "backup", nil, nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the end: error is %v, want ErrNotRunning", err)
	}
}
