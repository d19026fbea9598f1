package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
)

// Exit codes of the commands, those of sysexits.h, which mail servers act on.
const (
	ExitUsage       = 64
	ExitDataErr     = 65
	ExitNoUser      = 67
	ExitUnavailable = 69
	ExitSoftware    = 70
	ExitTempFail    = 75 // try again later
	ExitConfig      = 78
)

// ErrNotRunning: no server answers at the data directory's socket.
var ErrNotRunning = errors.New("no server runs on this data directory")

// Refusal is a command's answer that it was not done, in words for the person at
// the console, with the exit code of the command.
type Refusal struct {
	Exit int
	Text string
}

func (r *Refusal) Error() string { return r.Text }

// Bounds of the control socket.
const (
	maxAnswer   = 1 << 20 // bytes
	maxCommands = 32      // at once
	maxArgs     = 64 << 10
)

// Control takes commands at DATA/okno.sock (0600): whoever may open the socket
// may do everything, so nothing but the file's owner guards it.
type Control struct {
	commands map[string]command
}

type command struct {
	maxBody int64
	stream  bool // the answer has no bound and is sent as it is made
	run     func(ctx context.Context, answer io.Writer, body io.Reader, args url.Values) error
}

// NewControl has no commands yet.
func NewControl() *Control { return &Control{commands: map[string]command{}} }

// Handle makes name a command; all are handled before Serve. Its body is cut off
// with an error after maxBody bytes; its answer may have 1 MB. An error that is
// a *Refusal reaches the asker with its exit code, others with ExitSoftware.
func (c *Control) Handle(name string, maxBody int64, run func(ctx context.Context, answer io.Writer, body io.Reader, args url.Values) error) {
	c.commands[name] = command{maxBody: maxBody, run: run}
}

// HandleStream is Handle for a command without a body whose answer is as long as
// it is: AskStream tells a whole one from one that was cut off.
func (c *Control) HandleStream(name string, run func(ctx context.Context, answer io.Writer, args url.Values) error) {
	c.commands[name] = command{stream: true, run: func(ctx context.Context, answer io.Writer, _ io.Reader, args url.Values) error {
		return run(ctx, answer, args)
	}}
}

// Listen puts the socket in place; the caller has the sole right to do so, by the
// DataLock or by the socket's own, so one found there is dead and is replaced. What connects waits until Serve.
func (c *Control) Listen(dataDir string) (net.Listener, error) {
	// Made in a directory of its own (0700) and then moved, it is never open to others.
	private, err := os.MkdirTemp(dataDir, ".sock")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(private)
	path := filepath.Join(private, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path})
	if err != nil {
		return nil, fmt.Errorf("control socket (a path of 107 bytes at most): %w", err)
	}
	l.SetUnlinkOnClose(false)
	err = os.Chmod(path, 0o600)
	if err == nil {
		err = os.Rename(path, socketPath(dataDir))
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return netutil.LimitListener(l, maxCommands), nil
}

// Serve answers until ctx ends; then it lets commands in hand finish within grace and closes l.
func (c *Control) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	server := &http.Server{
		Handler:           http.HandlerFunc(c.answer),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Minute,
		MaxHeaderBytes:    maxArgs,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err := server.Shutdown(bounded)
		if err != nil {
			err = errors.Join(err, server.Close())
		}
		stopped <- err
	})
	err := server.Serve(l)
	if stop() {
		return err
	}
	return <-stopped
}

func (c *Control) answer(w http.ResponseWriter, r *http.Request) {
	cmd, ok := c.commands[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok || r.Method != http.MethodPost {
		refuse(w, &Refusal{Exit: ExitUnavailable, Text: "the running server does not know this command; is it an older version?"})
		return
	}
	if cmd.stream {
		stream(w, r, cmd)
		return
	}
	answer := &bounded{left: maxAnswer}
	err := cmd.run(r.Context(), answer, http.MaxBytesReader(w, r.Body, cmd.maxBody), r.URL.Query())
	if err == nil {
		// An asker who is gone cannot be told so.
		_, _ = w.Write(answer.Bytes())
		return
	}
	refuse(w, refusalOf(err))
}

// refusalOf is an error in the form that reaches the asker.
func refusalOf(err error) *Refusal {
	var refusal *Refusal
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &large):
		return &Refusal{Exit: ExitDataErr, Text: fmt.Sprintf("larger than %d bytes", large.Limit)}
	}
	return &Refusal{Exit: ExitSoftware, Text: err.Error()}
}

// wordHeader carries, behind a streamed answer, "whole" or why it is not.
const wordHeader = "Okno-Word"

const whole = "whole"

func stream(w http.ResponseWriter, r *http.Request, cmd command) {
	w.Header().Set("Trailer", exitHeader+", "+wordHeader)
	err := cmd.run(r.Context(), w, r.Body, r.URL.Query())
	if err == nil {
		w.Header().Set(wordHeader, whole)
		return
	}
	refusal := refusalOf(err)
	w.Header().Set(exitHeader, strconv.Itoa(refusal.Exit))
	w.Header().Set(wordHeader, strings.Join(strings.Fields(refusal.Text), " "))
}

// exitHeader carries a refusal's exit code.
const exitHeader = "Okno-Exit"

func refuse(w http.ResponseWriter, r *Refusal) {
	w.Header().Set(exitHeader, strconv.Itoa(r.Exit))
	http.Error(w, r.Text, http.StatusUnprocessableEntity)
}

// bounded collects an answer and refuses to grow beyond its bound.
type bounded struct {
	bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	}
	b.left -= len(p)
	return b.Buffer.Write(p)
}

// Ask lets the server that runs on the data directory carry out a command.
// Errors: ErrNotRunning, a *Refusal, or that of a broken connection, after which
// nobody knows whether it was done.
func Ask(ctx context.Context, dataDir, name string, args url.Values, body io.Reader) (answer []byte, err error) {
	response, err := sendCommand(ctx, dataDir, name, args, body)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(io.LimitReader(response.Body, maxAnswer))
}

// AskStream is Ask for a command whose answer is a stream: it goes to into, and
// is whole when the error is nil.
func AskStream(ctx context.Context, dataDir, name string, args url.Values, into io.Writer) error {
	response, err := sendCommand(ctx, dataDir, name, args, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(into, response.Body); err != nil {
		return err
	}
	word := response.Trailer.Get(wordHeader)
	if word == whole {
		return nil
	}
	return refused(response.Trailer, word)
}

// sendCommand puts a command to the server; its answer is one of agreement.
func sendCommand(ctx context.Context, dataDir, name string, args url.Values, body io.Reader) (*http.Response, error) {
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socketPath(dataDir))
		},
	}
	if body != nil {
		body = struct{ io.Reader }{body} // the transport closes what it can, and it is needed if no server runs
	}
	target := url.URL{Scheme: "http", Host: "okno", Path: "/" + name, RawQuery: args.Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), body)
	if err != nil {
		return nil, err
	}
	response, err := transport.RoundTrip(request)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return nil, refused(response.Header, string(text))
}

// refused is a refusal as the server sent it.
func refused(header http.Header, text string) *Refusal {
	exit, err := strconv.Atoi(header.Get(exitHeader))
	if err != nil {
		exit = ExitSoftware
	}
	return &Refusal{Exit: exit, Text: strings.TrimSpace(text)}
}

// AskOrLock is how a command reaches the data: ask speaks to the running server;
// where none runs, alone works under the lock; where neither can be had, as while
// a server starts or stops, the error is a *Refusal with ExitTempFail.
func AskOrLock(dataDir string, now time.Time, ask func() error, alone func() error) (err error) {
	if err := ask(); !errors.Is(err, ErrNotRunning) {
		return err
	}
	lock, err := LockData(dataDir, now)
	if errors.Is(err, ErrLocked) {
		return &Refusal{Exit: ExitTempFail, Text: err.Error()}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	return alone()
}

func socketPath(dataDir string) string { return filepath.Join(dataDir, "okno.sock") }
